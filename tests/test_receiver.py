"""The receiver of the reliability figures counts what a real one would."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import httpx

from benchmarks.reliability.receiver import receiver

HEAD = b"POST / HTTP/1.1\r\nHost: here\r\nWebhook-Id: one\r\nContent-Length: 7\r\n\r\n"


def test_a_message_whose_sender_is_killed_half_way_is_not_received_and_its_repeat_is() -> None:
    with receiver() as ledger:
        with socket.create_connection(("127.0.0.1", urlsplit(ledger.url).port or 0)) as conn:
            conn.sendall(HEAD + b"EV0")
            conn.shutdown(socket.SHUT_WR)
            assert conn.recv(1) == b""  # hung up, nothing answered
        assert ledger.lost(iter(["EV00007"])) == 1
        httpx.post(ledger.url, content=b"EV00007", headers={"webhook-id": "one"})
        assert ledger.lost(iter(["EV00007"])) == 0
        assert ledger.again == set()

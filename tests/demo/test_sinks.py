from __future__ import annotations

import contextlib
import json
import smtplib
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import TypedDict

from monitor.demo.ledger import read


class Addresses(TypedDict):
    smtp: int
    http: str


@contextlib.contextmanager
def sinks(folder: Path) -> Iterator[Addresses]:
    command = [sys.executable, "-m", "monitor.demo.sinks", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin
        assert child.stdout
        addresses: Addresses = json.loads(child.stdout.readline())
        yield addresses
        child.stdin.close()
        assert child.wait(timeout=60) == 0  # they end when the starter is gone


def mail(addresses: Addresses, message_id: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "HIGH · DPRK"
    message["Message-ID"] = message_id
    message.set_content("text")
    with smtplib.SMTP("127.0.0.1", addresses["smtp"], timeout=60) as server:
        server.send_message(message)


def post(url: str, payload: object, **headers: str) -> tuple[int, bytes]:
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    request = urllib.request.Request(url, json.dumps(payload).encode(), named, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def slack(delivery: str) -> dict[str, object]:
    metadata = {"event_type": "bongsu_alert", "event_payload": {"delivery_id": delivery}}
    return {"channel": "C1", "text": "HIGH · DPRK", "metadata": metadata}


def test_each_way_in_counts_an_id_once_even_after_a_restart(tmp_path: Path) -> None:
    for _ in range(2):
        with sinks(tmp_path) as addresses:
            mail(addresses, "<one@bongsu.invalid>")
            assert post(f"{addresses['http']}/services/T/B/x", slack("one"))[1] == b"ok"
            assert json.loads(post(f"{addresses['http']}/api/chat.postMessage", slack("two"))[1])["ok"]
            event = {"data": {"headline": "HIGH · DPRK"}}
            assert post(f"{addresses['http']}/webhook", event, Idempotency_Key="one")[0] == 204
    receipts = read(tmp_path / "ledger.jsonl")
    first = [(r.channel, r.id, r.repeat) for r in receipts[:4]]
    assert first == [
        ("email", "<one@bongsu.invalid>", False),
        ("slack", "one", False),
        ("slack", "two", False),
        ("webhook", "one", False),
    ]
    assert [r.repeat for r in receipts[4:]] == [True] * 4
    assert {r.summary for r in receipts} == {"HIGH · DPRK"}


def test_a_message_without_an_id_is_refused(tmp_path: Path) -> None:
    with sinks(tmp_path) as addresses:
        assert post(f"{addresses['http']}/services/T/B/x", {"text": "hello"})[0] == 400
        assert post(f"{addresses['http']}/webhook", {})[0] == 400
    assert read(tmp_path / "ledger.jsonl") == []

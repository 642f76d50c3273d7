from __future__ import annotations

from pathlib import Path

from monitor.demo.ledger import Ledger, Receipt, read


def accept(ledger: Ledger, delivery: str, *, channel: str = "email") -> Receipt:
    return ledger.accept(channel, delivery, summary="HIGH", body=b"body", suffix=".txt")


def test_a_repeated_id_is_written_down_as_a_repeat(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert [accept(ledger, "a").repeat, accept(ledger, "a").repeat] == [False, True]
    assert [receipt.repeat for receipt in read(ledger.path)] == [False, True]


def test_the_same_id_on_another_channel_is_another_message(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    accept(ledger, "a")
    assert not accept(ledger, "a", channel="slack").repeat


def test_ids_are_known_after_a_restart(tmp_path: Path) -> None:
    accept(Ledger(tmp_path), "a")
    assert accept(Ledger(tmp_path), "a").repeat


def test_a_torn_last_line_counts_as_not_accepted(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    accept(ledger, "a")
    with ledger.path.open("ab") as file:
        file.write(b'{"at": "2022-05-')
    again = Ledger(tmp_path)
    assert not accept(again, "b").repeat
    assert [receipt.id for receipt in read(ledger.path)] == ["a", "b"]


def test_the_message_lies_where_the_receipt_says(tmp_path: Path) -> None:
    receipt = accept(Ledger(tmp_path), "<a/b@bongsu>")
    assert (tmp_path / receipt.file).read_bytes() == b"body"

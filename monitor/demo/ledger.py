"""What the demo's receivers took, as JSON lines on disk: written and synced before a message is accepted."""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """One line of the ledger."""

    at: str  # time of this machine, ISO 8601
    channel: str  # email, slack, webhook
    id: str  # the delivery's id, as the message carried it
    repeat: bool  # the id was known: the message counts once
    summary: str  # first line, for people
    file: str  # where the message lies, relative to the ledger


class Ledger:
    """Receipts in `<folder>/ledger.jsonl`, messages in `<folder>/messages/`; threads may share it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ledger.jsonl"
        self._messages = folder / "messages"
        self._messages.mkdir(parents=True, exist_ok=True)
        self._known = {(receipt.channel, receipt.id) for receipt in mend(self.path)}
        self._lock = threading.Lock()

    def accept(self, channel: str, delivery_id: str, *, summary: str, body: bytes, suffix: str) -> Receipt:
        """Take one message; on return it is on disk. A known id is written down as a repeat."""
        with self._lock:
            repeat = (channel, delivery_id) in self._known
            name = f"messages/{channel}-{_file_name(delivery_id)}{suffix}"
            receipt = Receipt(
                at=dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
                channel=channel,
                id=delivery_id,
                repeat=repeat,
                summary=summary,
                file=name,
            )
            if not repeat:
                (self.path.parent / name).write_bytes(body)
            _append(self.path, receipt)
            self._known.add((channel, delivery_id))
            return receipt


def read(path: Path) -> list[Receipt]:
    """The receipts of a ledger, oldest first; a last line that was cut off is left out."""
    if not path.exists():
        return []
    whole = path.read_bytes()
    lines = whole[: whole.rfind(b"\n") + 1].splitlines()
    return [Receipt(**json.loads(line)) for line in lines]


def mend(path: Path) -> list[Receipt]:
    """Read, and cut off a torn last line: its message was never accepted."""
    receipts = read(path)
    if path.exists():
        with path.open("r+b") as file:
            file.truncate(path.read_bytes().rfind(b"\n") + 1)
    return receipts


def _append(path: Path, receipt: Receipt) -> None:
    with path.open("ab") as file:
        file.write(json.dumps(asdict(receipt), ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _file_name(delivery_id: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in delivery_id)[:80]

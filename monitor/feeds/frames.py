"""What parent and parser child say to each other: frames of JSON and bytes, with their lengths before them.

JSON and not pickle: the child reads hostile documents, and what it says is data to us, never code.
"""

from __future__ import annotations

import datetime as dt
import json
import struct
from collections.abc import Mapping
from typing import Any

from monitor.errors import ParseError
from monitor.feeds.entry import Document, Entry

LENGTHS = struct.Struct(">II")  # of the head, which is JSON, and of the body
_TIMES = ("published", "updated")


def pack(head: Mapping[str, Any]) -> bytes:
    """A whole frame, without a body."""
    return opening(head, 0)


def opening(head: Mapping[str, Any], length: int) -> bytes:
    """A frame up to its body, of which so many bytes follow."""
    told = json.dumps(head).encode()
    return LENGTHS.pack(len(told), length) + told


def request(head: bytes) -> dict[str, Any]:
    """What a head asks beside the body: `what`, a feed or a web page, its `content_type`, and its `url`."""
    asked: dict[str, Any] = json.loads(head)
    return asked


def answer(document: Document) -> dict[str, Any]:
    """The head that tells a document."""
    entries = [
        [_written(getattr(entry, name)) for name in Entry.__dataclass_fields__] for entry in document.entries
    ]
    return {"entries": entries, "complaint": document.complaint}


def article(text: str) -> dict[str, Any]:
    """The head that tells the text of a web page."""
    return {"text": text}


def refusal(error: str) -> dict[str, Any]:
    """The head that tells why there is no document."""
    return {"error": error}


def document(told: bytes) -> Document:
    """The document of a head; ParseError when it tells why there is none."""
    head = _good(told)
    entries = tuple(_entry(values) for values in head["entries"])
    return Document(entries=entries, complaint=head["complaint"])


def text(told: bytes) -> str:
    """The text of a head; ParseError when it tells why there is none."""
    found: str = _good(told)["text"]
    return found


def _good(told: bytes) -> dict[str, Any]:
    head: dict[str, Any] = json.loads(told)
    if "error" in head:
        raise ParseError(head["error"])
    return head


def _written(value: str | dt.datetime | None) -> str | None:
    return value.isoformat() if isinstance(value, dt.datetime) else value


def _entry(values: list[str | None]) -> Entry:
    told: dict[str, Any] = dict(zip(Entry.__dataclass_fields__, values, strict=True))
    for name in _TIMES:
        told[name] = dt.datetime.fromisoformat(told[name]) if told[name] else None
    return Entry(**told)

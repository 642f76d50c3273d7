"""Bytes to text: the encoding is decided here, before any parser guesses.

In order: byte order mark, UTF-8 where the bytes are just that, the HTTP header, the XML declaration, and at
last a guess. What is declared is tried, not believed: publishers mislabel, and a wrong label garbles in silence.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from email.message import Message

import charset_normalizer

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ((b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"))  # "<?" without a mark
_SEVEN_BIT = ("iso2022", "hz")  # their bytes are valid UTF-8 too

# What publishers write under the narrower name.
_MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
}
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_META = re.compile(rb"<meta\b[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_HEAD = 8_192  # bytes of a web page in which it may say so
_TOLERATED = 0.05  # share of characters beyond ASCII that may be damaged before the label counts as wrong
_SAMPLE = 65_536  # bytes that the guess looks at


def decode(body: bytes, *, content_type: str | None, webpage: bool = False) -> str:
    """The body as text; undecodable bytes become U+FFFD, and it never fails. A web page has its label in `<meta>`."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for start, encoding in _WIDE:
        if body.startswith(start):
            return body.decode(encoding, "replace")
    labels = [label for label in _labels(body, content_type, webpage=webpage) if label]
    return _as_utf8(body, labels) or _as_labelled(body, labels) or _guessed(body)


def _labels(body: bytes, content_type: str | None, *, webpage: bool) -> Iterator[str]:
    if content_type:
        header = Message()
        header["content-type"] = content_type.replace("\r", " ").replace("\n", " ")
        yield _codec(header.get_content_charset() or "")
    declared = _DECLARED.search(body[:1024])
    yield _codec(declared[1].decode("ascii")) if declared else ""
    meta = _META.search(body[:_HEAD]) if webpage else None
    yield _codec(meta[1].decode("ascii")) if meta else ""
    yield "utf-8"


def _codec(label: str) -> str:
    """Python's name of the text encoding meant by the label; "" for none that we know."""
    try:
        name = codecs.lookup(label).name
        b"".decode(name)
    except (LookupError, ValueError):  # unknown, or a codec such as hex that does not give text
        return ""
    return (
        "" if name in ("idna", "punycode", "unicode_escape", "raw_unicode_escape") else _MEANT.get(name, name)
    )


def _as_utf8(body: bytes, labels: list[str]) -> str:
    if any(label.startswith(_SEVEN_BIT) for label in labels):
        return ""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _as_labelled(body: bytes, labels: list[str]) -> str:
    for label in labels:
        text = body.decode(label, "replace")
        beyond_ascii = sum(not part.isascii() for part in text)
        if text.count("\ufffd") <= _TOLERATED * beyond_ascii:
            return text
    return ""


def _guessed(body: bytes) -> str:
    best = charset_normalizer.from_bytes(body[:_SAMPLE]).best()
    return body.decode(best.encoding if best else "utf-8", "replace")

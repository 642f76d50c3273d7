"""A feed's bytes to entries: RSS, RDF and Atom by feedparser, whose one home this is; JSON Feed by its own reader."""

from __future__ import annotations

import html
import io
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax import SAXParseException

import feedparser

from monitor.errors import ParseError
from monitor.feeds import dates, jsonfeed, plainrss
from monitor.feeds.encoding import decode
from monitor.feeds.entry import Document, Entry
from monitor.feeds.links import absolute
from monitor.feeds.text import clean, one_line, plain

ENTRY_CAP = 5_000  # of one document; what comes after is not read

_GZIP = b"\x1f\x8b"
_UNPACKED_CAP = 10 * 2**20  # bytes, of a document that came as a gzip file

_HEAD = 4_096  # characters in which the beginning of a document is looked for
_PAGE = 200_000  # characters of a web page in which it may name its feed
_BEFORE_ROOT = r"(?:\s|<\?[^>]*>|<!--(?:(?!-->).)*-->)*"
_WEB_PAGE = re.compile(_BEFORE_ROOT + r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_ROOT = re.compile(_BEFORE_ROOT + r"(?:<![^>]*>\s*)?<([A-Za-z_][\w.:-]{0,60})", re.DOTALL)
_FEED_ROOT = re.compile(r"<(?:rss|feed|rdf:rdf|channel)\b", re.IGNORECASE)
_LINK = re.compile(r"<link\b[^>]{1,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(rel|type|href)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}

_DECLARATION = re.compile(r"\A<\?xml[^>]*>")
_UTF8_DECLARATION = "<?xml version='1.0' encoding='utf-8'?>"
_ENTRY = re.compile(r"<(item|entry)\b.*?(?:</\1\s*>|(?=<\1\b)|\Z)", re.DOTALL)
_ENTRY_BEGINS = re.compile(r"<(?:item|entry)(?=[\s/>])")
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_NO_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DIGITS = len(str(sys.maxunicode))


def parse(body: bytes, *, content_type: str | None, url: str, fast: bool = True) -> Document:
    """The document at `url`; ParseError, which says what it is, for one that is no feed.

    With `fast=False` plain documents go to feedparser too: slower, same result.
    """
    text = decode(_unpacked(body), content_type=content_type).lstrip("\ufeff \t\r\n\0")
    if not text:
        raise ParseError("the document is empty")
    if text.startswith(("{", "[")):
        return jsonfeed.read(text, url=url, cap=ENTRY_CAP)
    if _WEB_PAGE.match(text[:_HEAD]):
        raise ParseError(_web_page(text, url))
    return _xml(text, url, fast=fast)


def _unpacked(body: bytes) -> bytes:
    """The document, where a server gives a gzip file as it lies there and does not say so."""
    if not body.startswith(_GZIP):
        return body
    try:
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        unpacked = inflate.decompress(body, _UNPACKED_CAP)
    except zlib.error as error:
        raise ParseError(f"this is a damaged gzip file ({error})") from error
    if inflate.unconsumed_tail:
        raise ParseError(f"this is a gzip file with more than {_UNPACKED_CAP:,} bytes in it")
    return unpacked


def _xml(text: str, url: str, *, fast: bool) -> Document:
    text, junk = _from_declaration(text)
    text, beyond = _first_entries(text)
    found = (_plain(text) if fast else None) or _whole(text) or _one_by_one(text)
    if not found.entries and (found.complaint or not found.version):
        raise ParseError(f"{found.complaint}; no entry can be read" if found.version else _unknown(text))
    complaints = [
        junk,
        "" if beyond else found.complaint,
    ]  # what was cut off here is no fault of the publisher's
    if beyond := beyond or max(0, len(found.entries) - ENTRY_CAP):
        complaints.append(f"only the first {ENTRY_CAP:,} of {ENTRY_CAP + beyond:,} entries were read")
    return Document(
        entries=tuple(_entry(each, url) for each in found.entries[:ENTRY_CAP]),
        complaint="; ".join(filter(None, complaints)) or None,
    )


# --- feedparser ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """What feedparser made of a document, or would have made."""

    version: str  # "rss20"; "" when it knows no such feed
    entries: Sequence[dict[str, Any]]
    complaint: str


def _plain(text: str) -> _Found | None:
    """What feedparser would find, of a document so plain that it need not be asked; None of any other."""
    entries = plainrss.entries(_document(text))
    return None if entries is None else _Found(version=plainrss.VERSION, entries=entries, complaint="")


def _whole(text: str) -> _Found | None:
    """What feedparser finds; None where it fails, as it does on values that it does not foresee."""
    try:
        found = _feedparsed(text)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - any of Python's own errors, as the document likes
        return None
    complaint = _malformed(found.get("bozo_exception"))
    return _Found(version=found["version"], entries=found["entries"], complaint=complaint)


def _one_by_one(text: str) -> _Found:
    """Each entry as if it were alone in its feed, so that those that can be read are."""
    root = _ROOT.match(text)
    head = text[: text.find(">", root.end()) + 1] if root else ""
    alone = [_whole(head + entry[0]) for entry in _ENTRY.finditer(text)]
    readable = [found for found in alone if found and found.entries]
    broken = len(alone) - len(readable)
    return _Found(
        version=readable[0].version if readable else "unknown",
        entries=[entry for found in readable for entry in found.entries],
        complaint=f"{broken} of {len(alone)} entries cannot be read" if broken else "its head cannot be read",
    )


def _feedparsed(text: str) -> Any:
    """What feedparser gives, from memory only: a path or an address it would open or fetch.

    It is not told where the document lies, or it would make addresses of ids too.
    """
    return feedparser.parse(
        io.BytesIO(_document(text).encode()),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _document(text: str) -> str:
    """The text with a declaration that is true."""
    return _UTF8_DECLARATION + _DECLARATION.sub("", _valid(text))


def _first_entries(text: str) -> tuple[str, int]:
    """The text up to the last entry that is read, and how many come after: these would cost the rest its time."""
    begun = [found.start() for found in _ENTRY_BEGINS.finditer(text)]
    return (text[: begun[ENTRY_CAP]], len(begun) - ENTRY_CAP) if len(begun) > ENTRY_CAP else (text, 0)


def _from_declaration(text: str) -> tuple[str, str]:
    """The text from its XML declaration on, and a complaint if other text stood before it."""
    start = text.find("<?xml", 0, _HEAD)
    if start <= 0 or _FEED_ROOT.search(text, 0, start):
        return text, ""
    return text[start:], "other text stands before the XML declaration"


def _valid(text: str) -> str:
    """Without characters and references that XML does not know: one of them, and the parser gives up."""
    return _REFERENCE.sub(_reference, _NOT_XML.sub(" ", text))


def _reference(found: re.Match[str]) -> str:
    """The reference if XML knows it, else the character that HTML's rules take it for, else a space."""
    digits = (found[1] or found[2]).lstrip("0") or "0"
    code = int(digits, 16 if found[1] else 10) if len(digits) <= _DIGITS else sys.maxunicode + 1
    if code > sys.maxunicode:
        return "\ufffd"
    if not _NO_CHARACTER.match(chr(code)):
        return found[0]
    return (html.unescape(f"&#{code};") if code else "") or " "


# --- entries ---------------------------------------------------------------------------------------


def _entry(raw: dict[str, Any], url: str) -> Entry:
    return Entry(
        entry_id=" ".join(plain(_text(raw, "id")).split()),
        url=next(filter(None, (absolute(link, base=url) for link in _links(raw))), ""),
        title=one_line(_text(raw, "title")),
        text=max((clean(markup) for markup in _bodies(raw)), key=len),
        published=dates.read(_text(raw, "published")),
        updated=dates.read(_text(raw, "updated")),
        author=one_line(_text(raw, "author"), cap=200),
    )


def _text(raw: dict[str, Any], name: str) -> str:
    value = dict.get(raw, name)  # dict's own: feedparser's takes one date for the other
    return value if isinstance(value, str) else ""


def _links(raw: dict[str, Any]) -> Iterator[object]:
    """Addresses of the entry's page, the likeliest first."""
    link = _text(raw, "link")
    if link != _text(raw, "id") or link.startswith(
        "http"
    ):  # else an id that is no address, though it may claim so
        yield link
    links = [link for link in dict.get(raw, "links") or () if isinstance(link, dict)]
    for rel in ("alternate", "related", "self"):
        yield from (dict.get(link, "href") for link in links if dict.get(link, "rel") == rel)


def _bodies(raw: dict[str, Any]) -> Iterator[str]:
    yield _text(raw, "summary")
    for content in dict.get(raw, "content") or ():
        if isinstance(content, dict):
            yield _text(content, "value")


# --- what is wrong ---------------------------------------------------------------------------------


def _malformed(error: Exception | None) -> str:
    if isinstance(error, SAXParseException):
        return f"malformed XML at line {error.getLineNumber()} ({error.getMessage()})"
    return f"malformed XML ({error})" if error else ""


def _unknown(text: str) -> str:
    if root := _ROOT.match(text):
        return f"this is XML (<{root[1]}>), but no feed"
    return f"this is no feed; it begins with “{one_line(text[:200], cap=60)}”"


def _web_page(text: str, url: str) -> str:
    what = "this is a web page (HTML), no feed"
    feed = next(_advertised(text[:_PAGE], url), None)
    return f"{what}; the page names a feed: {feed}" if feed else what


def _advertised(page: str, url: str) -> Iterator[str]:
    """Addresses of feeds that the page names in its links."""
    for link in _LINK.findall(page):
        given = {name.lower(): html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(link)}
        kind = given.get("type", "").split(";")[0].strip().lower()
        if "alternate" in given.get("rel", "").lower().split() and kind in _FEED_TYPES:
            yield from filter(None, [absolute(given.get("href"), base=url)])

"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1) to entries."""

from __future__ import annotations

import json
from typing import Any

from monitor.errors import ParseError
from monitor.feeds import dates
from monitor.feeds.entry import Document, Entry
from monitor.feeds.links import absolute
from monitor.feeds.text import TEXT_CAP, clean, cut, one_line, plain

_VERSION = "jsonfeed.org/version/1"


def read(text: str, *, url: str, cap: int) -> Document:
    """The feed of this text, at most `cap` entries; ParseError when it is other JSON or none."""
    feed = _load(text)
    if not isinstance(feed, dict) or _VERSION not in str(feed.get("version")):
        raise ParseError(f"this is JSON, but no JSON Feed: it names no version of {_VERSION}")
    items = feed.get("items")
    if not isinstance(items, list):
        raise ParseError("this JSON Feed has no list of items")
    readable = [item for item in items if isinstance(item, dict)]
    entries = tuple(_entry(item, url) for item in readable[:cap])
    return Document(entries=entries, complaint=_complaint(len(items), len(readable), cap))


def _load(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"this begins like JSON and cannot be read as such ({error})") from error


def _complaint(items: int, readable: int, cap: int) -> str | None:
    if readable < items:
        return f"{items - readable} of {items} items are no objects"
    return f"only the first {cap:,} of {readable:,} items were read" if readable > cap else None


def _entry(item: dict[str, Any], url: str) -> Entry:
    return Entry(
        entry_id=" ".join(plain(_identifier(item.get("id"))).split()),
        url=absolute(item.get("url"), base=url) or absolute(item.get("external_url"), base=url),
        title=one_line(_text(item, "title")),
        text=max(_bodies(item), key=len),
        published=dates.read(_text(item, "date_published")),
        updated=dates.read(_text(item, "date_modified")),
        author=one_line(_author(item), cap=200),
    )


def _identifier(value: object) -> str:
    """The id as text; 1.0 feeds also write numbers."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def _bodies(item: dict[str, Any]) -> tuple[str, str, str]:
    written = cut(plain(_text(item, "content_text")).strip(), TEXT_CAP)  # plain by contract: "<" is a "<"
    return clean(_text(item, "content_html")), written, clean(_text(item, "summary"))


def _author(item: dict[str, Any]) -> str:
    authors = item.get("authors") or [item.get("author")]  # a list since 1.1
    first = authors[0] if isinstance(authors, list) and authors else None
    return _text(first, "name") if isinstance(first, dict) else ""


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""

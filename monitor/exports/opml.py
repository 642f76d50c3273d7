"""Feeds as OPML 2.0 (http://opml.org/spec2.opml), the format in which readers of feeds exchange their lists."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from email.utils import format_datetime
from xml.etree import ElementTree as ET

import listparser

from monitor.errors import UsageError
from monitor.exports.xml import add, document
from monitor.model import Feed

_LONGEST = 40  # characters of an id


@dataclass(frozen=True, kw_only=True)
class Outline:
    """One feed of an OPML file, as far as the file tells of it."""

    url: str
    title: str
    group: str


def write(feeds: Iterable[Feed], *, now: dt.datetime) -> str:
    """The feeds under their groups."""
    root = ET.Element("opml", version="2.0")
    head = add(root, "head")
    add(head, "title", "Feeds of Bongsu")
    add(head, "dateCreated", format_datetime(now))
    body = add(root, "body")
    ordered = sorted(feeds, key=lambda feed: (feed.group, feed.id))
    for group, listed in itertools.groupby(ordered, key=lambda feed: feed.group):
        outline = add(body, "outline", text=group, title=group)
        for feed in listed:
            add(outline, "outline", type="rss", text=feed.name, title=feed.name, xmlUrl=feed.url)
    return document(root)


def read(text: str) -> list[Outline]:
    """The feeds of a file, each address once; UsageError when it is no OPML or holds none."""
    found = listparser.parse(text)
    outlines = {
        each.url: Outline(url=each.url, title=each.title or each.url, group=_group(each))
        for each in found.feeds
    }
    if not outlines:
        why = f": {found.bozo_exception}" if found.get("bozo") else ""
        raise UsageError(f"this is no OPML file with feeds{why}")
    return list(outlines.values())


def name_for(title: str, taken: Collection[str]) -> str:
    """An id made of the title, and of a number where it is taken."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-") or "feed"
    numbered = (f"{stem}-{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([stem], numbered) if name not in taken)


def _group(each: listparser.common.SuperDict) -> str:
    """The innermost heading that it stands under."""
    headings = [part for path in each.get("categories", []) for part in path if part]
    return headings[-1] if headings else "other"

"""Writes a sample feed as the document that its outlet would serve: RSS 2.0, Atom, RSS 1.0 or JSON Feed."""

from __future__ import annotations

import datetime as dt
import html
import json
from email.utils import format_datetime

import jinja2

from monitor.demo.sample import SampleEntry, SampleFeed

DESCRIPTION = "Sample feed, written for the demo of Bongsu about real events"
CONTENT_TYPES = {
    "rss2": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "json": "application/feed+json",
}


def document(feed: SampleFeed, now: dt.datetime) -> bytes:
    """What the feed's address answers at `now`; the same bytes as long as nothing changed."""
    entries = feed.shown(now)
    return _json(feed, entries) if feed.format == "json" else _xml(feed, entries)


def _xml(feed: SampleFeed, entries: tuple[SampleEntry, ...]) -> bytes:
    template = _ENVIRONMENT.get_template(f"{feed.format}.xml")
    updated = max(entry.updated for entry in entries)
    text = template.render(feed=feed, entries=entries, updated=updated, description=DESCRIPTION)
    return text.encode()


def _json(feed: SampleFeed, entries: tuple[SampleEntry, ...]) -> bytes:
    content = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.name,
        "description": DESCRIPTION,
        "home_page_url": f"{feed.home}/",
        "language": "en",
        "items": [_item(entry) for entry in entries],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _item(entry: SampleEntry) -> dict[str, str]:
    return {
        "id": entry.guid,
        "url": entry.url,
        "title": entry.title,
        "content_text": entry.text,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
    }


def _paragraph(text: str) -> str:
    """Outlets put HTML into their summaries; the template then escapes it once more."""
    return f"<p>{html.escape(text, quote=False)}</p>"


def _environment() -> jinja2.Environment:
    loader = jinja2.PackageLoader("monitor.demo")
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["rfc822"] = format_datetime
    environment.filters["paragraph"] = _paragraph
    return environment


_ENVIRONMENT = _environment()

"""Alerts as a feed: Atom (RFC 4287) and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from monitor.exports.about import URN, About
from monitor.exports.xml import add, document, moment
from monitor.model import Alert

_TITLE = "Alerts on North-East Asian security"
_ATOM = "http://www.w3.org/2005/Atom"


def atom(alerts: Sequence[Alert], about: About) -> str:
    """One entry for each alert; an alert that was amended keeps its id."""
    root = ET.Element("feed", xmlns=_ATOM)
    add(root, "id", about.feed)
    add(root, "title", _TITLE)
    add(root, "updated", moment(max((alert.updated for alert in alerts), default=about.now)))
    add(add(root, "author"), "name", "Bongsu")
    if about.itself:
        add(root, "link", href=about.itself, rel="self")
    if about.address:
        add(root, "link", href=f"{about.address}/", rel="alternate")
    for alert in alerts:
        _entry(root, alert, about)
    return document(root)


def _entry(root: ET.Element, alert: Alert, about: About) -> None:
    headline, standing, sentence = about.lines(alert)
    entry = add(root, "entry")
    add(entry, "id", f"{URN}:alert:{alert.id}")
    add(entry, "title", headline)
    add(entry, "updated", moment(alert.updated))
    add(entry, "published", moment(alert.opened))
    for rule in alert.rules:
        add(entry, "category", term=rule)
    if link := about.link(alert):
        add(entry, "link", href=link, rel="alternate")
    add(entry, "content", f"{standing}\n\n{sentence}", type="text")


def jsonfeed(alerts: Sequence[Alert], about: About) -> str:
    """One item for each alert."""
    items = []
    for alert in alerts:
        headline, standing, sentence = about.lines(alert)
        item = {
            "id": f"{URN}:alert:{alert.id}",
            "title": headline,
            "content_text": f"{standing}\n\n{sentence}",
            "date_published": moment(alert.opened),
            "date_modified": moment(alert.updated),
            "tags": list(alert.rules),
        }
        items.append({**item, **({"url": link} if (link := about.link(alert)) else {})})
    head = {"version": "https://jsonfeed.org/version/1.1", "title": _TITLE, "language": "en"}
    home = {"home_page_url": f"{about.address}/"} if about.address else {}
    itself = {"feed_url": about.itself} if about.itself else {}
    return json.dumps({**head, **home, **itself, "items": items}, ensure_ascii=False, indent=2) + "\n"

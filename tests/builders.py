"""Nouns with sensible defaults, so that a test names only what it is about."""

from __future__ import annotations

import datetime as dt

from monitor.alerting.render import render
from monitor.model import (
    Alert,
    Article,
    Count,
    Delivery,
    Entity,
    Event,
    Evidence,
    Feed,
    Kind,
    Level,
    Match,
    Mention,
    Message,
    Reason,
    Report,
    Span,
    Standing,
    Status,
    Subscription,
    article_id,
    delivery_id,
)

NOW = dt.datetime(2026, 3, 11, 23, 0, tzinfo=dt.UTC)  # 12 March, 08:00 in Seoul
SENTENCE = "North Korea fired two short-range ballistic missiles from Sunan toward the East Sea, Seoul said."


def feed(**changed: object) -> Feed:
    defaults: dict[str, object] = {
        "id": "yonhap-nk",
        "url": "https://feeds.example/nk.xml",
        "name": "North Korea",
        "publisher": "Yonhap",
        "language": "en",
        "grade": "B",
    }
    return Feed(**{**defaults, **changed})  # type: ignore[arg-type]  # a builder passes on what it is given


def article(**changed: object) -> Article:
    values: dict[str, object] = {
        "feed": "yonhap-nk",
        "key": "1",
        "url": "https://news.example/1",
        "title": "N. Korea fires 2 short-range ballistic missiles",
        "text": SENTENCE,
        "published": NOW - dt.timedelta(minutes=8),
        "fetched": NOW - dt.timedelta(minutes=1),
        "publisher": "Yonhap",
        "language": "en",
        "grade": "B",
        **changed,
    }
    values.setdefault("id", article_id(str(values["feed"]), str(values["key"])))
    return Article(**values)  # type: ignore[arg-type]  # a builder passes on what it is given


def span(text: str, *, within: str = SENTENCE, field: str = "text") -> Span:
    """Where the text stands in the field; at 0 when it does not."""
    start = max(within.find(text), 0)
    return Span(field=field, start=start, end=start + len(text), text=text)


def mention(slug: str, kind: Kind, *, text: str = "", within: str = SENTENCE, **entity: str) -> Mention:
    named = Entity(slug=slug, kind=kind, terms=(), **entity)  # type: ignore[arg-type]  # its text fields
    return Mention(span=span(text or slug, within=within), entity=named)


def actor(slug: str = "north-korea", country: str = "KP", text: str = "North Korea") -> Mention:
    return mention(slug, Kind.ACTOR, text=text, country=country)


def place(
    slug: str = "east-sea", text: str = "East Sea", zone: str = "", timezone: str = "Asia/Seoul"
) -> Mention:
    entity = Entity(slug=slug, kind=Kind.PLACE, terms=(), within=zone, timezone=timezone)
    return Mention(span=span(text), entity=entity)


def event(**changed: object) -> Event:
    defaults: dict[str, object] = {
        "action": mention("launch", Kind.ACTION, text="fired"),
        "sentence": span(SENTENCE),
        "actors": (actor(),),
        "objects": (mention("srbm", Kind.OBJECT, text="short-range ballistic missiles"),),
        "places": (place("sunan", "Sunan"), place()),
        "date": dt.date(2026, 3, 12),
        "date_given": True,
        "count": Count(min=2, max=2, text="two"),
    }
    return Event(**{**defaults, **changed})  # type: ignore[arg-type]  # a builder passes on what it is given


def match(**changed: object) -> Match:
    defaults: dict[str, object] = {
        "rule": "dprk-missile-launch",
        "revision": "r1",
        "title": "North Korea launches a missile",
        "family": "missile",
        "group_by": ("actor", "date"),
        "level": Level.HIGH,
        "score": 0.9,
        "event": event(),
        "evidence": (
            Evidence(span=span("North Korea"), role="actor"),
            Evidence(span=span("fired"), role="action"),
            Evidence(span=span("short-range ballistic missiles"), role="object"),
            Evidence(span=span("Sunan"), role="place"),
            Evidence(span=span("East Sea"), role="place"),
        ),
    }
    return Match(**{**defaults, **changed})  # type: ignore[arg-type]  # a builder passes on what it is given


def report(**changed: object) -> Report:
    told = article()
    defaults: dict[str, object] = {
        "article": told.id,
        "publisher": told.publisher,
        "grade": told.grade,
        "url": told.url,
        "title": told.title,
        "published": told.published,
        "fetched": told.fetched,
        "sentence": span(SENTENCE),
        "evidence": match().evidence,
        "rules": ("dprk-missile-launch",),
        "count": Count(min=2, max=2, text="two"),
    }
    return Report(**{**defaults, **changed})  # type: ignore[arg-type]  # a builder passes on what it is given


def alert(**changed: object) -> Alert:
    defaults: dict[str, object] = {
        "id": "a1b2c3d4e5f60718",
        "keys": frozenset({"missile|KP|*|2026-03-12"}),
        "rules": ("dprk-missile-launch",),
        "titles": ("North Korea launches a missile",),
        "level": Level.HIGH,
        "status": Status.OCCURRED,
        "actors": ("north-korea",),
        "action": "launch",
        "objects": ("srbm",),
        "recipients": (),
        "places": ("sunan", "east-sea"),
        "date": dt.date(2026, 3, 12),
        "count": Count(min=2, max=2, text="two"),
        "opened": NOW,
        "updated": NOW,
        "standing": Standing.LIVE,
        "reports": (report(),),
    }
    return Alert(**{**defaults, **changed})  # type: ignore[arg-type]  # a builder passes on what it is given


def subscription(**changed: object) -> Subscription:
    defaults: dict[str, object] = {"id": "desk", "channel": "console"}
    return Subscription(**{**defaults, **changed})  # type: ignore[arg-type]  # a builder passes on what it is given


def delivery(**changed: object) -> Delivery:
    values: dict[str, object] = {
        "alert": "a1b2c3d4e5f60718",
        "revision": 1,
        "subscription": "desk",
        "channel": "console",
        "target": "",
        "reason": Reason.FIRST,
        "created": NOW,
        **changed,
    }
    values.setdefault(
        "id", delivery_id(str(values["alert"]), int(str(values["revision"])), str(values["subscription"]))
    )
    return Delivery(**values)  # type: ignore[arg-type]  # a builder passes on what it is given


NAMES = {"north-korea": "DPRK", "srbm": "SRBM", "sunan": "Sunan", "east-sea": "East Sea"}


def message(told: Alert | None = None, **changed: object) -> Message:
    """The message on an alert, for a delivery with these changes."""
    return render(told or alert(), delivery(**{"target": "desk@example.org", **changed}), names=NAMES)

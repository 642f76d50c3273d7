"""Event keys: the strings under which a later report finds the alert of its event.

A key reads `family|actor|place|date`. `*` stands where a part is not asked or not told; every match also
holds the key with the place `*`, so that a report without a place finds an alert that has one. A date that
only the publish time gave is written `~2026-03-13`; it gives way as soon as a report names the day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from monitor.model import Article, Event, Match, Mention

ANY = "*"
_DAY = dt.timedelta(days=1)


def event_keys(article: Article, match: Match) -> frozenset[str]:
    """The keys that an alert on this match holds."""
    return _keys(match, [_stamp(event_date(article, match.event), given=match.event.date_given)])


def same_day_keys(article: Article, match: Match) -> frozenset[str]:
    """The keys under which the same event of the same day may already be held."""
    date = event_date(article, match.event)
    return _keys(match, [_stamp(date, given=True), _stamp(date, given=False)])


def next_day_keys(article: Article, match: Match) -> frozenset[str]:
    """The keys of the days beside, for events whose day is told on one side only.

    A report that names no day may be about yesterday, or about tomorrow where time zones differ. A report
    that names its day may belong to an alert that a dateless report opened on the day after.
    """
    date = event_date(article, match.event)
    if match.event.date_given:
        return _keys(match, [_stamp(date + _DAY, given=False)])
    beside = (date - _DAY, date + _DAY)
    return _keys(match, [_stamp(day, given=given) for day in beside for given in (True, False)])


def sought_keys(article: Article, matches: Iterable[Match]) -> frozenset[str]:
    """All keys whose alerts must be loaded before these matches can be grouped."""
    return frozenset().union(
        *(same_day_keys(article, match) | next_day_keys(article, match) for match in matches)
    )


def shared_keys(sought: frozenset[str], held: frozenset[str], *, places_agree: bool) -> frozenset[str]:
    """The keys that both sides have; two different places keep apart what only `*` joins.

    `places_agree` is True where something else already says that it is one event.
    """
    return frozenset(
        key
        for key in sought & held
        if places_agree or _place(key) != ANY or not (_has_place(key, sought) and _has_place(key, held))
    )


def settled(keys: frozenset[str]) -> frozenset[str]:
    """The keys with guessed days put right, where another key names the day or one beside it."""
    named = {_date(key) for key in keys if not guessed(key)}
    return frozenset().union(*(_settle(key, named) for key in keys))


def guessed(key: str) -> bool:
    """Whether the key's day is only that of an article."""
    return "|~" in key


def event_date(article: Article, event: Event) -> dt.date:
    """The event's day, local to its place; without one, the day of the article in the place's zone."""
    return event.date or article.when.astimezone(_zone(event)).date()


def actor_keys(event: Event) -> tuple[str, ...]:
    """One word for each actor: the country, so that an army and its state are one, else the slug."""
    return tuple(dict.fromkeys(actor.entity.country or actor.entity.slug for actor in event.actors))


def _keys(match: Match, stamps: Iterable[str]) -> frozenset[str]:
    grouped = match.group_by or ("actor", "date")
    actors = (actor_keys(match.event) if "actor" in grouped else ()) or (ANY,)
    places = _places(match.event.places) if "place" in grouped else ()
    return frozenset(
        f"{match.family}|{actor}|{place}|{stamp}"
        for actor in actors
        for place in (*places, ANY)
        for stamp in stamps
    )


def _places(mentions: Iterable[Mention]) -> tuple[str, ...]:
    """Each place's country where it has one, else the place and the larger one: reports name it more or less."""
    named = (
        slug
        for mention in mentions
        for slug in (
            (mention.entity.country,)
            if mention.entity.country
            else (mention.entity.slug, mention.entity.within)
        )
    )
    return tuple(dict.fromkeys(slug for slug in named if slug))


def _stamp(date: dt.date, *, given: bool) -> str:
    return date.isoformat() if given else f"~{date.isoformat()}"


def _settle(key: str, named: Iterable[dt.date]) -> frozenset[str]:
    if not guessed(key):
        return frozenset({key})
    stem, _, _ = key.rpartition("|")
    near = [day for day in named if abs(day - _date(key)) <= _DAY]
    return frozenset(f"{stem}|{day.isoformat()}" for day in near) or frozenset({key})


def _date(key: str) -> dt.date:
    return dt.date.fromisoformat(key.rpartition("|")[2].removeprefix("~"))


def _place(key: str) -> str:
    return key.split("|")[2]


def _has_place(key: str, keys: frozenset[str]) -> bool:
    """Whether a key of the same family and actor names a place."""
    stem = key.split("|")[:2]
    return any(_place(other) != ANY and other.split("|")[:2] == stem for other in keys)


def _zone(event: Event) -> dt.tzinfo:
    zones = (mention.entity.timezone for mention in event.places)
    return next((ZoneInfo(zone) for zone in zones if zone), dt.UTC)

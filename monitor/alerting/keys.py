"""Event keys: the strings under which a later report finds the alert of its event.

A key reads `family|actor|place|date`. `*` stands where a part is not asked or not told; every match also
holds the key with the place `*`, so that a report without a place finds an alert that has one. A date that
only the publish time gave is written `~2026-03-13`; it gives way as soon as a report names the day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from monitor.model import Article, Event, Match, Mention

ANY = "*"
STORY_DAYS = 3  # days to both sides on which reports of one event are looked for
_DAY = dt.timedelta(days=1)


def event_keys(article: Article, match: Match) -> frozenset[str]:
    """The keys that an alert on this match holds."""
    return _keys(match, [_stamp(event_date(article, match.event), given=match.event.date_given)])


def same_day_keys(article: Article, match: Match) -> frozenset[str]:
    """The keys under which the same event of the same day may already be held."""
    date = event_date(article, match.event)
    return _keys(match, [_stamp(date, given=True), _stamp(date, given=False)])


def story_keys(article: Article, match: Match) -> frozenset[str]:
    """The keys, whatever the place, of all days on which the same story may be told."""
    date = event_date(article, match.event)
    days = (date + each * _DAY for each in range(-STORY_DAYS, STORY_DAYS + 1))
    stamps = [_stamp(day, given=given) for day in days for given in (True, False)]
    return frozenset(key for key in _keys(match, stamps) if _place(key) == ANY)


def sought_keys(article: Article, matches: Iterable[Match]) -> frozenset[str]:
    """All keys whose alerts must be loaded before these matches can be grouped."""
    return frozenset().union(
        *(same_day_keys(article, match) | story_keys(article, match) for match in matches)
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
    """The keys with guessed days put right: by the nearest day that another key names, else by the earliest guess."""
    named = sorted({day(key) for key in keys if not guessed(key)})
    guesses = {day(key) for key in keys if guessed(key)}
    put = frozenset(_settle(key, named, guesses) for key in keys)
    return put if put == keys else settled(put)  # one guess put right may bring another within reach


def moved(keys: frozenset[str], to: frozenset[str]) -> frozenset[str]:
    """The keys with their days put to the nearest that the other keys have."""
    stamps = {day(key): key.rpartition("|")[2] for key in sorted(to)}  # "~" sorts last and gives way below
    stamps |= {day(key): day(key).isoformat() for key in to if not guessed(key)}
    nearest = {key: stamps[min(stamps, key=lambda held: (abs(held - day(key)), held))] for key in keys}
    return frozenset(f"{key.rpartition('|')[0]}|{stamp}" for key, stamp in nearest.items())


def guessed(key: str) -> bool:
    """Whether the key's day is only that of an article."""
    return "|~" in key


def day(key: str) -> dt.date:
    """The key's day, named or guessed."""
    return dt.date.fromisoformat(key.rpartition("|")[2].removeprefix("~"))


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


def _settle(key: str, named: Sequence[dt.date], guesses: Iterable[dt.date]) -> str:
    if not guessed(key):
        return key
    stem, _, _ = key.rpartition("|")
    near = [each for each in named if abs(each - day(key)) <= STORY_DAYS * _DAY]
    if near:
        return f"{stem}|{min(near, key=lambda each: (abs(each - day(key)), each)).isoformat()}"
    return f"{stem}|~{min(each for each in guesses if day(key) - each <= STORY_DAYS * _DAY).isoformat()}"


def _place(key: str) -> str:
    return key.split("|")[2]


def _has_place(key: str, keys: frozenset[str]) -> bool:
    """Whether a key of the same family and actor names a place."""
    stem = key.split("|")[:2]
    return any(_place(other) != ANY and other.split("|")[:2] == stem for other in keys)


def _zone(event: Event) -> dt.tzinfo:
    zones = (mention.entity.timezone for mention in event.places)
    return next((ZoneInfo(zone) for zone in zones if zone), dt.UTC)

"""The history as commands and the service see it: up to date, with what the config lists, in words for people."""

from __future__ import annotations

import datetime as dt
import difflib
import itertools
import re
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

from monitor.alerting.silence import hides
from monitor.config import Config
from monitor.errors import UsageError
from monitor.matching import vocabulary as lists
from monitor.matching.load import VOCABULARY, Pack
from monitor.model import (
    Alert,
    Delivery,
    Entity,
    Kind,
    Level,
    Silence,
    Standing,
    Status,
    Subscription,
    Vocabulary,
)
from monitor.storage import Connection, Database, alerts, feeds, subscriptions
from monitor.storage.database import PATIENCE
from monitor.storage.query import AlertQuery
from monitor.storage.sole import at_work

PREVIEW = dt.timedelta(days=30)  # over which a silence is tried
_AGO = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def utc_now() -> dt.datetime:
    """The time, as every part gets it."""
    return dt.datetime.now(dt.UTC)


@contextmanager
def open_database(config: Config, *, now: dt.datetime, jobs: bool = False) -> Iterator[Database]:
    """The database, up to date, with the feeds and subscriptions of the config in it; `jobs`: for workers.

    While a service is at work on a SQLite file, none is paused for want of a place in the config: a command with
    another config, or with one that is just being edited, would take it from under the service.
    """
    patience = config.workers.stalled_after.total_seconds() if jobs else PATIENCE
    database = Database(config.database_url, patience=patience, jobs=jobs)
    try:
        database.upgrade()
        pausing = not at_work(database)
        with database.write() as conn:
            feeds.sync(conn, config.all_feeds(), pausing=pausing, now=now)
            subscriptions.sync(conn, config.all_subscriptions(), pausing=pausing)
        yield database
    finally:
        database.close()


def names(config: Config) -> Mapping[str, str]:
    """How slugs are shown."""
    return display_names(vocabulary(config))


def vocabulary(config: Config) -> Vocabulary:
    """That of the rules; lists with mistakes are left out: these must not hide the history."""
    known, _ = lists.load([folder / VOCABULARY for folder in config.rule_folders])
    return known


def question(
    *,
    text: str = "",
    rule: str | None = None,
    level: str = "",
    actor: str | None = None,
    place: str | None = None,
    publisher: str | None = None,
    status: str = "",
    standing: str = "",
    since: str = "",
    until: str = "",
    shadow: bool | None = None,
    after: str = "",
    limit: int | None,
    now: dt.datetime,
) -> AlertQuery:
    """What commands, pages and programs ask of alerts, as they write it; UsageError for a word that is none."""
    levels = {str(each): each for each in Level}
    return AlertQuery(
        rule=rule or None,
        min_level=levels[_one_of(levels, level.lower(), "level")] if level else Level.INFORMATIONAL,
        actor=actor or None,
        place=place or None,
        publisher=publisher or None,
        status=Status(_one_of(Status, status, "status")) if status else None,
        text=text,
        since=moment(since, now=now),
        until=moment(until, now=now),
        standing=Standing(_one_of(Standing, standing, "standing")) if standing else None,
        shadow=shadow,
        after=after,
        limit=limit,
    )


def moment(text: str, *, now: dt.datetime) -> dt.datetime | None:
    """A time as a person gives it: a date, a date and time (UTC unless it says), or so long ago; None for ''."""
    if not text:
        return None
    if ago := _AGO.fullmatch(text):
        return now - dt.timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        found = dt.datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:  # the latter beyond the calendar's ends
        raise UsageError(
            f"'{text}' is no time; write 2026-03-12, 2026-03-12T08:00+09:00, 24h, 7d or 4w"
        ) from error


def known_when(alert: Alert, made: Iterable[Delivery]) -> dict[str, dt.datetime | None]:
    """When its first report was published and fetched, when it was alerted, and when a message on it was first sent."""
    first = alert.reports[0]
    return {
        "published": first.published,
        "fetched": first.fetched,
        "alerted": alert.opened,
        "sent": min((each.sent for each in made if each.sent), default=None),
    }


def ahead(text: str, *, now: dt.datetime) -> dt.datetime:
    """A time to come, as a person gives it: a date, a date and time, or in so long (2h, 3d, 1w)."""
    if given := _AGO.fullmatch(text):
        return now + dt.timedelta(**{_UNITS[given[2]]: int(given[1])})
    found = moment(text, now=now)
    if found is None or found <= now:
        raise UsageError(f"'{text}' is not ahead of now; write 2h, 3d, 2026-03-14 or 2026-03-14T08:00+09:00")
    return found


def silence(
    *,
    author: str,
    reason: str,
    until: str,
    rules: Collection[str] = (),
    actors: Collection[str] = (),
    places: Collection[str] = (),
    text: str = "",
    max_level: str = "high",
    everything: bool = False,
    now: dt.datetime,
) -> Silence:
    """A silence as a person asks for it, under a new id; UsageError where it does not say what it is about."""
    if not (rules or actors or places or text or everything):
        raise UsageError("say which alerts: a rule, an actor, a place or a text; or everything")
    levels = {str(each): each for each in Level}
    return Silence(
        id=secrets.token_hex(4),
        author=author,
        reason=reason,
        created=now,
        until=ahead(until, now=now),
        rules=frozenset(rules),
        max_level=levels[_one_of(levels, max_level.lower(), "level")],
        actors=frozenset(actors),
        places=frozenset(places),
        text=text,
    )


def would_hide(conn: Connection, asked: Silence, *, now: dt.datetime) -> list[Alert]:
    """The alerts of the last 30 days that the silence would have hidden, newest first."""
    found = alerts.search(conn, AlertQuery(since=now - PREVIEW, shadow=False, limit=None))
    return [each for each in found if hides(asked, each)]


def unknown_words(asked_for: Subscription | Silence, pack: Pack) -> list[str]:
    """What a subscription or silence asks for and the rules do not know: no alert will ever be of these."""
    entities = pack.vocabulary.entities.values()
    actors = {each.slug for each in entities if is_somebody(each)}
    places = {each.slug for each in entities if each.kind is Kind.PLACE}
    rules = {rule.id for rule in pack.every}
    asked: list[tuple[str, frozenset[str], set[str]]] = [
        ("rule", asked_for.rules, rules),
        ("actor", asked_for.actors, actors),
        ("place", asked_for.places, places),
    ]
    if isinstance(asked_for, Subscription):
        asked.append(("rule", asked_for.muted, rules))
        asked.append(("tag of a rule", asked_for.tags, {tag for rule in pack.every for tag in rule.tags}))
    return [_unknown(kind, word, known) for kind, words, known in asked for word in sorted(words - known)]


def is_somebody(entity: Entity) -> bool:
    """Whether an alert may name it as its actor: a thing with a sector is somebody too."""
    return entity.kind is Kind.ACTOR or (entity.kind is Kind.OBJECT and bool(entity.sector))


def display_names(vocabulary: Vocabulary) -> dict[str, str]:
    """Slug to the spelling that it is made of (icbm: ICBM), else to the first that its list gives; deeds as verbs."""
    return {slug: _display(entity) for slug, entity in vocabulary.entities.items()}


def wikidata_ids(vocabulary: Vocabulary) -> dict[str, str]:
    """Slug to the Wikidata id of the same thing, where it is known."""
    return {slug: entity.wikidata for slug, entity in vocabulary.entities.items() if entity.wikidata}


def _one_of(words: Iterable[str], word: str, kind: str) -> str:
    known = list(words)
    if word not in known:
        raise UsageError(f"'{word}' is no {kind}; there are {', '.join(known)}")
    return word


def _display(entity: Entity) -> str:
    spelled = entity.spellings
    verbs = list(spelled.verbs) if entity.kind is Kind.ACTION else []
    texts = list(itertools.compress(spelled.texts, verbs)) if any(verbs) else spelled.texts
    length = len(entity.slug)  # most are told from it by that alone, of which some have thousands
    alike = (
        text for text in texts if len(text) == length and text.casefold().replace(" ", "-") == entity.slug
    )
    return next(alike, texts[0] if texts else entity.slug)


def _unknown(kind: str, word: str, known: Collection[str]) -> str:
    alike = difflib.get_close_matches(word, known, n=1)
    hint = f"; did you mean '{alike[0]}'?" if alike else ""
    return f"no {kind} is called '{word}'{hint}"

"""The history as commands and the service see it: up to date, with what the config lists, in words for people."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from monitor.config import Config
from monitor.errors import RuleError, UsageError
from monitor.matching.load import Pack, load_pack
from monitor.model import Entity, Kind, Subscription, Vocabulary
from monitor.storage import Database, feeds, subscriptions
from monitor.storage.database import PATIENCE

_AGO = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def utc_now() -> dt.datetime:
    """The time, as every part gets it."""
    return dt.datetime.now(dt.UTC)


@contextmanager
def open_database(config: Config, *, now: dt.datetime, jobs: bool = False) -> Iterator[Database]:
    """The database, up to date, with the feeds and subscriptions of the config in it; `jobs`: for workers."""
    patience = config.workers.stalled_after.total_seconds() if jobs else PATIENCE
    database = Database(config.database_url, patience=patience, jobs=jobs)
    try:
        database.upgrade()
        with database.write() as conn:
            feeds.sync(conn, config.all_feeds(), now=now)
            subscriptions.sync(conn, config.all_subscriptions())
        yield database
    finally:
        database.close()


def names(config: Config) -> Mapping[str, str]:
    """How slugs are shown; none where the rules have mistakes: these must not hide the history."""
    try:
        return display_names(load_pack(config.rule_folders).vocabulary)
    except RuleError:
        return {}


def moment(text: str, *, now: dt.datetime) -> dt.datetime | None:
    """A time as a person gives it: a date, a date and time (UTC unless it says), or so long ago; None for ''."""
    if not text:
        return None
    if ago := _AGO.fullmatch(text):
        return now - dt.timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"'{text}' is no time; write 2026-03-12, 2026-03-12T08:00+09:00, 24h, 7d or 4w"
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def ahead(text: str, *, now: dt.datetime) -> dt.datetime:
    """A time to come, as a person gives it: a date, a date and time, or in so long (2h, 3d, 1w)."""
    if given := _AGO.fullmatch(text):
        return now + dt.timedelta(**{_UNITS[given[2]]: int(given[1])})
    found = moment(text, now=now)
    if found is None or found <= now:
        raise UsageError(f"'{text}' is not ahead of now; write 2h, 3d, 2026-03-14 or 2026-03-14T08:00+09:00")
    return found


def unknown_words(subscription: Subscription, pack: Pack) -> list[str]:
    """What the subscription asks for and the rules do not know: it would never be told of these."""
    rules = frozenset(rule.id for rule in pack.every)
    entities = frozenset(pack.vocabulary.entities)
    asked = (
        ("rule", subscription.rules, rules),
        ("actor", subscription.actors, entities),
        ("place", subscription.places, entities),
    )
    return [_unknown(kind, word, known) for kind, words, known in asked for word in sorted(words - known)]


def display_names(vocabulary: Vocabulary) -> dict[str, str]:
    """Slug to the spelling that it is made of (icbm: ICBM), else to the first that its list gives; deeds as verbs."""
    return {slug: _display(entity) for slug, entity in vocabulary.entities.items()}


def _display(entity: Entity) -> str:
    deed = entity.kind is Kind.ACTION and any(term.verb for term in entity.terms)
    spellings = [term.text for term in entity.terms if term.verb or not deed]
    alike = (text for text in spellings if text.casefold().replace(" ", "-") == entity.slug)
    return next(alike, spellings[0] if spellings else entity.slug)


def _unknown(kind: str, word: str, known: Collection[str]) -> str:
    alike = difflib.get_close_matches(word, known, n=1)
    hint = f"; did you mean '{alike[0]}'?" if alike else ""
    return f"no {kind} is called '{word}'{hint}"

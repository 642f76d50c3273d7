"""What one can ask of the alert history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from monitor.model import Alert, Level, Standing, Status
from monitor.storage import cursors, fulltext, numbers
from monitor.storage.tables import alert_tags, alerts

KINDS = ("rule", "actor", "place", "publisher")  # of alert_tags


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertQuery:
    """Conditions on alerts, all of which must hold; what is left at its default admits all."""

    rule: str | None = None
    min_level: Level = Level.INFORMATIONAL
    actor: str | None = None  # slug
    place: str | None = None  # slug
    publisher: str | None = None  # of any report
    status: Status | None = None
    text: str = (
        ""  # words and "phrases" that all occur in the titles, sentences or publishers, in whatever case
    )
    since: dt.datetime | None = None  # opened then or later
    until: dt.datetime | None = None  # opened before
    standing: Standing | None = None
    shadow: bool | None = None  # only of rules under trial, or only others
    after: str = ""  # cursor(last alert of the page before)
    limit: int | None = 50  # None: all


def cursor(alert: Alert) -> str:
    """Where the next page begins when this alert ends a page; opaque, and it stays good as alerts come in."""
    return cursors.written(alert.opened, alert.id)


def conditions(query: AlertQuery, *, dialect: str) -> Iterator[ColumnElement[bool]]:
    """The query as SQL for sqlite or postgresql. UsageError for a cursor that is none of ours.

    Whoever takes the alerts by their numbers, the highest first, and stops at a limit, has what is newest without
    sorting: the indexes of tags and of texts give numbers too, in their order.
    """
    if query.min_level > min(Level):
        yield alerts.c.level >= query.min_level
    for kind in KINDS:
        value = getattr(query, kind)
        if value is not None:
            yield tagged(kind, [value])
    told = fulltext.says(query.text, dialect=dialect)
    if told is not None:
        yield alerts.c.number.in_(told)
    if query.status is not None:
        yield alerts.c.status == query.status
    yield from _bounds(query, alerts.c.number)
    if query.since is not None:
        yield alerts.c.opened >= query.since
    if query.until is not None:
        yield alerts.c.opened < query.until
    if query.standing is not None:
        yield alerts.c.standing == query.standing
    if query.shadow is not None:
        yield alerts.c.shadow == query.shadow


def newest(query: AlertQuery, *columns: ColumnElement[Any], dialect: str) -> Select[Any]:
    """These columns of the alerts that meet the query, newest first, as many as it takes.

    SQLite's index of texts is asked first, and in this order, so that it stops with the page; of a list of numbers
    it would make the whole, however long. PostgreSQL finds its way itself.
    """
    told = fulltext.says(query.text, dialect=dialect) if dialect == "sqlite" else None
    if told is None:
        wanted = select(*columns).where(*conditions(query, dialect=dialect))
        return wanted.order_by(alerts.c.number.desc()).limit(query.limit)
    (number,) = told.selected_columns
    first = told.where(*_bounds(query, number)).order_by(number.desc()).subquery("told")
    (number,) = first.columns
    met = select(*columns).join_from(first, alerts, alerts.c.number == number)
    others = conditions(replace(query, text=""), dialect=dialect)
    return met.where(*others).order_by(number.desc()).limit(query.limit)


def tagged(kind: str, values: Iterable[str]) -> ColumnElement[bool]:
    """Alerts that bear any of the values; `kind` is one of KINDS."""
    same = alert_tags.c.kind == kind, alert_tags.c.value.in_(list(values))
    return alerts.c.number.in_(select(alert_tags.c.number).where(*same))


def since(moment: dt.datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Alerts that were opened then or later."""
    return alerts.c.number >= numbers.first_at(moment), alerts.c.opened >= moment


def _bounds(query: AlertQuery, number: ColumnElement[int]) -> Iterator[ColumnElement[bool]]:
    """Numbers between which all lie that the query admits by their time."""
    if query.since is not None:
        yield number >= numbers.first_at(query.since)
    if query.until is not None:
        yield number <= numbers.last_at(query.until)
    if query.after:
        yield number < _number_of(query.after)


def _number_of(after: str) -> ColumnElement[int]:
    """Of the alert that ended the page before, or where it would stand if it is gone."""
    opened, name = cursors.read(after)
    there = select(alerts.c.number).where(alerts.c.id == name).scalar_subquery()
    return func.coalesce(there, numbers.first_at(opened))

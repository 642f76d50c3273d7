"""How many alerts there were of each day, rule and place, and what they told, as the pictures show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Date, cast, func, select

from monitor.model import Level, Standing
from monitor.storage import numbers
from monitor.storage.query import since as opened_since
from monitor.storage.query import tagged
from monitor.storage.tables import alert_tags, alerts

_TOLD = (~alerts.c.shadow, alerts.c.standing == Standing.LIVE)  # without rules under trial and baselines


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What the pictures of publishers and of waits ask of one alert."""

    opened: dt.datetime
    published: dt.datetime | None  # the first of its reports
    publishers: int


def by_day(conn: Connection, *, since: dt.datetime) -> dict[dt.date, int]:
    """Alerts of each day in Seoul that had any."""
    day = _day(conn.dialect.name)
    query = select(day, func.count()).where(*_TOLD, *opened_since(since)).group_by(day).order_by(day)
    return {_date(found): many for found, many in conn.execute(query)}


def by_rule_and_day(conn: Connection, *, since: dt.datetime, rule: str = "") -> dict[str, dict[dt.date, int]]:
    """The same for each rule, or for one alone; an alert of two rules counts for both."""
    day = _day(conn.dialect.name)
    named = alert_tags.c.value
    query = select(named, day, func.count()).where(*_tagged("rule", since), *_TOLD)
    if rule:  # its tags lie together, in the order of time
        query = query.where(alert_tags.c.kind == "rule", named == rule)
    found: dict[str, dict[dt.date, int]] = {}
    for name, on, many in conn.execute(query.group_by(named, day).order_by(named, day)):
        found.setdefault(name, {})[_date(on)] = many
    return found


def by_place(conn: Connection, *, since: dt.datetime) -> dict[str, tuple[int, Level]]:
    """How many alerts name each place, and the highest level among them; the most first."""
    named, many = alert_tags.c.value, func.count()
    query = select(named, many, func.max(alerts.c.level)).where(*_tagged("place", since), *_TOLD)
    found = conn.execute(query.group_by(named).order_by(many.desc(), named))
    return {place: (count, Level(level)) for place, count, level in found}


def figures(
    conn: Connection, *, rules: Collection[str], places: Collection[str], since: dt.datetime
) -> dict[str, dict[dt.date, int]]:
    """The largest figure of each day, by place: of alerts of these rules that name one of the places and no other."""
    named = alert_tags.c.kind == "place", alert_tags.c.value.in_(list(places))
    place = func.min(alert_tags.c.value).label("place")
    alone = (
        select(alert_tags.c.number, place)
        .where(*named, alert_tags.c.number >= numbers.first_at(since))
        .group_by(alert_tags.c.number)
        .having(func.count() == 1)
        .subquery()
    )
    day = func.coalesce(alerts.c.date, _day(conn.dialect.name))
    query = (
        select(alone.c.place, day, func.max(alerts.c.figure))
        .join_from(alone, alerts, alerts.c.number == alone.c.number)
        .where(
            tagged("rule", rules), ~alerts.c.shadow, alerts.c.opened >= since, alerts.c.figure.is_not(None)
        )
        .group_by(alone.c.place, day)
    )
    found: dict[str, dict[dt.date, int]] = {}
    for where, on, most in conn.execute(query):
        found.setdefault(where, {})[_date(on)] = most
    return found


def newest(conn: Connection, *, since: dt.datetime, most: int) -> list[Told]:
    """Of the newest alerts opened since then, when they were told and by how many publishers."""
    publishers = (
        select(func.count())
        .where(alert_tags.c.number == alerts.c.number, alert_tags.c.kind == "publisher")
        .scalar_subquery()
    )
    query = select(alerts.c.opened, alerts.c.published, publishers).where(*_TOLD, *opened_since(since))
    found = conn.execute(query.order_by(alerts.c.number.desc()).limit(most))
    return [Told(opened=opened, published=published, publishers=many) for opened, published, many in found]


def _tagged(kind: str, since: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    """Tags of that kind of the alerts opened since then; joined to nothing, for SQLite then goes by time."""
    first = numbers.first_at(since)
    same = alert_tags.c.number == alerts.c.number, alert_tags.c.kind.concat("") == kind
    return (*same, alert_tags.c.number >= first, alerts.c.opened >= since)


def _day(dialect: str) -> ColumnElement[dt.date | str]:
    if dialect == "postgresql":
        return cast(func.timezone("Asia/Seoul", alerts.c.opened), Date)
    return func.date(alerts.c.opened, "+9 hours")  # Seoul keeps no summer time


def _date(found: dt.date | str) -> dt.date:
    return found if isinstance(found, dt.date) else dt.date.fromisoformat(found)

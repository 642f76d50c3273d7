"""How many alerts were opened on each day, as the pictures show it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, Connection, Date, cast, func, select

from monitor.model import Level, Standing
from monitor.storage.tables import alert_tags, alerts

_TOLD = (~alerts.c.shadow, alerts.c.standing == Standing.LIVE)  # without rules under trial and baselines


def by_day(conn: Connection, *, since: dt.datetime) -> dict[dt.date, int]:
    """Alerts of each day in Seoul that had any."""
    day = _day(conn.dialect.name)
    query = select(day, func.count()).where(*_TOLD, alerts.c.opened >= since).group_by(day).order_by(day)
    return {_date(found): many for found, many in conn.execute(query)}


def by_rule_and_day(conn: Connection, *, since: dt.datetime, rule: str = "") -> dict[str, dict[dt.date, int]]:
    """The same for each rule, or for one alone; an alert of two rules counts for both."""
    day = _day(conn.dialect.name)
    named = alert_tags.c.value
    query = select(named, day, func.count()).where(*_tagged("rule"), *_TOLD, alerts.c.opened >= since)
    if rule:
        query = query.where(named == rule)
    found: dict[str, dict[dt.date, int]] = {}
    for name, on, many in conn.execute(query.group_by(named, day).order_by(named, day)):
        found.setdefault(name, {})[_date(on)] = many
    return found


def by_place(conn: Connection, *, since: dt.datetime) -> dict[str, tuple[int, Level]]:
    """How many alerts name each place, and the highest level among them; the most first."""
    named, many = alert_tags.c.value, func.count()
    told = (*_tagged("place"), *_TOLD, alerts.c.opened >= since)
    query = select(named, many, func.max(alerts.c.level)).where(*told)
    found = conn.execute(query.group_by(named).order_by(many.desc(), named))
    return {place: (count, Level(level)) for place, count, level in found}


def _tagged(kind: str) -> tuple[ColumnElement[bool], ...]:
    """Tags of that kind of alerts; joined to nothing, so that SQLite goes by time and not through all tags."""
    return alert_tags.c.alert == alerts.c.id, alert_tags.c.kind.concat("") == kind


def _day(dialect: str) -> ColumnElement[dt.date | str]:
    if dialect == "postgresql":
        return cast(func.timezone("Asia/Seoul", alerts.c.opened), Date)
    return func.date(alerts.c.opened, "+9 hours")  # Seoul keeps no summer time


def _date(found: dt.date | str) -> dt.date:
    return found if isinstance(found, dt.date) else dt.date.fromisoformat(found)

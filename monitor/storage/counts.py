"""How many alerts were opened on each day, as the pictures show it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, Connection, Date, cast, func, select

from monitor.model import Standing
from monitor.storage.tables import alert_tags, alerts

_TOLD = (~alerts.c.shadow, alerts.c.standing == Standing.LIVE)  # without rules under trial and baselines


def by_day(conn: Connection, *, since: dt.datetime) -> dict[dt.date, int]:
    """Alerts of each day in Seoul that had any."""
    day = _day(conn.dialect.name)
    query = select(day, func.count()).where(*_TOLD, alerts.c.opened >= since).group_by(day).order_by(day)
    return {_date(found): many for found, many in conn.execute(query)}


def by_rule_and_day(conn: Connection, *, since: dt.datetime) -> dict[str, dict[dt.date, int]]:
    """The same for each rule; an alert of two rules counts for both."""
    day = _day(conn.dialect.name)
    named = alert_tags.c.value
    of_rule = (alert_tags.c.alert == alerts.c.id, alert_tags.c.kind == "rule")
    query = select(named, day, func.count()).where(*of_rule, *_TOLD, alerts.c.opened >= since)
    found: dict[str, dict[dt.date, int]] = {}
    for rule, on, many in conn.execute(query.group_by(named, day).order_by(named, day)):
        found.setdefault(rule, {})[_date(on)] = many
    return found


def _day(dialect: str) -> ColumnElement[dt.date | str]:
    if dialect == "postgresql":
        return cast(func.timezone("Asia/Seoul", alerts.c.opened), Date)
    return func.date(alerts.c.opened, "+9 hours")  # Seoul keeps no summer time


def _date(found: dt.date | str) -> dt.date:
    return found if isinstance(found, dt.date) else dt.date.fromisoformat(found)

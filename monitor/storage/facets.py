"""How the alerts that a query finds divide: by rule, level, actor, place, publisher, status and month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, func, select

from monitor.model import Level, Status
from monitor.storage.query import KINDS, AlertQuery, conditions
from monitor.storage.tables import alert_tags, alerts

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Facets:
    """How many alerts bear each value; the most frequent first, levels from the highest, months from the newest."""

    total: int
    tags: Mapping[str, Mapping[str, int]]  # kind, as in KINDS, to value to count
    levels: Mapping[Level, int]
    statuses: Mapping[Status, int]
    months: Mapping[str, int]  # "2026-03", in UTC


def facets(conn: Connection, query: AlertQuery) -> Facets:
    """Of all that the query finds; where its page ends does not matter."""
    dialect = conn.dialect.name
    wanted = list(conditions(replace(query, after=""), dialect=dialect))
    levels = _counted(conn, alerts.c.level, wanted)
    return Facets(
        total=sum(levels.values()),
        tags=_tags(conn, wanted),
        levels=dict(sorted(levels.items(), reverse=True)),
        statuses=_counted(conn, alerts.c.status, wanted),
        months=dict(sorted(_counted(conn, _month(dialect), wanted).items(), reverse=True)),
    )


def _counted(conn: Connection, column: ColumnElement[T], wanted: list[ColumnElement[bool]]) -> dict[T, int]:
    count = func.count()
    query = select(column, count).where(*wanted).group_by(column).order_by(count.desc(), column)
    return {value: many for value, many in conn.execute(query)}  # noqa: C416 - mypy takes no rows for dict


def _tags(conn: Connection, wanted: list[ColumnElement[bool]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    count = func.count()
    same = alert_tags.c.alert.in_(select(alerts.c.id).where(*wanted))
    query = select(alert_tags.c.kind, alert_tags.c.value, count).where(same)
    for kind, value, many in conn.execute(
        query.group_by(alert_tags.c.kind, alert_tags.c.value).order_by(count.desc(), alert_tags.c.value)
    ):
        found[kind][value] = many
    return found


def _month(dialect: str) -> ColumnElement[str]:
    if dialect == "postgresql":
        return func.to_char(func.timezone("UTC", alerts.c.opened), "YYYY-MM")
    return func.strftime("%Y-%m", alerts.c.opened)

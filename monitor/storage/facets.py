"""How the alerts that a query finds divide: by rule, level, actor, place, publisher, status and month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Text,
    cast,
    func,
    literal,
    select,
    union_all,
)

from monitor.model import Level, Status
from monitor.storage.query import KINDS, AlertQuery, conditions
from monitor.storage.tables import alert_tags, alerts

_COLUMNS = ("level", "status", "month")


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
    return _divided(conn, *conditions(replace(query, after=""), dialect=conn.dialect.name))


def facets_of(conn: Connection, numbers: Sequence[int]) -> Facets:
    """Of the alerts of these numbers."""
    return _divided(conn, alerts.c.number.in_(numbers))


def _divided(conn: Connection, *asked: ColumnElement[bool]) -> Facets:
    month = _month(conn.dialect.name).label("month")
    columns = (alerts.c.number, alerts.c.level, alerts.c.status, month)
    wanted = select(*columns).where(*asked).cte("wanted")  # found once, for it is used more than once
    each = wanted.c.number + 0  # in no index: SQLite then goes by these, not by all tags
    tagged = wanted.join(alert_tags, alert_tags.c.number == each)
    found: dict[str, dict[str, int]] = {kind: {} for kind in (*KINDS, *_COLUMNS)}
    counted = union_all(
        *(_counted(literal(name), wanted.c[name], wanted) for name in _COLUMNS),
        _counted(alert_tags.c.kind, alert_tags.c.value, tagged),
    )
    for kind, value, many in conn.execute(counted):
        found[kind][value] = many
    levels = {Level(int(value)): many for value, many in found["level"].items()}
    return Facets(
        total=sum(levels.values()),
        tags={kind: _most_first(found[kind]) for kind in KINDS},
        levels=dict(sorted(levels.items(), reverse=True)),
        statuses={Status(value): many for value, many in _most_first(found["status"]).items()},
        months=dict(sorted(found["month"].items(), reverse=True)),
    )


def _counted(kind: ColumnElement[str], value: ColumnElement[Any], among: FromClause) -> Select[str, str, int]:
    return select(kind, cast(value, Text), func.count()).select_from(among).group_by(kind, value)


def _most_first(found: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _month(dialect: str) -> ColumnElement[str]:
    if dialect == "postgresql":
        return func.to_char(func.timezone("UTC", alerts.c.opened), "YYYY-MM")
    return func.strftime("%Y-%m", alerts.c.opened)

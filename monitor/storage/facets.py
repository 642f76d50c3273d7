"""How the alerts that a query finds divide: by rule, level, actor, place, publisher, status and month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from monitor.model import Level, Status
from monitor.storage.query import KINDS, AlertQuery, conditions
from monitor.storage.tables import alert_tags, alerts

_Value = TypeVar("_Value", bound=str)


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
    if conn.dialect.name == "postgresql":
        # One value: a thousand take longer to be planned than to be looked up.
        return _divided(conn, alerts.c.number == any_(literal(list(numbers), ARRAY(BigInteger))))
    return _divided(conn, alerts.c.number.in_(numbers))


def _divided(conn: Connection, *asked: ColumnElement[bool]) -> Facets:
    levels, statuses, months = Counter[Level](), Counter[Status](), Counter[str]()
    month = _month(conn.dialect.name)
    of_alerts = select(alerts.c.level, alerts.c.status, month, func.count()).where(*asked)
    for level, status, opened, many in conn.execute(
        of_alerts.group_by(alerts.c.level, alerts.c.status, month)
    ):
        levels[level] += many
        statuses[status] += many
        months[opened] += many
    tags: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    for kind, value, many in conn.execute(_of_tags(asked)):
        tags[kind][value] = many
    return Facets(
        total=levels.total(),
        tags={kind: _most_first(found) for kind, found in tags.items()},
        levels=dict(sorted(levels.items(), reverse=True)),
        statuses=_most_first(statuses),
        months=dict(sorted(months.items(), reverse=True)),
    )


def _of_tags(asked: Sequence[ColumnElement[bool]]) -> Select[str, str, int]:
    kind, value = alert_tags.c.kind, alert_tags.c.value
    counted = select(kind, value, func.count()).group_by(kind, value)
    if not asked:
        return counted  # all tags, in the order of their index: four times as fast as by the alerts
    wanted = select(alerts.c.number).where(*asked).cte("wanted")
    each = wanted.c.number + 0  # in no index: SQLite then goes by these, not by all tags
    return counted.select_from(wanted.join(alert_tags, alert_tags.c.number == each))


def _most_first(found: Mapping[_Value, int]) -> dict[_Value, int]:
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _month(dialect: str) -> ColumnElement[str]:
    if dialect == "postgresql":
        return func.to_char(func.timezone("UTC", alerts.c.opened), "YYYY-MM")
    return func.strftime("%Y-%m", alerts.c.opened)

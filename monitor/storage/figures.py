"""The state of the service in figures, as `/metrics` tells it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select

from monitor.model import DeliveryState, Level
from monitor.storage.tables import alerts, articles, deliveries, matches


@dataclass(frozen=True, kw_only=True, slots=True)
class Queue:
    """What waits to be done at once; what is held for a digest or for quiet hours does not."""

    depth: int
    oldest: dt.datetime | None  # since when the oldest waits


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """How much there is."""

    articles: int
    matches: int
    alerts: Mapping[Level, int]  # by level
    deliveries: Mapping[tuple[DeliveryState, str], int]  # by state and channel
    queues: Mapping[str, Queue]  # "articles" to be analysed, "deliveries" to be sent


def figures(conn: Connection) -> Figures:
    """Counted now."""
    by_level = select(alerts.c.level, func.count()).group_by(alerts.c.level)
    by_state = select(deliveries.c.state, deliveries.c.channel, func.count())
    found = conn.execute(by_state.group_by(deliveries.c.state, deliveries.c.channel))
    return Figures(
        articles=_count(conn, articles),
        matches=_count(conn, matches),
        alerts={level: many for level, many in conn.execute(by_level)},  # noqa: C416 - mypy takes no rows for dict
        deliveries={(state, channel): many for state, channel, many in found},
        queues={"articles": _unread(conn), "deliveries": _unsent(conn)},
    )


def _count(conn: Connection, table: Table) -> int:
    return conn.execute(select(func.count()).select_from(table)).scalar_one()


def _unread(conn: Connection) -> Queue:
    query = select(func.count(), func.min(articles.c.fetched)).where(articles.c.analysed.is_(None))
    depth, oldest = conn.execute(query).one()
    return Queue(depth=depth, oldest=oldest)


def _unsent(conn: Connection) -> Queue:
    waiting = (deliveries.c.state == DeliveryState.PENDING) & deliveries.c.held.is_(None)
    depth, oldest = conn.execute(select(func.count(), func.min(deliveries.c.created)).where(waiting)).one()
    return Queue(depth=depth, oldest=oldest)

"""The outbox: deliveries to make, each until it is sent or given up; and what was decided not to send.

A worker claims deliveries, sends, then marks. It has a lease on what it claimed: when it dies on the way, the
lease runs out and another claims the same delivery, now `repeated`. What a worker says of a delivery that
another has claimed since then is not heard, unless it says that it was sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import Column, ColumnElement, Connection, Update, or_, select, union_all, update

from monitor.model import Decision, Delivery, DeliveryState, Level
from monitor.storage.rows import CHUNK, chunks, columns, insert_new, row, upsert
from monitor.storage.tables import alert_revisions, deliveries, refusals

_DELIVERY = columns(deliveries, Delivery)


def enqueue(conn: Connection, new: Iterable[Delivery]) -> int:
    """Put deliveries into the outbox; how many. One whose id is there already is left as it stands."""
    return insert_new(conn, deliveries, [row(delivery) for delivery in new])


def refuse(conn: Connection, decisions: Iterable[Decision], *, now: dt.datetime) -> None:
    """Keep decisions not to send, so that the history can say why somebody was not told."""
    upsert(conn, refusals, [row(decision, decided=now) for decision in decisions])


def decided(conn: Connection, alert: str) -> list[Decision]:
    """Every decision on the alert, to send or not, by revision and subscription."""
    sides = (
        select(each.c.alert, each.c.revision, each.c.subscription, each.c.reason).where(each.c.alert == alert)
        for each in (deliveries, refusals)
    )
    found = conn.execute(union_all(*sides).order_by("revision", "subscription")).mappings()
    return [Decision(**each) for each in found]


def told(conn: Connection, alerts: Iterable[str]) -> dict[str, dict[str, Level]]:
    """For each alert, by subscription, the highest level that was sent or waits to be sent.

    A subscription that was never told is absent, and so is one whose deliveries were all given up.
    """
    query = (
        select(deliveries.c.alert, deliveries.c.subscription, alert_revisions.c.level)
        .join_from(
            deliveries,
            alert_revisions,
            (alert_revisions.c.alert == deliveries.c.alert)
            & (alert_revisions.c.revision == deliveries.c.revision),
        )
        .where(deliveries.c.state != DeliveryState.DEAD)
        .order_by(alert_revisions.c.level)
    )
    levels: dict[str, dict[str, Level]] = {}
    for chunk in chunks(alerts):
        for each in conn.execute(query.where(deliveries.c.alert.in_(chunk))):
            levels.setdefault(each.alert, {})[each.subscription] = each.level
    return levels


def claim(conn: Connection, *, now: dt.datetime, limit: int, lease: dt.timedelta) -> list[Delivery]:
    """Up to `limit` due deliveries, longest due first, leased to the caller with one attempt more.

    Several workers may claim at once: no two get the same one. At most 1,000 come at a time.
    """
    waiting = (
        select(deliveries.c.id)
        .where(deliveries.c.state == DeliveryState.PENDING, _past(deliveries.c.next_at, now))
        .where(_past(deliveries.c.leased_until, now))
        .order_by(deliveries.c.next_at.asc().nulls_first(), deliveries.c.id)
        .limit(min(limit, CHUNK))
        .with_for_update(skip_locked=True)
    )
    due = conn.execute(waiting).scalars().all()
    claimed = (
        update(deliveries)
        .where(deliveries.c.id.in_(due))
        .values(
            attempts=deliveries.c.attempts + 1,
            repeated=deliveries.c.repeated | deliveries.c.leased_until.is_not(None),
            leased_until=now + lease,
        )
        .returning(*_DELIVERY)
    )
    found = {each["id"]: Delivery(**each) for each in conn.execute(claimed).mappings()} if due else {}
    return [found[each] for each in due]


def mark_sent(conn: Connection, delivery: Delivery, *, now: dt.datetime) -> None:
    """The channel took it."""
    done = update(deliveries).where(deliveries.c.id == delivery.id)
    conn.execute(done.values(state=DeliveryState.SENT, sent=now, leased_until=None, next_at=None, error=None))


def mark_failed(conn: Connection, delivery: Delivery, *, error: str, next_at: dt.datetime) -> None:
    """The attempt failed; the next is due at `next_at`."""
    conn.execute(_claimed(delivery).values(error=error, next_at=next_at, leased_until=None))


def mark_dead(conn: Connection, delivery: Delivery, *, error: str) -> None:
    """Given up, until somebody brings it back with `retry`."""
    given_up = _claimed(delivery).values(
        state=DeliveryState.DEAD, error=error, leased_until=None, next_at=None
    )
    conn.execute(given_up)


def retry(conn: Connection, ids: Sequence[str] | None = None, *, now: dt.datetime) -> int:
    """Bring back deliveries that were given up, those named or all, as if they were new; how many."""
    dead = deliveries.c.state == DeliveryState.DEAD
    again = update(deliveries).values(state=DeliveryState.PENDING, attempts=0, next_at=now, revived=now)
    if ids is None:
        return conn.execute(again.where(dead)).rowcount
    return sum(conn.execute(again.where(dead, deliveries.c.id.in_(part))).rowcount for part in chunks(ids))


def listed(
    conn: Connection,
    *,
    state: DeliveryState | None = None,
    alert: str | None = None,
    limit: int | None = None,
) -> list[Delivery]:
    """Deliveries in that state, of that alert, newest first."""
    query = select(*_DELIVERY).order_by(deliveries.c.created.desc(), deliveries.c.id).limit(limit)
    if state is not None:
        query = query.where(deliveries.c.state == state)
    if alert is not None:
        query = query.where(deliveries.c.alert == alert)
    return [Delivery(**each) for each in conn.execute(query).mappings()]


def _past(column: Column[dt.datetime], now: dt.datetime) -> ColumnElement[bool]:
    return or_(column.is_(None), column <= now)


def _claimed(delivery: Delivery) -> Update:
    """The delivery as long as nobody else has claimed or settled it; `attempts` tells one claim from the next."""
    mine = (deliveries.c.id == delivery.id) & (deliveries.c.attempts == delivery.attempts)
    return update(deliveries).where(mine, deliveries.c.state == DeliveryState.PENDING)

"""The outbox: deliveries to make, each until it is sent or given up; and what was decided not to send.

A worker claims deliveries, sends, then marks. It has a lease on what it claimed: when it dies on the way, the
lease runs out and another claims the same delivery, now `repeated`. What a worker says of a delivery that
another has claimed since then is not heard, unless it says that it was sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    Update,
    case,
    func,
    or_,
    select,
    union_all,
    update,
)

from monitor.model import Decision, Delivery, DeliveryState, Level
from monitor.storage import jobs
from monitor.storage.jobs import Work
from monitor.storage.rows import CHUNK, chunks, columns, insert_new, row, upsert
from monitor.storage.tables import alert_revisions, deliveries, refusals

_ANSWER = 500  # characters of what a receiver said
_NEVER = dt.timedelta(days=36500)
_UNSENT = (DeliveryState.PENDING, DeliveryState.DEAD)
_DELIVERY = columns(deliveries, Delivery)


def enqueue(conn: Connection, new: Iterable[Delivery]) -> int:
    """Put deliveries into the outbox; how many. One whose id is there already is left as it stands."""
    rows = list(new)
    count = insert_new(conn, deliveries, [row(delivery) for delivery in rows])
    jobs.defer_deliveries_beside(conn, [(each.id, each.channel) for each in rows if each.next_at is None])
    return count


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
        .where(deliveries.c.state.in_([DeliveryState.PENDING, DeliveryState.SENT]))
        .order_by(alert_revisions.c.level)
    )
    levels: dict[str, dict[str, Level]] = {}
    for chunk in chunks(alerts):
        for each in conn.execute(query.where(deliveries.c.alert.in_(chunk))):
            levels.setdefault(each.alert, {})[each.subscription] = each.level
    return levels


def told_revision(conn: Connection, delivery: Delivery) -> int:
    """The last revision before the delivery's that its subscription was sent; 0 for none."""
    query = select(func.max(deliveries.c.revision)).where(
        deliveries.c.alert == delivery.alert,
        deliveries.c.subscription == delivery.subscription,
        deliveries.c.revision < delivery.revision,
        deliveries.c.state == DeliveryState.SENT,
    )
    return conn.execute(query).scalar() or 0


def lately(conn: Connection, *, since: dt.datetime) -> dict[str, int]:
    """How many messages went at once to each subscription since then, by when they were decided."""
    at_once = (deliveries.c.created > since) & (deliveries.c.batch == "")
    query = select(deliveries.c.subscription, func.count()).where(at_once).group_by(deliveries.c.subscription)
    return {subscription: count for subscription, count in conn.execute(query)}  # noqa: C416 - mypy takes no rows for dict


def channels_waiting(conn: Connection) -> list[str]:
    """The channels by which anything is still to be sent, due or not."""
    pending = deliveries.c.state == DeliveryState.PENDING
    query = select(deliveries.c.channel).where(pending).distinct().order_by(deliveries.c.channel)
    return list(conn.execute(query).scalars())


def claim(
    conn: Connection,
    *,
    now: dt.datetime,
    limit: int,
    lease: dt.timedelta,
    longest: dt.timedelta = _NEVER,
    channel: str | None = None,
    only: Sequence[str] | None = None,
) -> list[Delivery]:
    """Up to `limit` due deliveries, longest due first, leased to the caller with one attempt more.

    Those of one channel, where it is named. Several workers may claim at once: no two get the same one. At most
    1,000 come at a time, and with each all that are due of its batch. No retry is farther off than `longest`, and no
    lease than twice `lease`: what seems so was set before the clock was set back, and is due. `only` takes those of
    these ids, with their batches.
    """
    waiting = _due(now=now, lease=lease, longest=longest)
    if channel is not None:
        waiting = waiting.where(deliveries.c.channel == channel)
    heads = waiting.where(or_(deliveries.c.batch == "", deliveries.c.id == _first_of_batch()))
    if only is not None:
        heads = heads.where(deliveries.c.id.in_(only))
    first = conn.execute(heads.limit(min(limit, CHUNK)).with_for_update(skip_locked=True)).all()
    due = dict.fromkeys(each.id for each in first)
    for batches in chunks(each.batch for each in first if each.batch):
        due |= dict.fromkeys(conn.execute(waiting.where(deliveries.c.batch.in_(batches))).scalars())
    found = {each.id: each for part in chunks(due) for each in _lease(conn, part, now + lease)}
    return [found[each] for each in due]


def without_job(
    conn: Connection, *, now: dt.datetime, limit: int, lease: dt.timedelta, longest: dt.timedelta = _NEVER
) -> list[tuple[str, str]]:
    """Due deliveries that are in no job, longest due first, each with its channel; on PostgreSQL only."""
    due = _due(now=now, lease=lease, longest=longest).add_columns(deliveries.c.channel)
    query = due.where(deliveries.c.id.not_in(jobs.queued(Work.DELIVER)))
    return [(each.id, each.channel) for each in conn.execute(query.limit(limit))]


def mark_sent(conn: Connection, delivery: Delivery, *, now: dt.datetime, answer: str = "") -> None:
    """The channel took it, and its receiver said this."""
    done = update(deliveries).where(deliveries.c.id == delivery.id).values(state=DeliveryState.SENT, sent=now)
    conn.execute(done.values(answer=answer[:_ANSWER], leased_until=None, next_at=None, error=None))


def mark_failed(
    conn: Connection, delivery: Delivery, *, error: str, next_at: dt.datetime, unsure: bool = False
) -> None:
    """The attempt failed; the next is due at `next_at`, as a repeat where this one may have been taken (`unsure`)."""
    failed = _claimed(delivery).values(error=error, next_at=next_at, leased_until=None)
    conn.execute(failed.values(repeated=True) if unsure else failed)


def give_back(conn: Connection, delivery: Delivery) -> None:
    """It was not begun: due as before, and no attempt is counted."""
    conn.execute(_claimed(delivery).values(attempts=deliveries.c.attempts - 1, leased_until=None))


def mark_dead(conn: Connection, delivery: Delivery, *, error: str) -> None:
    """Given up, until somebody brings it back with `retry`."""
    given_up = _claimed(delivery).values(
        state=DeliveryState.DEAD, error=error, leased_until=None, next_at=None
    )
    conn.execute(given_up)


def cancel(conn: Connection, delivery: Delivery, *, why: str) -> None:
    """Nobody wants it any more."""
    off = _claimed(delivery).values(state=DeliveryState.CANCELLED, error=why, leased_until=None, next_at=None)
    conn.execute(off)


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


def given_up_in_a_row(conn: Connection, subscription: str) -> int:
    """How many messages to the subscription were given up since one was sent; a batch is one."""
    theirs = deliveries.c.subscription == subscription
    last = select(func.max(deliveries.c.created)).where(theirs, deliveries.c.state == DeliveryState.SENT)
    since = or_(last.scalar_subquery().is_(None), deliveries.c.created > last.scalar_subquery())
    message = case((deliveries.c.batch == "", deliveries.c.id), else_=deliveries.c.batch)
    query = select(func.count(message.distinct())).where(
        theirs, deliveries.c.state == DeliveryState.DEAD, since
    )
    return conn.execute(query).scalar_one()


def failing(conn: Connection, *, before: dt.datetime) -> dict[str, str]:
    """Channels that took nothing since a delivery decided before then failed, each with that one's last error."""
    stuck = (
        deliveries.c.state.in_(_UNSENT) & deliveries.c.error.is_not(None) & (deliveries.c.created < before)
    )
    query = select(deliveries.c.channel, deliveries.c.created, deliveries.c.error).where(stuck)
    found = conn.execute(query.order_by(deliveries.c.created, deliveries.c.id)).all()
    if not found:
        return {}
    sent = select(deliveries.c.channel, func.max(deliveries.c.sent)).group_by(deliveries.c.channel)
    last = {channel: moment for channel, moment in conn.execute(sent) if moment is not None}
    return {
        each.channel: each.error
        for each in found
        if each.channel not in last or last[each.channel] < each.created
    }


def _due(*, now: dt.datetime, lease: dt.timedelta, longest: dt.timedelta) -> Select[tuple[str, str]]:
    far = (deliveries.c.batch == "") & (deliveries.c.attempts > 0) & (deliveries.c.next_at > now + longest)
    return (
        select(deliveries.c.id, deliveries.c.batch)
        .where(deliveries.c.state == DeliveryState.PENDING, or_(_past(deliveries.c.next_at, now), far))
        .where(or_(_past(deliveries.c.leased_until, now), deliveries.c.leased_until > now + 2 * lease))
        .order_by(deliveries.c.next_at.asc().nulls_first(), deliveries.c.id)
    )


def _first_of_batch() -> ScalarSelect[str]:
    """Who has locked the first of a batch has the batch: two workers never share one."""
    other = deliveries.alias()
    mine = (other.c.batch == deliveries.c.batch) & (other.c.state == DeliveryState.PENDING)
    return select(func.min(other.c.id)).where(mine).scalar_subquery()


def _lease(conn: Connection, ids: Sequence[str], until: dt.datetime) -> list[Delivery]:
    claimed = (
        update(deliveries)
        .where(deliveries.c.id.in_(ids))
        .values(
            attempts=deliveries.c.attempts + 1,
            repeated=deliveries.c.repeated | deliveries.c.leased_until.is_not(None),
            leased_until=until,
        )
        .returning(*_DELIVERY)
    )
    return [Delivery(**each) for each in conn.execute(claimed).mappings()]


def _past(column: Column[dt.datetime], now: dt.datetime) -> ColumnElement[bool]:
    return or_(column.is_(None), column <= now)


def _claimed(delivery: Delivery) -> Update:
    """The delivery as long as nobody else has claimed or settled it; `attempts` tells one claim from the next."""
    mine = (deliveries.c.id == delivery.id) & (deliveries.c.attempts == delivery.attempts)
    return update(deliveries).where(mine, deliveries.c.state == DeliveryState.PENDING)

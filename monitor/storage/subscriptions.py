"""Subscriptions: who wants to be told of what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, delete, select, update

from monitor.errors import UsageError
from monitor.model import DeliveryState, Subscription
from monitor.storage.rows import columns, insert_new, row, upsert
from monitor.storage.tables import deliveries, subscriptions

_SUBSCRIPTION = columns(subscriptions, Subscription)


def sync(conn: Connection, listed: Sequence[Subscription], *, pausing: bool = True) -> None:
    """Make the subscriptions those of the config: new ones added, changed ones updated, those gone paused.

    Subscriptions that a command added stay as they are, and those gone too without `pausing`.
    """
    if pausing:
        gone = subscriptions.c.from_config & subscriptions.c.id.not_in([each.id for each in listed])
        conn.execute(update(subscriptions).where(gone).values(paused=True))
    upsert(conn, subscriptions, [row(replace(each, from_config=True)) for each in listed])


def all(conn: Connection) -> list[Subscription]:  # noqa: A001 - read as subscriptions.all(conn)
    """Every subscription, the paused ones too, by id."""
    found = conn.execute(select(*_SUBSCRIPTION).order_by(subscriptions.c.id)).mappings()
    return [Subscription(**each) for each in found]


def get(conn: Connection, subscription: str) -> Subscription | None:
    """The subscription of that id."""
    query = select(*_SUBSCRIPTION).where(subscriptions.c.id == subscription)
    found = conn.execute(query).mappings().first()
    return None if found is None else Subscription(**found)


def add(conn: Connection, subscription: Subscription) -> None:
    """Add a subscription that is not in the config. UsageError when the id is taken."""
    if not insert_new(conn, subscriptions, [row(replace(subscription, from_config=False))]):
        raise UsageError(
            f"there is a subscription {subscription.id!r} already; `monitor subscriptions list` shows it"
        )


def change(conn: Connection, subscription: Subscription) -> None:
    """Put the subscription in place of the one with its id. UsageError when unknown or in the config."""
    _own(conn, subscription.id)
    upsert(conn, subscriptions, [row(subscription)])


def asked_since(conn: Connection, since: dt.datetime) -> list[str]:
    """The target of each subscription that was asked for on the pages since then."""
    query = select(subscriptions.c.target).where(subscriptions.c.asked >= since)
    return list(conn.execute(query).scalars())


def drop_unconfirmed(conn: Connection, before: dt.datetime) -> int:
    """Forget what was asked for before then and never confirmed; how many."""
    stale = ~subscriptions.c.confirmed & (subscriptions.c.asked < before)
    return conn.execute(delete(subscriptions).where(stale)).rowcount


def remove(conn: Connection, subscription: str) -> None:
    """Forget a subscription and whose it was; its deliveries stay in the history, without address and error.

    What still waits is not sent. UsageError when unknown or in the config.
    """
    _own(conn, subscription)
    theirs = update(deliveries).where(deliveries.c.subscription == subscription)
    conn.execute(
        theirs.where(deliveries.c.state == DeliveryState.PENDING).values(state=DeliveryState.CANCELLED)
    )
    conn.execute(theirs.values(target="", error=None))  # an error may name the address
    conn.execute(delete(subscriptions).where(subscriptions.c.id == subscription))


def pause(conn: Connection, subscription: str, *, paused: bool = True) -> None:
    """Stop or resume sending. UsageError when unknown or in the config."""
    _own(conn, subscription)
    conn.execute(update(subscriptions).where(subscriptions.c.id == subscription).values(paused=paused))


def _own(conn: Connection, subscription: str) -> None:
    """UsageError unless commands may change the subscription."""
    found = get(conn, subscription)
    if found is None:
        raise UsageError(
            f"there is no subscription {subscription!r}; `monitor subscriptions list` shows those there are"
        )
    if found.from_config:
        raise UsageError(f"subscription {subscription!r} is written in the config; change it there")

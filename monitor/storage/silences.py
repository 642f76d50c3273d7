"""Silences, and what each hid from whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import Connection, delete, func, insert, literal, select, update

from monitor.errors import UsageError
from monitor.model import Silence
from monitor.storage.rows import columns, insert_new, row
from monitor.storage.tables import notices, silenced, silences

_SILENCE = columns(silences, Silence)


def add(conn: Connection, silence: Silence) -> None:
    """Store a silence."""
    conn.execute(insert(silences), [row(silence)])


def add_once(conn: Connection, silence: Silence) -> bool:
    """The same, unless one has that id already: it stays as it is, and the answer is False."""
    return insert_new(conn, silences, [row(silence)]) > 0


def all(conn: Connection, *, since: dt.datetime | None = None) -> list[Silence]:  # noqa: A001 - read as silences.all(conn)
    """Every silence that lasts beyond that time, the first to end first."""
    query = select(*_SILENCE).order_by(silences.c.until, silences.c.id)
    if since is not None:
        query = query.where(silences.c.until > since)
    return [Silence(**each) for each in conn.execute(query).mappings()]


def get(conn: Connection, silence: str) -> Silence | None:
    """The silence of that id."""
    found = conn.execute(select(*_SILENCE).where(silences.c.id == silence)).mappings().first()
    return None if found is None else Silence(**found)


def end(conn: Connection, silence: str, *, now: dt.datetime) -> None:
    """End a silence now; it stays in the history. UsageError when unknown or over."""
    over = update(silences).where(silences.c.id == silence, silences.c.until > now).values(until=now)
    if not conn.execute(over).rowcount:
        raise UsageError(
            f"there is no silence {silence!r} in force; `monitor silences list` shows those there are"
        )


def hide(conn: Connection, silence: str, alert: str, subscriptions: Iterable[str]) -> None:
    """The silence hid the alert from these subscriptions."""
    rows = [{"silence": silence, "alert": alert, "subscription": each} for each in subscriptions]
    insert_new(conn, silenced, rows)


def hidden(conn: Connection) -> dict[str, int]:
    """How many alerts each silence hid from anybody."""
    query = select(silenced.c.silence, func.count(silenced.c.alert.distinct())).group_by(silenced.c.silence)
    return {silence: count for silence, count in conn.execute(query)}  # noqa: C416 - mypy takes no rows for dict


def untold(conn: Connection, subscription: str, *, now: dt.datetime) -> dict[Silence, int]:
    """Silences that are over and hid alerts from the subscription, which was not told of it; how many each hid."""
    told = select(notices.c.subject).where(notices.c.subscription == subscription)
    query = (
        select(*_SILENCE, func.count().label("count"))
        .join_from(silences, silenced)
        .where(silenced.c.subscription == subscription, silences.c.until <= now)
        .where(literal("silence ").concat(silences.c.id).not_in(told))
        .group_by(*_SILENCE)
        .order_by(silences.c.until)
    )
    rows = [dict(each) for each in conn.execute(query).mappings()]
    return {Silence(**{name: each[name] for name in each if name != "count"}): each["count"] for each in rows}


def forget(conn: Connection, before: dt.datetime) -> int:
    """Forget silences that ended before then; how many."""
    return conn.execute(delete(silences).where(silences.c.until < before)).rowcount

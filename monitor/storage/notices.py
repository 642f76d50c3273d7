"""What each subscription was told of the service itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import Connection, delete, select

from monitor.storage.rows import chunks, upsert
from monitor.storage.tables import notice_retries, notices


def told(conn: Connection, subscription: str) -> dict[str, dt.datetime]:
    """When it was last told of each subject that still stands."""
    found = conn.execute(select(notices).where(notices.c.subscription == subscription))
    return {each.subject: each.told for each in found}


def tell(conn: Connection, subscription: str, subjects: Iterable[str], *, now: dt.datetime) -> None:
    """It was told of these now."""
    rows = [{"subscription": subscription, "subject": subject, "told": now} for subject in subjects]
    upsert(conn, notices, rows)


def forget(conn: Connection, subscription: str, subjects: Iterable[str]) -> None:
    """These stand no longer."""
    for chunk in chunks(subjects):
        conn.execute(
            delete(notices).where(notices.c.subscription == subscription, notices.c.subject.in_(chunk))
        )


def retries(conn: Connection) -> dict[str, tuple[int, dt.datetime]]:
    """How often notices to each subscription failed in a row, and when the next may be tried."""
    return {each.subscription: (each.attempts, each.next_at) for each in conn.execute(select(notice_retries))}


def put_off(conn: Connection, subscription: str, *, attempts: int, until: dt.datetime) -> None:
    """Send it no notice before that time."""
    upsert(conn, notice_retries, [{"subscription": subscription, "attempts": attempts, "next_at": until}])


def reached(conn: Connection, subscription: str) -> None:
    """A notice got through: the next need not wait."""
    conn.execute(delete(notice_retries).where(notice_retries.c.subscription == subscription))

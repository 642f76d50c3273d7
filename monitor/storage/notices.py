"""What each subscription was told of the service itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import Connection, delete, select

from monitor.storage.rows import chunks, upsert
from monitor.storage.tables import notices


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

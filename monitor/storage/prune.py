"""Letting go of what is old: texts of articles, near misses, the audit log. Alerts keep their sentences for ever."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, delete, func, select, update

from monitor.storage.tables import articles, audit, near_misses

_AT_ONCE = 5_000  # rows in one transaction, so that the service is never kept waiting


def texts(conn: Connection, before: dt.datetime, *, limit: int = _AT_ONCE) -> int:
    """Empty the texts of articles fetched before then; how many, at most `limit`.

    The articles stay, so that a feed which tells of one again brings no news.
    """
    old = select(articles.c.id).where(articles.c.fetched < before, articles.c.text != "").limit(limit)
    return conn.execute(update(articles).where(articles.c.id.in_(old)).values(text="")).rowcount


def misses(conn: Connection, before: dt.datetime) -> int:
    """Forget near misses found before then; how many."""
    return conn.execute(delete(near_misses).where(near_misses.c.found < before)).rowcount


def records(conn: Connection, before: dt.datetime) -> int:
    """Forget lines of the audit log from before then; how many."""
    return conn.execute(delete(audit).where(audit.c.at < before)).rowcount


def old_records(conn: Connection, before: dt.datetime) -> int:
    """How many lines of the audit log are older."""
    return conn.execute(select(func.count()).where(audit.c.at < before)).scalar_one()


def counts(conn: Connection, before: dt.datetime) -> tuple[int, int]:
    """How many texts and near misses are older."""
    old = select(func.count()).where(articles.c.fetched < before, articles.c.text != "")
    missed = select(func.count()).where(near_misses.c.found < before)
    return conn.execute(old).scalar_one(), conn.execute(missed).scalar_one()

"""Letting go of what is old: texts of articles, near misses, the audit log. Alerts keep their sentences for ever.

Each step is a transaction of its own and takes at most so many rows, so that the service is never kept waiting.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, delete, func, select, tuple_, update

from monitor.storage.rows import chunks
from monitor.storage.tables import articles, audit, near_misses

_AT_ONCE = 2_000  # rows looked at in one step


@dataclass(frozen=True, kw_only=True, slots=True)
class Emptied:
    """What one step over the articles did, and where the next begins."""

    texts: int
    last: tuple[dt.datetime, str] | None  # article, by when it was fetched and its id; None: all are done


def texts(
    conn: Connection,
    before: dt.datetime,
    *,
    after: tuple[dt.datetime, str] | None = None,
    limit: int = _AT_ONCE,
) -> Emptied:
    """Empty the texts of the next articles fetched before then, the oldest first; `after` is where the last step ended.

    The articles stay, so that a feed which tells of one again brings no news.
    """
    place = tuple_(articles.c.fetched, articles.c.id)
    old = select(articles.c.fetched, articles.c.id, articles.c.text != "").where(articles.c.fetched < before)
    if after is not None:
        old = old.where(place > tuple_(*after, types=[articles.c.fetched.type, articles.c.id.type]))
    seen = conn.execute(old.order_by(articles.c.fetched, articles.c.id).limit(limit)).all()
    told = [article for _, article, has_text in seen if has_text]
    for chunk in chunks(told):
        conn.execute(update(articles).where(articles.c.id.in_(chunk)).values(text=""))
    return Emptied(texts=len(told), last=(seen[-1][0], seen[-1][1]) if len(seen) == limit else None)


def misses(conn: Connection, before: dt.datetime, *, limit: int = _AT_ONCE) -> int:
    """Forget near misses found before then; how many, at most `limit`."""
    return _forget(conn, near_misses.c.found < before, list(near_misses.primary_key), limit)


def records(conn: Connection, before: dt.datetime, *, limit: int = _AT_ONCE) -> int:
    """Forget lines of the audit log from before then; how many, at most `limit`."""
    return _forget(conn, audit.c.at < before, list(audit.primary_key), limit)


def counts(conn: Connection, before: dt.datetime) -> tuple[int, int]:
    """How many texts and near misses are older."""
    old = select(func.count()).where(articles.c.fetched < before, articles.c.text != "")
    missed = select(func.count()).where(near_misses.c.found < before)
    return conn.execute(old).scalar_one(), conn.execute(missed).scalar_one()


def old_records(conn: Connection, before: dt.datetime) -> int:
    """How many lines of the audit log are older."""
    return conn.execute(select(func.count()).where(audit.c.at < before)).scalar_one()


def _forget(conn: Connection, old: ColumnElement[bool], key: list[Column[Any]], limit: int) -> int:
    named = tuple_(*key)
    return conn.execute(delete(key[0].table).where(named.in_(select(*key).where(old).limit(limit)))).rowcount

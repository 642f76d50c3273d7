"""Articles that analysis failed on: how often, why, and which were set aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from monitor.model import Article
from monitor.storage.rows import chunks, columns, upsert
from monitor.storage.tables import articles, setbacks


@dataclass(frozen=True, kw_only=True, slots=True)
class Setback:
    """What went wrong with one article."""

    article: str  # Article.id
    attempts: int
    error: str  # of the last attempt
    failed: dt.datetime  # when that was


_SETBACK = columns(setbacks, Setback)


def add(conn: Connection, article: Article, error: str, *, now: dt.datetime) -> int:
    """Note a failed attempt; how many there were by now."""
    mine = setbacks.c.article == article.id
    attempts = (conn.execute(select(setbacks.c.attempts).where(mine)).scalar() or 0) + 1
    row = {"article": article.id, "attempts": attempts, "error": error, "failed": now}
    upsert(conn, setbacks, [row])
    return attempts


def forget(conn: Connection, read: Iterable[Article]) -> None:
    """The articles were analysed after all."""
    for chunk in chunks(article.id for article in read):
        conn.execute(delete(setbacks).where(setbacks.c.article.in_(chunk)))


def set_aside(conn: Connection) -> list[Setback]:
    """The articles that wait no longer, latest first; an edit by the publisher brings one back."""
    query = select(*_SETBACK).join_from(setbacks, articles).where(articles.c.analysed.is_not(None))
    found = conn.execute(query.order_by(setbacks.c.failed.desc(), setbacks.c.article)).mappings()
    return [Setback(**each) for each in found]

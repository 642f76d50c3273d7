"""Articles that wait for their own page, and what came of it. The wait is a moment: it ends though nobody ends it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, delete, select, update

from monitor.model import Article
from monitor.storage.rows import chunks, columns, upsert
from monitor.storage.tables import articles, webpages

# Twice what the config takes: analysis never waits longer, and a later moment was written under another clock.
LONGEST = dt.timedelta(minutes=20)
LATELY = dt.timedelta(days=1)  # over which people are told how pages fare
TRIES = 2


def want(conn: Connection, wanted: Iterable[str], *, until: dt.datetime) -> None:
    """Have the pages of these articles asked for; analysis waits until then at most."""
    rows = [
        {"article": each, "until": until, "tries": 0, "settled": None, "why": "", "summary": None}
        for each in wanted
    ]
    upsert(conn, webpages, rows)


def forget(conn: Connection, ids: Iterable[str]) -> None:
    """Nothing is known of the pages of these articles."""
    for chunk in chunks(ids):
        conn.execute(delete(webpages).where(webpages.c.article.in_(chunk)))


def awaited(now: dt.datetime) -> Select[Any]:
    """Ids of the articles that wait for their page; for use within another query."""
    query = select(webpages.c.article).where(webpages.c.settled.is_(None))
    return query.where(webpages.c.until > now, webpages.c.until <= now + LONGEST)


def wanted(
    conn: Connection,
    *,
    now: dt.datetime,
    limit: int,
    of: Sequence[str] | None = None,
    but: Collection[str] = (),
) -> list[tuple[Article, dt.datetime]]:
    """Articles whose page is to be asked for, each with the moment until which it waits.

    `of` these feeds only; all `but` these ids.
    """
    query = select(*columns(articles, Article), webpages.c.until).join_from(webpages, articles)
    query = query.where(webpages.c.article.in_(awaited(now)), articles.c.analysed.is_(None))
    if of is not None:
        query = query.where(articles.c.feed.in_(of))
    query = query.where(articles.c.id.not_in(sorted(but)))
    found = conn.execute(query.order_by(webpages.c.until, articles.c.id).limit(limit)).mappings()
    return [(Article(**{key: each[key] for key in each if key != "until"}), each["until"]) for each in found]


def begin(conn: Connection, ids: Iterable[str]) -> set[str]:
    """Count a try of each; those of them that have one left. A page that ends the service does so twice at most."""
    granted: set[str] = set()
    for chunk in chunks(ids):
        left = (webpages.c.article.in_(chunk), webpages.c.settled.is_(None), webpages.c.tries < TRIES)
        counted = update(webpages).where(*left).values(tries=webpages.c.tries + 1)
        granted.update(conn.execute(counted.returning(webpages.c.article)).scalars())
    return granted


def tries_left(conn: Connection, article: str) -> bool:
    """Whether its page may be asked for once more."""
    query = select(webpages.c.tries).where(webpages.c.article == article)
    return (conn.execute(query).scalar() or 0) < TRIES


def settle(conn: Connection, ids: Iterable[str], *, why: str, now: dt.datetime) -> None:
    """Wait for these pages no longer: the summary is all there is."""
    for chunk in chunks(ids):
        mine = update(webpages).where(webpages.c.article.in_(chunk), webpages.c.settled.is_(None))
        conn.execute(mine.values(settled=now, why=why))


def expire(conn: Connection, *, now: dt.datetime) -> None:
    """Settle what nobody asked for in time."""
    late = update(webpages).where(webpages.c.settled.is_(None), webpages.c.until <= now)
    conn.execute(late.values(settled=now, why="its page was not asked for in time"))


def read(conn: Connection, article: Article, *, now: dt.datetime) -> None:
    """The page's text takes the place of what the feed gave, which is `article` as it is passed."""
    mine = update(webpages).where(webpages.c.article == article.id)
    conn.execute(mine.values(settled=now, why="", summary=article.content_hash))


def since(conn: Connection, moment: dt.datetime) -> dict[str, tuple[int, list[str]]]:
    """By feed, of the pages settled since then: how many, and why some could not be read, the latest first."""
    query = select(articles.c.feed, webpages.c.why).join_from(webpages, articles)
    query = query.where(webpages.c.settled >= moment).order_by(webpages.c.settled.desc(), webpages.c.article)
    found: dict[str, tuple[int, list[str]]] = {}
    for feed, why in conn.execute(query):
        count, whys = found.get(feed, (0, []))
        found[feed] = count + 1, [*whys, why] if why else whys
    return found

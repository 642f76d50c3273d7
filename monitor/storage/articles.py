"""Articles, and which of them wait for analysis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from sqlalchemy import Connection, func, select, tuple_, update

from monitor.model import Article, article_id
from monitor.model.wording import clean
from monitor.storage import cursors, jobs
from monitor.storage import webpages as pages
from monitor.storage.jobs import Work
from monitor.storage.rows import chunks, columns, row, upsert
from monitor.storage.tables import articles, webpages

_ENOUGH = 4  # times that a feed brought news, to say how often it does
_ARTICLE = columns(articles, Article)


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleQuery:
    """Conditions on articles, all of which must hold; what is left at its default admits all."""

    feed: str | None = None
    since: dt.datetime | None = None  # fetched then or later
    until: dt.datetime | None = None  # fetched before
    after: str = ""  # cursor(last article of the page before)
    limit: int = 50


def known(conn: Connection, feed: str, keys: Iterable[str]) -> dict[str, str]:
    """Content hash of what the feed gave under each of its keys that is stored; keys that are not known are absent."""
    wanted = {article_id(feed, key): key for key in keys}
    given = func.coalesce(webpages.c.summary, articles.c.content_hash).label("content_hash")
    query = select(articles.c.id, given).outerjoin_from(articles, webpages)
    found = (conn.execute(query.where(articles.c.id.in_(chunk))) for chunk in chunks(wanted))
    return {wanted[each.id]: each.content_hash for chunk in found for each in chunk}


def add(conn: Connection, new: Iterable[Article]) -> int:
    """Store articles to be analysed; how many were new or changed.

    One that is there with other content is updated and waits for analysis again, but keeps its standing and
    the time it was first fetched: an edit does not make news of an old entry.
    """
    rows = [row(article, content_hash=article.content_hash, analysed=None) for article in map(_clean, new)]
    rows.sort(key=itemgetter("id"))  # as every writer locks them, so that nobody waits in a circle
    written = upsert(conn, articles, rows, keep={"standing", "fetched"}, unless="content_hash")
    pages.forget(conn, [str(each["id"]) for each in rows])
    jobs.defer_beside(conn, Work.ANALYSE, [str(each["id"]) for each in rows])
    return written


def pending(
    conn: Connection, *, limit: int, only: Sequence[str] | None = None, now: dt.datetime | None = None
) -> list[Article]:
    """Articles that wait for analysis, first fetched first; `only` those of these ids.

    With `now`, without those that then still wait for their page.
    """
    query = select(*_ARTICLE).where(articles.c.analysed.is_(None))
    if now is not None:
        query = query.where(articles.c.id.not_in(pages.awaited(now)))
    if only is not None:
        query = query.where(articles.c.id.in_(only))
    found = conn.execute(query.order_by(articles.c.fetched, articles.c.id).limit(limit)).mappings()
    return [Article(**each) for each in found]


def without_job(conn: Connection, *, limit: int, now: dt.datetime | None = None) -> list[str]:
    """Ids of articles that wait for analysis and are in no job, first fetched first; on PostgreSQL only.

    With `now`, without those that then still wait for their page.
    """
    query = select(articles.c.id).where(articles.c.analysed.is_(None))
    if now is not None:
        query = query.where(articles.c.id.not_in(pages.awaited(now)))
    query = query.where(articles.c.id.not_in(jobs.queued(Work.ANALYSE)))
    return list(conn.execute(query.order_by(articles.c.fetched, articles.c.id).limit(limit)).scalars())


def backlog(conn: Connection) -> int:
    """How many articles wait for analysis."""
    return conn.execute(select(func.count()).where(articles.c.analysed.is_(None))).scalar_one()


def since(conn: Connection, moment: dt.datetime, *, most: int | None = None) -> list[Article]:
    """Articles fetched since then, the newest `most` of them, first fetched first."""
    query = select(*_ARTICLE).where(articles.c.fetched >= moment)
    newest = query.order_by(articles.c.fetched.desc(), articles.c.id.desc()).limit(most)
    return [Article(**each) for each in conn.execute(newest).mappings()][::-1]


def still_waiting(conn: Connection, loaded: Sequence[Article]) -> list[Article]:
    """Those that still wait as they were loaded; nobody else marks these before the transaction ends."""
    found: dict[str, str] = {}
    for chunk in chunks(sorted(each.id for each in loaded)):
        query = select(articles.c.id, articles.c.content_hash).where(articles.c.id.in_(chunk))
        waiting = query.where(articles.c.analysed.is_(None)).order_by(articles.c.id).with_for_update()
        found |= {each.id: each.content_hash for each in conn.execute(waiting)}
    return [each for each in loaded if found.get(each.id) == _clean(each).content_hash]


def waits(conn: Connection, article: Article) -> bool:
    """Whether the article, as it was loaded, still waits; if so, nobody else marks it in this transaction."""
    mine = (articles.c.id == article.id) & (articles.c.content_hash == _clean(article).content_hash)
    query = select(articles.c.id).where(mine, articles.c.analysed.is_(None)).with_for_update()
    return conn.execute(query).first() is not None


def rewrite(conn: Connection, article: Article, text: str) -> None:
    """Give the article another text, which is analysed in place of the one it has."""
    told = _clean(replace(article, text=text))
    values = {"text": told.text, "content_hash": told.content_hash}
    conn.execute(update(articles).where(articles.c.id == article.id).values(values))
    jobs.defer_beside(conn, Work.ANALYSE, [article.id])


def get(conn: Connection, article: str) -> Article | None:
    """The article of that id."""
    found = conn.execute(select(*_ARTICLE).where(articles.c.id == article)).mappings().first()
    return None if found is None else Article(**found)


def latest(conn: Connection, *, limit: int) -> list[Article]:
    """The articles fetched last, newest first."""
    query = select(*_ARTICLE).order_by(articles.c.fetched.desc(), articles.c.id).limit(limit)
    return [Article(**each) for each in conn.execute(query).mappings()]


def search(conn: Connection, asked: ArticleQuery) -> list[Article]:
    """Articles that meet every condition, those fetched last first. UsageError for a cursor that is none of ours."""
    query = select(*_ARTICLE).order_by(articles.c.fetched.desc(), articles.c.id.desc()).limit(asked.limit)
    if asked.feed is not None:
        query = query.where(articles.c.feed == asked.feed)
    if asked.since is not None:
        query = query.where(articles.c.fetched >= asked.since)
    if asked.until is not None:
        query = query.where(articles.c.fetched < asked.until)
    if asked.after:
        query = query.where(cursors.beyond(asked.after, articles.c.fetched, articles.c.id))
    return [Article(**each) for each in conn.execute(query).mappings()]


def cursor(article: Article) -> str:
    """Where the next page begins when this article ends a page."""
    return cursors.written(article.fetched, article.id)


def mark_analysed(conn: Connection, read: Sequence[Article], *, now: dt.datetime) -> None:
    """Mark articles as analysed, except those edited since they were loaded: these are still to be read."""
    hashes = {each.id: _clean(each).content_hash for each in read}
    for chunk in chunks(hashes):  # in one statement, for each is a way to the database and back
        versions = [(article, hashes[article]) for article in chunk]
        same = tuple_(articles.c.id, articles.c.content_hash).in_(versions)
        conn.execute(update(articles).where(same).values(analysed=now))


def _clean(article: Article) -> Article:
    """The article as it will come out again, so that its hash does not change on the way."""
    title, text = clean(article.title), clean(article.text)
    if (title, text) == (article.title, article.text):
        return article
    return replace(article, title=title, text=text)


def usual_gaps(conn: Connection, asked: Collection[str], since: dt.datetime) -> dict[str, dt.timedelta]:
    """How long each of these feeds usually went without news since then; absent where that is too seldom to tell."""
    times = func.count(articles.c.fetched.distinct())
    query = (
        select(articles.c.feed, times, func.min(articles.c.fetched), func.max(articles.c.fetched))
        .where(articles.c.feed.in_(asked), articles.c.fetched >= since)
        .group_by(articles.c.feed)
        .having(times >= _ENOUGH)
    )
    return {feed: (last - first) / (count - 1) for feed, count, first, last in conn.execute(query)}

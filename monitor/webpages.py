"""The step between polling and analysis: the pages of articles whose feed gives only a summary.

An article waits for its page until a moment that was stored with it. Whatever becomes of the page, and of this
step, the article is analysed then, with the text that it has.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog

from monitor.feeds.webpage import Webpages, WholeText
from monitor.model import Article
from monitor.pipeline import Parts, at_once
from monitor.storage import articles, feeds, webpages

log = structlog.get_logger()

_AT_ONCE = 200  # articles in one call
_WHY_TRIED = "its page was asked for twice, and the service ended both times"


@dataclass(frozen=True, kw_only=True)
class PagesRead:
    """What became of the pages that were asked for."""

    read: int = 0
    failed: int = 0


async def read_pages(parts: Parts, *, now: dt.datetime, of: Sequence[str] | None = None) -> PagesRead:
    """Ask for the pages that are wanted and not under way, a few at once; `of` these feeds only.

    May be called again beside itself: a site that keeps everybody waiting holds up no page of another round.
    """
    if parts.webpages is None:
        return PagesRead()
    with parts.database.read() as conn:
        wanted = webpages.wanted(conn, now=now, limit=_AT_ONCE, of=of, but=parts.webpages.under_way.ids)
    with parts.webpages.under_way.taken([article.id for article, _ in wanted]):
        return await _read_these(parts, parts.webpages, wanted, now=now) if wanted else PagesRead()


async def _read_these(
    parts: Parts, source: Webpages, waiting: Sequence[tuple[Article, dt.datetime]], *, now: dt.datetime
) -> PagesRead:
    concerns = await asyncio.to_thread(parts.reader().concerned, [article for article, _ in waiting])
    wanted = [article.id for (article, _), concerned in zip(waiting, concerns, strict=True) if concerned]
    async with parts.database.writing() as conn:
        parts.fence(conn)
        webpages.expire(conn, now=now)
        webpages.forget(conn, {article.id for article, _ in waiting}.difference(wanted))
        granted = webpages.begin(conn, wanted)
        webpages.settle(conn, set(wanted) - granted, why=_WHY_TRIED, now=now)
    asked = [(article, until - now) for article, until in waiting if article.id in granted]
    began = time.monotonic()

    async def one(pair: tuple[Article, dt.timedelta]) -> bool:
        article, wait = pair
        left = wait.total_seconds() - (time.monotonic() - began)
        found = await source.ask(article, now=now, within=left)
        await _keep(parts, article, found, now=now)
        source.under_way.done(article.id)  # what may be tried again need not wait for the others
        return bool(found.text)

    told = await at_once(
        max(1, len(asked)), asked, one
    )  # the client asks few at once of all and of each host
    return PagesRead(read=sum(told), failed=len(told) - sum(told))


async def _keep(parts: Parts, article: Article, found: WholeText, *, now: dt.datetime) -> None:
    async with parts.database.writing() as conn:
        parts.fence(conn)
        if found.rest:
            feeds.put_off(conn, urlsplit(article.url).hostname or "", until=found.rest)
        if not found.text:
            if not found.passing or not webpages.tries_left(conn, article.id):
                webpages.settle(conn, [article.id], why=found.why, now=now)
        elif articles.waits(conn, article):  # else it was analysed or edited meanwhile
            articles.rewrite(conn, article, found.text)
            webpages.read(conn, article, now=now)
    if found.text:
        log.info("webpage.read", article=article.id, feed=article.feed, characters=len(found.text))
    else:
        log.warning("webpage.unread", article=article.id, feed=article.feed, why=found.why)

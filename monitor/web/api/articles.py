"""Articles and what matching says of them; stories, the articles that tell the same thing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.exceptions import HTTPException
from starlette.requests import Request

from monitor.alerting.origins import by_text
from monitor.history import moment
from monitor.shapes import articles as shapes
from monitor.storage import alerts, articles, matches
from monitor.storage.articles import ArticleQuery
from monitor.storage.query import cursor
from monitor.web.api.actors import Reader
from monitor.web.api.alerts import lines
from monitor.web.api.asked import ArticlesQuery, StoriesQuery
from monitor.web.api.problems import responses
from monitor.web.site import of

router = APIRouter(tags=["articles"])

ArticleId = Annotated[str, Path(description="Its id.", max_length=64, examples=["0f1e2d3c4b5a6978"])]


@router.get("/articles", summary="List articles", responses=responses(400))
def listed(request: Request, asked: ArticlesQuery, _: Reader) -> shapes.Articles:
    """What the feeds brought, those fetched last first, whether a rule held on them or not."""
    site = of(request)
    query = ArticleQuery(
        feed=asked.feed or None,
        since=moment(asked.since, now=site.now),
        until=moment(asked.until, now=site.now),
        after=asked.after,
        limit=asked.limit + 1,
    )
    with site.app.parts.database.read() as conn:
        found = articles.search(conn, query)
    shown = found[: asked.limit]
    following = articles.cursor(shown[-1]) if len(found) > asked.limit else None
    return shapes.Articles(items=list(map(shapes.article, shown)), next=following)


@router.get("/articles/{article}", summary="One article", responses=responses(404))
def show(request: Request, article: ArticleId, _: Reader) -> shapes.ArticleInFull:
    """With the rules that held on it, those that nearly did, and its alerts."""
    with of(request).app.parts.database.read() as conn:
        found = articles.get(conn, article)
        if found is None:
            raise HTTPException(404, f"There is no article {article!r}.")
        told = [each.id for each in alerts.by_article(conn, found.id)]
        return shapes.in_full(found, matches.for_article(conn, found.id), told)


@router.get("/stories", summary="List stories", responses=responses(400))
def stories(request: Request, asked: StoriesQuery, _: Reader) -> shapes.Stories:
    """The articles of each alert parted by text, the conditions and pages being those of alerts.

    Two articles are one story where one is a copy of the other: an agency's text under several mastheads.
    """
    site = of(request)
    with site.app.parts.database.read() as conn:
        found = alerts.search(conn, asked.query(now=site.now, after=asked.after, limit=asked.limit + 1))
    shown = found[: asked.limit]
    headlines = [line.headline for line in lines(site, shown)]
    items = [
        shapes.story(each.id, headline, group)
        for each, headline in zip(shown, headlines, strict=True)
        for group in by_text(each.reports)
    ]
    return shapes.Stories(items=items, next=cursor(shown[-1]) if len(found) > asked.limit else None)

"""Serves the sample week as it stood at the replay's clock, with ETag and outages."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from monitor.demo.documents import CONTENT_TYPES, document
from monitor.demo.sample import SampleFeed

RETRY_AFTER = 1800  # seconds that a failing outlet asks for


def feed_app(feeds: Sequence[SampleFeed], clock: Callable[[], dt.datetime]) -> Starlette:
    """An application that answers `/feeds/<id>` for each feed; `clock` gives the time of the replay."""
    by_id = {feed.id: feed for feed in feeds}

    async def show(request: Request) -> Response:
        feed = by_id.get(request.path_params["feed"])
        if feed is None:
            return PlainTextResponse("no such feed", status_code=404)
        return answer(feed, clock(), if_none_match=request.headers.get("if-none-match"))

    return Starlette(routes=[Route("/feeds/{feed}", show)])


def answer(feed: SampleFeed, now: dt.datetime, *, if_none_match: str | None) -> Response:
    """503 in an outage, 304 when the caller holds the present document, else the document."""
    if feed.down(now):
        return PlainTextResponse("down", status_code=503, headers={"Retry-After": str(RETRY_AFTER)})
    body = document(feed, now)
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    if if_none_match == etag:
        return Response(status_code=304, headers={"ETag": etag})
    return Response(body, media_type=CONTENT_TYPES[feed.format], headers={"ETag": etag})

"""New alerts as they come: server-sent events from the database, so that who comes back misses none."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Annotated

import structlog
from fastapi import APIRouter, Header
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException
from starlette.requests import Request

from monitor.errors import MonitorError
from monitor.shapes.stream import Event
from monitor.storage import alerts
from monitor.storage.alerts import News
from monitor.storage.query import AlertQuery
from monitor.web.api.actors import Reader
from monitor.web.api.alerts import lines
from monitor.web.api.asked import StreamQuery
from monitor.web.api.problems import Responses, responses
from monitor.web.site import Site, of

log = structlog.get_logger()
router = APIRouter(prefix="/alerts", tags=["alerts"])

_BEAT = 1.0  # seconds between two looks
_AT_ONCE = 50  # events of one look
_LONGEST = dt.timedelta(hours=1)  # then the client asks again, and whether it may is judged again
_RETRY = 3000  # milliseconds after which a client is to come back
_MOST = 50  # streams at once
_SLOWEST = 60.0  # seconds that a client may take over one event
_EXAMPLE = 'id: 42\r\nevent: opened\r\ndata: {"revision":1,"alert":{"id":"a1b2c3d4e5f60718"}}\r\n\r\n'
_STREAM: Responses = {
    200: {
        "description": "Events `opened` and `revised`; each `data` is an Event.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}


@router.get(
    "/stream",
    summary="Follow alerts",
    response_class=EventSourceResponse,
    responses=_STREAM | responses(400),
)
async def follow(
    request: Request,
    asked: StreamQuery,
    _: Reader,
    last_event_id: Annotated[
        str, Header(description="Where to go on; browsers send it by themselves.", max_length=40)
    ] = "",
) -> EventSourceResponse:
    """Server-sent events: `opened` for a new alert, `revised` for each later revision, with the alert as it stands.

    Begins with the present, or after the event that is named; none is lost between. Alerts that are never sent
    (`baseline`, `old`) come only when asked for by `standing`. The stream ends after an hour; come back then.
    """
    site = of(request)
    query = replace(asked.query(now=site.now), limit=_AT_ONCE)
    position = await asyncio.to_thread(_start, site, last_event_id or asked.last_event_id)
    if site.streams >= _MOST:
        raise HTTPException(
            503, "Too many follow already; come back in a minute.", headers={"retry-after": "60"}
        )
    return EventSourceResponse(_events(site, query, position), send_timeout=_SLOWEST)


async def _events(site: Site, query: AlertQuery, position: int) -> AsyncIterator[ServerSentEvent]:
    """Every revision beyond the position, then those that come."""
    until = site.now + _LONGEST
    with site.streaming():
        yield ServerSentEvent(id=str(position), retry=_RETRY)
        while site.now < until and not site.closing.is_set():
            try:
                found, position = await asyncio.to_thread(_look, site, query, position)
            except MonitorError as error:  # the client comes back and goes on where it was
                log.warning("stream.ended", error=str(error))
                return
            for each in found:
                yield each
            if len(found) < _AT_ONCE:
                with suppress(TimeoutError):
                    await asyncio.wait_for(site.closing.wait(), _BEAT)


def _look(site: Site, query: AlertQuery, position: int) -> tuple[list[ServerSentEvent], int]:
    """What came since, and the number to go on from."""
    with site.app.parts.database.read() as conn:
        found = alerts.news(conn, query, after=position)
        full = len(found) == query.limit
        reached = found[-1].number if full else max(alerts.newest(conn), position)
    return [_event(site, each) for each in found], reached


def _event(site: Site, news: News) -> ServerSentEvent:
    (line,) = lines(site, [news.alert])
    told = Event(revision=news.revision, alert=line)
    kind = "opened" if news.revision == 1 else "revised"
    return ServerSentEvent(told.model_dump_json(), event=kind, id=str(news.number))


def _start(site: Site, given: str) -> int:
    """The number to go on from; HTTPException 400 for one that was never given out."""
    with site.app.parts.database.read() as conn:
        newest = alerts.newest(conn)
    if not given:
        return newest
    if not (given.isascii() and given.isdigit()) or int(given) > newest:
        raise HTTPException(400, f"No event here has the id {given!r}; come back without one.")
    return int(given)

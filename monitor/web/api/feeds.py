"""Feeds, and whether the service is well."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.exceptions import HTTPException
from starlette.requests import Request

from monitor.health import HEARTBEAT, SILENT_FOR
from monitor.model import FeedState
from monitor.shapes import feeds as shapes
from monitor.shapes.deliveries import masked
from monitor.storage import Connection, deliveries, feeds, service
from monitor.web.api.actors import Reader
from monitor.web.api.problems import responses
from monitor.web.site import of

router = APIRouter(tags=["feeds"])

FeedId = Annotated[str, Path(description="Its id.", max_length=200, examples=["yonhap-nk"])]
_STUCK = dt.timedelta(minutes=15)  # after which a failure of a channel counts


@router.get("/feeds", summary="List feeds")
def listed(request: Request, _: Reader) -> shapes.Feeds:
    """Every feed with its state."""
    with of(request).app.parts.database.read() as conn:
        return shapes.Feeds(items=_all(conn))


@router.get("/feeds/{feed}", summary="One feed", responses=responses(404))
def show(request: Request, feed: FeedId, _: Reader) -> shapes.Feed:
    """With what is known of it from its polls."""
    with of(request).app.parts.database.read() as conn:
        found = next((each for each in _all(conn) if each.id == feed), None)
    if found is None:
        raise HTTPException(404, f"There is no feed {feed!r}.")
    return found


@router.get("/health", summary="Is the service well?")
def health(request: Request, _: Reader) -> shapes.Health:
    """The scheduler, the rules, the feeds and the channels; 200 whether they are well or not."""
    now = of(request).now
    with of(request).app.parts.database.read() as conn:
        beat = service.beats(conn).get(HEARTBEAT)
        faults = {part: masked(said) for part, said in service.faults(conn).items() if said}
        known = _all(conn)
        stuck = deliveries.failing(conn, before=now - _STUCK)
    if beat is None or now - beat > SILENT_FOR:
        faults["scheduler"] = "no sign of life" if beat else "never ran"
    return shapes.Health(
        ok=not faults,
        last_sign_of_life=beat,
        faults=faults,
        feeds=dict(Counter(each.state for each in known)),
        channels={channel: masked(error) for channel, error in stuck.items()},
    )


def _all(conn: Connection) -> list[shapes.Feed]:
    states = feeds.states(conn)
    return [shapes.feed(each, states.get(each.id, FeedState(feed=each.id))) for each in feeds.all(conn)]

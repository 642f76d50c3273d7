"""The feeds and how each fares, and how long news takes on its way."""

from __future__ import annotations

import itertools

from starlette.requests import Request
from starlette.responses import Response

from monitor.model import FeedState
from monitor.model.latency import LOOKED_BACK, legs
from monitor.storage import feeds, latency
from monitor.web.site import of, page


def listed(request: Request) -> Response:
    """Every feed by group, those that fail with the reason."""
    site = of(request)
    with site.app.parts.database.read() as conn:
        way = legs(latency.ways(conn, since=site.now - LOOKED_BACK))
        states = feeds.states(conn)
        known = sorted(feeds.all(conn), key=lambda feed: (feed.group, feed.name))
    rows = [(feed, states.get(feed.id, FeedState(feed=feed.id))) for feed in known]
    groups = [(name, list(rows)) for name, rows in itertools.groupby(rows, lambda row: row[0].group)]
    failing = sum(bool(state.failures) for _, state in rows)
    return page(request, "feeds", groups=groups, count=len(rows), failing=failing, way=way)

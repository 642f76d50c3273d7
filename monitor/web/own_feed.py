"""A subscription as a feed, Atom or JSON Feed, for a reader that holds its link; it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor.alerting.route import admits
from monitor.links import Purpose
from monitor.model import Alert, Standing, Subscription
from monitor.storage import Connection, alerts
from monitor.storage.query import AlertQuery, cursor
from monitor.web.search import answered
from monitor.web.site import of
from monitor.web.subscribing import held

FORMS = {"atom": "atom", "json": "jsonfeed"}  # the end of the address, and what is written
_SHOWN = 50
_PAGE, _PAGES = 200, 10  # how far back the newest are looked for


def show(request: Request) -> Response:
    """The newest alerts that the subscription asks for, while it is paused too: here the reader asks for them."""
    form = FORMS.get(request.path_params["form"])
    if form is None:
        raise HTTPException(404, "A subscription's feed ends in .atom or .json.")
    subscription = held(request, Purpose.FEED)
    if not subscription.confirmed or subscription.asked is None:
        raise HTTPException(404, "Confirm the subscription first.")
    with of(request).app.parts.database.read() as conn:
        found = list(islice(_wanted(conn, subscription), _SHOWN))
    written = max((each.updated for each in found), default=subscription.asked)  # so that it stays as it is
    return answered(request, form, found, {}, now=written)


def _wanted(conn: Connection, subscription: Subscription) -> Iterator[Alert]:
    """Alerts that the subscription asks for, newest first, from the last 2,000 of its level and text."""
    query = AlertQuery(
        min_level=subscription.min_level,
        text=subscription.text,
        shadow=False,
        standing=Standing.LIVE,
        limit=_PAGE,
    )
    for _ in range(_PAGES):
        found = alerts.search(conn, query)
        yield from (each for each in found if _is_for(subscription, each))
        if len(found) < _PAGE:
            return
        query = replace(query, after=cursor(found[-1]))


def _is_for(subscription: Subscription, alert: Alert) -> bool:
    return admits(subscription, alert) and (subscription.trial or not alert.trial)

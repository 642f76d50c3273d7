"""A subscription as a feed, Atom or JSON Feed, for a reader that holds its link; it changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor.alerting.route import admits
from monitor.errors import UsageError
from monitor.model import Alert, Standing, Subscription
from monitor.storage import Connection, alerts
from monitor.storage.query import AlertQuery, cursor
from monitor.web.search import answered
from monitor.web.site import of
from monitor.web.subscribing import existing

FORMS = {"atom": "atom", "json": "jsonfeed"}  # the end of the address, and what is written
_SHOWN = 50
_LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_PAGE, _PAGES = 200, 10  # how far back the newest are looked for


def show(request: Request) -> Response:
    """The newest alerts that the subscription asks for, while it is paused too: here the reader asks for them."""
    form = FORMS.get(request.path_params["form"])
    if form is None:
        raise HTTPException(404, "A subscription's feed ends in .atom or .json.")
    subscription = _held(request)
    if not subscription.confirmed:
        raise HTTPException(404, "Confirm the subscription first.")
    with of(request).app.parts.database.read() as conn:
        found = list(islice(_wanted(conn, subscription), _SHOWN))
    begun = subscription.asked or _LONG_AGO
    written = max((each.updated for each in found), default=begun)  # so that it stays as it is
    feed = of(request).app.links.feed_id(subscription)
    return answered(request, form, found, {}, now=written, feed=feed)


def _held(request: Request) -> Subscription:
    """The subscription that the link in the address is for, where it is the newest link to its feed."""
    links = of(request).app.links
    try:
        name, renewed = links.read_feed(request.path_params["token"])
    except UsageError as error:
        raise HTTPException(404, str(error)) from error
    subscription = existing(request, name)
    if subscription.feed_renewed != renewed:
        raise HTTPException(
            404, "The link to this feed was renewed. The page of the subscription shows the new one."
        )
    return subscription


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

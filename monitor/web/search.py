"""Search: the history by text, rule, level, actor, place and time."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor import history
from monitor.errors import UsageError
from monitor.exports import FORMATS, About
from monitor.model import Alert, AlertVerdict, Level
from monitor.storage import alerts, verdicts
from monitor.storage.facets import facets_of
from monitor.storage.query import AlertQuery, cursor
from monitor.web import facets
from monitor.web.board import card
from monitor.web.site import of, page

_PAGE = 25
_EXPORTED = 1000
_FEEDS, _FOLLOWED = {"atom", "jsonfeed"}, 100  # who follows a feed asks again and again
_COUNTED = 1_000  # alerts, the newest, that the sides divide; where there are more the page says so


def search(request: Request) -> Response:
    """A form, and what it finds; the address holds the whole question, so that it can be kept."""
    site = of(request)
    asked = {name: request.query_params.get(name, "").strip() for name in facets.FIELDS}
    problem, numbers, found, divided = "", [], [], None
    try:
        query = question(asked, after=request.query_params.get("after", ""), now=site.now)
        with site.app.parts.database.read() as conn:
            numbers = alerts.found(
                conn, query, most=_COUNTED + 1
            )  # asked once, for the page and for its sides
            first = numbers[: query.limit]
            found = alerts.search(conn, query) if query.after else alerts.numbered(conn, first)
            divided = facets_of(conn, numbers[:_COUNTED])
    except UsageError as error:
        problem = str(error)
    more = len(found) > _PAGE
    shown = found[:_PAGE]
    return page(
        request,
        "search",
        status=400 if problem else 200,
        asked=asked,
        problem=problem,
        levels=[str(level) for level in Level],
        total=len(numbers),
        counted=_COUNTED,
        sides=facets.sides(divided, asked, names=site.names) if divided else [],
        subscribe=facets.subscribe(asked),
        cards=[card(each, names=site.names, now=site.now) for each in shown],
        following=facets.address({**asked, "after": cursor(shown[-1])}) if more else "",
        forms=list(FORMATS),
        kept=urlencode({name: value for name, value in asked.items() if value}),
        names=site.names,
    )


def export(request: Request) -> Response:
    """What the search finds, up to 1,000 alerts, in one of the formats for other programs; of feeds the newest 100."""
    site = of(request)
    asked = {name: request.query_params.get(name, "").strip() for name in facets.FIELDS}
    most = _FOLLOWED if request.path_params["form"] in _FEEDS else _EXPORTED
    query = replace(question(asked, after="", now=site.now), limit=most)
    with site.app.parts.database.read() as conn:
        found = alerts.search(conn, query)
        said = verdicts.of(conn, [each.id for each in found])
    return exported(request, request.path_params["form"], found, said)


def exported(
    request: Request, form: str, found: Sequence[Alert], said: Mapping[str, Sequence[AlertVerdict]]
) -> Response:
    """The alerts in that format; 404 for one that we do not write, 304 where the reader has them already."""
    return answered(request, form, found, said, now=of(request).now)


def answered(
    request: Request,
    form: str,
    found: Sequence[Alert],
    said: Mapping[str, Sequence[AlertVerdict]],
    *,
    now: dt.datetime,
    feed: str = "",
) -> Response:
    """As `exported`, written as of that time; `feed` is the id of a feed, else it is the address that was asked."""
    chosen = FORMATS.get(form)
    if chosen is None:
        raise HTTPException(404, f"Alerts are written as {', '.join(FORMATS)}.")
    site = of(request)
    address = site.app.parts.config.web.address
    about = About(now=now, names=site.names, wikidata=site.wikidata, address=address, verdicts=said)
    if address:
        itself = address + request.url.path + (f"?{request.url.query}" if request.url.query else "")
        about = replace(about, itself=itself, feed=feed or itself)
    body = chosen.write(found, about)
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:24]}"'
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"etag": etag})
    return Response(body, media_type=chosen.media_type, headers={"etag": etag})


def question(asked: Mapping[str, str], *, after: str, now: dt.datetime) -> AlertQuery:
    """The query that the fields state; UsageError for a level, time or cursor that is none."""
    return history.question(
        **asked,
        shadow=False,
        after=after,
        limit=_PAGE + 1,  # one more than is shown tells whether there is another page
        now=now,
    )

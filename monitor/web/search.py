"""Search: the history by text, rule, level, actor, place and time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from monitor.errors import UsageError
from monitor.history import moment
from monitor.model import Alert, Level
from monitor.storage import alerts
from monitor.storage.query import AlertQuery, cursor
from monitor.web.board import card
from monitor.web.site import of, page

_PAGE = 25
_FIELDS = ("text", "rule", "level", "actor", "place", "since", "until")


def search(request: Request) -> Response:
    """A form, and what it finds; the address holds the whole question, so that it can be kept."""
    site = of(request)
    asked = {name: request.query_params.get(name, "").strip() for name in _FIELDS}
    problem, found = "", []
    try:
        query = question(asked, after=request.query_params.get("after", ""), now=site.now)
        with site.app.parts.database.read() as conn:
            found = alerts.search(conn, query)
            known = alerts.tags(conn)
    except UsageError as error:
        problem, known = str(error), {}
    more = len(found) > _PAGE
    shown = found[:_PAGE]
    return page(
        request,
        "search",
        status=400 if problem else 200,
        asked=asked,
        problem=problem,
        known={kind: sorted(values) for kind, values in known.items()},
        levels=[str(level) for level in Level],
        cards=[card(each, names=site.names, now=site.now) for each in shown],
        following=_following(asked, shown) if more else "",
        names=site.names,
    )


def question(asked: Mapping[str, str], *, after: str, now: dt.datetime) -> AlertQuery:
    """The query that the fields state; UsageError for a level, time or cursor that is none."""
    level = asked["level"] or "informational"
    if level.upper() not in Level.__members__:
        raise UsageError(f"'{level}' is no level")
    return AlertQuery(
        rule=asked["rule"] or None,
        min_level=Level.parse(level),
        actor=asked["actor"] or None,
        place=asked["place"] or None,
        text=asked["text"],
        since=moment(asked["since"], now=now),
        until=moment(asked["until"], now=now),
        shadow=False,
        after=after,
        limit=_PAGE + 1,  # one more than is shown tells whether there is another page
    )


def _following(asked: Mapping[str, str], shown: list[Alert]) -> str:
    kept = {name: value for name, value in asked.items() if value}
    return "/alerts?" + urlencode({**kept, "after": cursor(shown[-1])})

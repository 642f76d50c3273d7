"""Alerts: searched, counted, and one in full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from monitor import model
from monitor.shapes import alerts as shapes
from monitor.shapes.deliveries import decisions
from monitor.shapes.facets import Facets
from monitor.storage import Connection, acknowledgements, alerts, deliveries, facets, verdicts
from monitor.storage.query import cursor
from monitor.web.api import formats
from monitor.web.api.actors import Reader
from monitor.web.api.asked import AlertsQuery, FiltersQuery, OneQuery
from monitor.web.api.problems import Responses, responses
from monitor.web.site import Site, of

router = APIRouter(prefix="/alerts", tags=["alerts"])

AlertId = Annotated[
    str,
    Path(
        description="Its id, or the beginning of it that no other has.",
        min_length=4,
        max_length=64,
        examples=["a1b2c3d4e5f60718"],
    ),
]
_FORMATS: Responses = {200: {"content": formats.OTHERS}}


@router.get(
    "", summary="Search alerts", response_model=shapes.Alerts, responses=_FORMATS | responses(400, 406)
)
def search(request: Request, asked: AlertsQuery, _: Reader) -> Response:
    """The alerts that meet every condition, newest first by the time they were opened.

    A page stays good while alerts come in: `after` names a place in the history, not a number. The header `Link`
    leads to the next page in every format.
    """
    site = of(request)
    form = formats.wanted(request, asked.format)
    query = asked.query(now=site.now, after=asked.after, limit=asked.limit + 1)
    with site.app.parts.database.read() as conn:
        found = alerts.search(conn, query)
        shown = found[: asked.limit]
        following = cursor(shown[-1]) if len(found) > asked.limit else ""
        link = (
            f'<?{request.url.include_query_params(after=following).query}>; rel="next"' if following else ""
        )
        if form != "json":
            return formats.written(request, conn, shown, form, link=link)
    told = shapes.Alerts(items=lines(site, shown), next=following or None)
    headers = {"vary": "accept", **({"link": link} if link else {})}
    return JSONResponse(told.model_dump(mode="json"), headers=headers)


@router.get("/facets", summary="Count alerts", responses=responses(400))
def count(request: Request, asked: FiltersQuery, _: Reader) -> Facets:
    """How the alerts that meet the conditions divide: by rule, level, actor, place, publisher, status and month."""
    site = of(request)
    with site.app.parts.database.read() as conn:
        return Facets.of(facets.facets(conn, asked.query(now=site.now)))


@router.get(
    "/{alert}",
    summary="One alert in full",
    response_model=shapes.AlertInFull,
    responses=_FORMATS | responses(400, 404, 406),
)
def show(request: Request, alert: AlertId, asked: OneQuery, _: Reader) -> Response:
    """With its reports and their evidence, who tells it independently, its revisions, and who was told and why."""
    form = formats.wanted(request, asked.format)
    with of(request).app.parts.database.read() as conn:
        found = known(conn, alert)
        if form != "json":
            return formats.written(request, conn, [found], form)
        told = _in_full(of(request), conn, found)
    return JSONResponse(told.model_dump(mode="json"), headers={"vary": "accept"})


def known(conn: Connection, alert: str) -> model.Alert:
    """The alert of that id or beginning; 404 where there is none, UsageError where there are several."""
    found = alerts.get(conn, alert)
    if found is None:
        raise HTTPException(404, f"There is no alert {alert!r}.")
    return found


def lines(site: Site, found: Iterable[model.Alert]) -> list[shapes.Alert]:
    """Alerts as lists show them."""
    address = site.app.parts.config.web.address
    return [shapes.alert(each, names=site.names, now=site.now, address=address) for each in found]


def _in_full(site: Site, conn: Connection, found: model.Alert) -> shapes.AlertInFull:
    return shapes.in_full(
        found,
        names=site.names,
        now=site.now,
        address=site.app.parts.config.web.address,
        revisions=alerts.revisions(conn, found.id),
        decisions=decisions(deliveries.decided(conn, found.id), deliveries.listed(conn, alert=found.id)),
        verdicts=verdicts.of(conn, [found.id])[found.id],
        acknowledgements=acknowledgements.of(conn, found.id),
    )

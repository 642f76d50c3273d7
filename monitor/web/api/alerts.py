"""Alerts: searched, and one in full."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.exceptions import HTTPException
from starlette.requests import Request

from monitor import model
from monitor.storage import Connection, acknowledgements, alerts, deliveries, verdicts
from monitor.storage.query import cursor
from monitor.web.api.actors import Reader
from monitor.web.api.asked import AlertsQuery
from monitor.web.api.problems import responses
from monitor.web.api.shapes import alerts as shapes
from monitor.web.api.shapes.deliveries import decisions
from monitor.web.site import of

router = APIRouter(prefix="/alerts", tags=["alerts"])

AlertId = Annotated[
    str,
    Path(
        description="Its id, or the beginning of it that no other has.",
        max_length=64,
        examples=["a1b2c3d4e5f60718"],
    ),
]


@router.get("", summary="Search alerts", responses=responses(400))
def search(request: Request, asked: AlertsQuery, _: Reader) -> shapes.Alerts:
    """The alerts that meet every condition, newest first by the time they were opened.

    A page stays good while alerts come in: `after` names a place in the history, not a number.
    """
    site = of(request)
    query = asked.query(now=site.now, after=asked.after, limit=asked.limit + 1)
    with site.app.parts.database.read() as conn:
        found = alerts.search(conn, query)
    shown = found[: asked.limit]
    address = site.app.parts.config.web.address
    return shapes.Alerts(
        items=[shapes.alert(each, names=site.names, now=site.now, address=address) for each in shown],
        next=cursor(shown[-1]) if len(found) > asked.limit else None,
    )


@router.get("/{alert}", summary="One alert in full", responses=responses(400, 404))
def show(request: Request, alert: AlertId, _: Reader) -> shapes.AlertInFull:
    """With its reports and their evidence, who tells it independently, its revisions, and who was told and why."""
    site = of(request)
    with site.app.parts.database.read() as conn:
        found = known(conn, alert)
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


def known(conn: Connection, alert: str) -> model.Alert:
    """The alert of that id or beginning; 404 where there is none, UsageError where there are several."""
    found = alerts.get(conn, alert)
    if found is None:
        raise HTTPException(404, f"There is no alert {alert!r}.")
    return found

"""One alert: what it says, who says so, who was told, and what analysts hold of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.alerting.render import is_link, pieces_of
from monitor.exports import FORMATS
from monitor.model import Acknowledgement, Alert, AlertVerdict, Decision, Delivery, Opinion, Report
from monitor.storage import Connection, acknowledgements, alerts, deliveries, verdicts
from monitor.web import forms, silencing
from monitor.web.board import card
from monitor.web.search import exported
from monitor.web.site import of, page

_NAME = "analyst"  # the cookie that remembers whose verdict it was
_LONGEST = 500  # characters of a note


@dataclass(frozen=True, kw_only=True)
class Told:
    """One decision on one subscription, and what became of its delivery."""

    decision: Decision
    delivery: Delivery | None

    @property
    def outcome(self) -> str:
        """In a word or two."""
        if self.delivery is None:
            return "not sent"
        held = f", held for {self.delivery.held}" if self.delivery.held and not self.delivery.sent else ""
        return f"{self.delivery.state}{held}"


def show(request: Request) -> Response:
    """The alert's page; 404 where no alert has the id."""
    site = of(request)
    with site.app.parts.database.read() as conn:
        found = _known(conn, request)
        said = verdicts.of(conn, [found.id])[found.id]
        seen = acknowledgements.of(conn, found.id)
        revisions = alerts.revisions(conn, found.id)
        told = _told(deliveries.decided(conn, found.id), deliveries.listed(conn, alert=found.id))
    return page(
        request,
        "alert",
        card=card(found, names=site.names, now=site.now),
        alert=found,
        names=site.names,
        reports=[(report, pieces_of(report), is_link(report.url)) for report in found.reports],
        revisions=revisions,
        verdicts=said,
        acknowledged=seen,
        told=[each for each in told if each.delivery],
        untold=[each for each in told if not each.delivery],
        latency=_latency(found, told),
        opinions=list(Opinion),
        hours=silencing.HOURS,
        forms=list(FORMATS),
        analyst=request.cookies.get(_NAME, ""),
    )


def export(request: Request) -> Response:
    """The alert in one of the formats for other programs; 404 for one that we do not write."""
    with of(request).app.parts.database.read() as conn:
        found = _known(conn, request)
        said = verdicts.of(conn, [found.id])
    return exported(request, request.path_params["form"], [found], said)


async def acknowledge(request: Request) -> Response:
    """Store that somebody takes care of the alert, and show it again."""
    site = of(request)
    fields = await forms.received(request, key=site.key)
    analyst = str(fields.get("analyst", "")).strip()[:100]
    if not analyst:
        raise HTTPException(400, "To acknowledge an alert, give your name.")
    with site.app.parts.database.write() as conn:
        found = _known(conn, request)
        note = str(fields.get("note", "")).strip()[:_LONGEST]
        seen = Acknowledgement(alert=found.id, analyst=analyst, given=site.now, note=note)
        acknowledgements.add(conn, seen)
    return _back(found, analyst)


async def verdict(request: Request) -> Response:
    """Store a verdict and show the alert again."""
    site = of(request)
    fields = await forms.received(request, key=site.key)
    analyst = str(fields.get("analyst", "")).strip()[:100]
    opinion = str(fields.get("opinion", ""))
    if not analyst or opinion not in set(Opinion):
        raise HTTPException(400, "A verdict needs your name and one of true, false and duplicate.")
    with site.app.parts.database.write() as conn:
        found = _known(conn, request)
        given = AlertVerdict(
            alert=found.id,
            analyst=analyst,
            opinion=Opinion(opinion),
            given=site.now,
            note=str(fields.get("note", "")).strip()[:_LONGEST],
        )
        verdicts.add(conn, given)
    return _back(found, analyst)


def _back(alert: Alert, analyst: str) -> Response:
    """To the alert's page, which will know the name the next time."""
    answer = RedirectResponse(f"/alerts/{alert.id}", status_code=303)
    answer.set_cookie(_NAME, analyst, httponly=True, samesite="strict", max_age=365 * 24 * 3600)
    return answer


def _known(conn: Connection, request: Request) -> Alert:
    found = alerts.get(conn, request.path_params["alert"])
    if found is None:
        raise HTTPException(404, "There is no such alert.")
    return found


def _told(decided: Iterable[Decision], made: Iterable[Delivery]) -> list[Told]:
    outbox = {(each.revision, each.subscription): each for each in made}
    return [
        Told(decision=each, delivery=outbox.get((each.revision, each.subscription)) if each.send else None)
        for each in decided
    ]


def _latency(alert: Alert, told: Sequence[Told]) -> Mapping[str, dt.datetime | None]:
    """When it was published, fetched, alerted and first sent."""
    first: Report = alert.reports[0]
    sent = [each.delivery.sent for each in told if each.delivery and each.delivery.sent]
    return {
        "published": first.published,
        "fetched": first.fetched,
        "alerted": alert.opened,
        "sent": min(sent, default=None),
    }

"""One alert: what it says, who says so, who was told, and what analysts hold of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.alerting.render import is_link, pieces_of
from monitor.exports import FORMATS
from monitor.history import known_when
from monitor.model import Acknowledgement, Alert, AlertVerdict, Decision, Delivery, Opinion
from monitor.storage import Connection, acknowledgements, alerts, deliveries, verdicts
from monitor.web import access, forms, silencing
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
        latency=known_when(found, [each.delivery for each in told if each.delivery]),
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
    analyst = access.analyst(request, fields)
    if not analyst:
        raise HTTPException(400, "To acknowledge an alert, give your name.")
    async with site.app.parts.database.writing() as conn:
        found = _known(conn, request)
        note = str(fields.get("note", "")).strip()[:_LONGEST]
        seen = Acknowledgement(alert=found.id, analyst=analyst, given=site.now, note=note)
        acknowledgements.add(conn, seen)
        _note(conn, request, "acknowledge", found, analyst=analyst)
    return _back(request, found, analyst)


async def verdict(request: Request) -> Response:
    """Store a verdict and show the alert again."""
    site = of(request)
    fields = await forms.received(request, key=site.key)
    analyst = access.analyst(request, fields)
    opinion = str(fields.get("opinion", ""))
    if not analyst or opinion not in set(Opinion):
        raise HTTPException(400, "A verdict needs your name and one of true, false and duplicate.")
    async with site.app.parts.database.writing() as conn:
        found = _known(conn, request)
        given = AlertVerdict(
            alert=found.id,
            analyst=analyst,
            opinion=Opinion(opinion),
            given=site.now,
            note=str(fields.get("note", "")).strip()[:_LONGEST],
        )
        verdicts.add(conn, given)
        _note(conn, request, "verdict", found, analyst=analyst, opinion=opinion)
    return _back(request, found, analyst)


def _note(
    conn: Connection, request: Request, what: str, alert: Alert, *, analyst: str, opinion: str = ""
) -> None:
    """In the audit log, with the name that was given where it is not that of who asks."""
    actor = request.state.actor
    told = [opinion, "" if analyst == actor.name else analyst]
    comment = ", ".join(filter(None, told))
    access.note(conn, request, actor, what=what, thing=f"alert {alert.id}", comment=comment)


def _back(request: Request, alert: Alert, analyst: str) -> Response:
    """To the alert's page, which will know the name that was given the next time."""
    answer = RedirectResponse(f"/alerts/{alert.id}", status_code=303)
    if analyst != request.state.actor.name:
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

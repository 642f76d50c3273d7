"""What analysts say of an alert: verdicts and acknowledgements."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request

from monitor import model
from monitor.shapes import judging as shapes
from monitor.shapes.alerts import Acknowledgement, Verdict
from monitor.storage import acknowledgements, verdicts
from monitor.web import access
from monitor.web.access import Actor
from monitor.web.api.actors import Writer
from monitor.web.api.alerts import AlertId, known
from monitor.web.api.problems import responses
from monitor.web.site import of

router = APIRouter(prefix="/alerts/{alert}", tags=["alerts"])
_PROBLEMS = responses(400, 404, 413, 415)


@router.post("/verdicts", summary="Give a verdict", status_code=201, responses=_PROBLEMS)
def judge(request: Request, alert: AlertId, given: shapes.Judgement, actor: Writer) -> Verdict:
    """Store whether the alert is true, false or a duplicate; all are kept, and the latest of each analyst counts."""
    site = of(request)
    analyst = _analyst(actor, given.analyst)
    with site.app.parts.database.write() as conn:
        found = known(conn, alert)
        said = model.AlertVerdict(
            alert=found.id, analyst=analyst, opinion=given.opinion, given=site.now, note=given.note
        )
        verdicts.add(conn, said)
        other = "" if analyst == actor.name else f", {analyst}"
        told = f"{given.opinion}{other}"
        access.note(conn, request, actor, what="verdict", thing=f"alert {found.id}", comment=told)
    return Verdict.model_validate(said)


@router.post("/acknowledgements", summary="Acknowledge an alert", status_code=201, responses=_PROBLEMS)
def acknowledge(request: Request, alert: AlertId, given: shapes.Seen, actor: Writer) -> Acknowledgement:
    """Say that somebody takes care of the alert: it is not passed on to others."""
    site = of(request)
    analyst = _analyst(actor, given.analyst)
    with site.app.parts.database.write() as conn:
        found = known(conn, alert)
        seen = model.Acknowledgement(alert=found.id, analyst=analyst, given=site.now, note=given.note)
        acknowledgements.add(conn, seen)
        other = "" if analyst == actor.name else analyst
        access.note(conn, request, actor, what="acknowledge", thing=f"alert {found.id}", comment=other)
    return Acknowledgement.model_validate(seen)


def _analyst(actor: Actor, named: str | None) -> str:
    """Whose word it is: the actor's own, or of whom an admin names."""
    if named is None or named == actor.name:
        return actor.name
    if actor.role != "admin":
        raise HTTPException(403, "Only an admin may speak for somebody else; leave `analyst` out.")
    return named

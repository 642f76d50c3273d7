"""`/healthz`: does the service live; `/readyz`: can it do its work.

A part that is not well and yet does its work is `degraded`: rules with mistakes while the last good set is in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from monitor.errors import MonitorError
from monitor.health import HEARTBEAT, SILENT_FOR
from monitor.rulebook import RULES
from monitor.storage import service
from monitor.web.access import ANYBODY
from monitor.web.site import Site, of


def alive(request: Request) -> Response:
    """200 while the scheduler beats; 503 with the reason where it does not or the database is gone."""
    return _answer(request, _scheduler(of(request)))


def ready(request: Request) -> Response:
    """As `/healthz`, and rules are in force: those of the files, or the last good set, which is then told."""
    site = of(request)
    faults = _scheduler(site)
    said, in_force = ("", True) if faults else _rules(site)
    if said and not in_force:
        return _answer(request, {RULES: said})
    degraded = {RULES: f"{said}; the last good set is in force"} if said else {}
    degraded |= site.app.failing()
    return _answer(request, faults, degraded)


def _answer(
    request: Request, faults: Mapping[str, str], degraded: Mapping[str, str] = MappingProxyType({})
) -> Response:
    """Which part is not well; why, only to those we know: it may name hosts and files."""
    known = request.state.actor not in {None, ANYBODY}
    wrong, worse = (
        {part: said if known else "not well" for part, said in each.items()} for each in (faults, degraded)
    )
    told = {"ok": not wrong, "faults": wrong, "degraded": worse}
    return JSONResponse(told, status_code=503 if wrong else 200)


def _scheduler(site: Site) -> dict[str, str]:
    try:
        with site.app.parts.database.read() as conn:
            beat = service.beats(conn).get(HEARTBEAT)
    except MonitorError as error:
        return {"database": str(error)}
    if beat is None or site.now - beat > SILENT_FOR:
        return {"scheduler": f"last sign of life {beat:%Y-%m-%d %H:%M:%S} UTC" if beat else "never ran"}
    return {}


def _rules(site: Site) -> tuple[str, bool]:
    """What is wrong with the files, and whether any rules are in force."""
    with site.app.parts.database.read() as conn:
        return service.faults(conn).get(RULES, ""), bool(site.app.pack.every)

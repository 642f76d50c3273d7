"""`/healthz`: does the service live; `/readyz`: can it do its work."""

from __future__ import annotations

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
    """As `/healthz`, and the rules of the files are in force."""
    site = of(request)
    return _answer(request, {**_scheduler(site), **_rules(site)})


def _answer(request: Request, faults: dict[str, str]) -> Response:
    """Which part is not well; why, only to those we know: it may name hosts and files."""
    known = request.state.actor not in {None, ANYBODY}
    wrong = {part: said if known else "not well" for part, said in faults.items() if said}
    return JSONResponse({"ok": not wrong, "faults": wrong}, status_code=503 if wrong else 200)


def _scheduler(site: Site) -> dict[str, str]:
    try:
        with site.app.parts.database.read() as conn:
            beat = service.beats(conn).get(HEARTBEAT)
    except MonitorError as error:
        return {"database": str(error)}
    if beat is None or site.now - beat > SILENT_FOR:
        return {"scheduler": f"last sign of life {beat:%Y-%m-%d %H:%M:%S} UTC" if beat else "never ran"}
    return {}


def _rules(site: Site) -> dict[str, str]:
    try:
        with site.app.parts.database.read() as conn:
            return {RULES: service.faults(conn).get(RULES, "")}
    except MonitorError:
        return {}  # told by `_scheduler`

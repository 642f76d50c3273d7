"""The audit log, for admins."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from monitor.errors import UsageError
from monitor.history import moment
from monitor.model import Record
from monitor.storage import audit
from monitor.web.site import of, page

_FIELDS = ("who", "what", "thing", "since", "until")
_MOST = 200


def listed(request: Request) -> Response:
    """The newest lines that hold what was asked for."""
    site = of(request)
    asked = {name: request.query_params.get(name, "").strip() for name in _FIELDS}
    problem = ""
    found: list[Record] = []
    try:
        since, until = (moment(asked[name], now=site.now) for name in ("since", "until"))
        words = {name: asked[name] for name in ("who", "what", "thing")}
        with site.app.parts.database.read() as conn:
            found = audit.listed(conn, **words, since=since, until=until, limit=_MOST)
    except UsageError as error:
        problem = str(error)
    most = _MOST if len(found) == _MOST else 0
    status = 400 if problem else 200
    return page(request, "audit", status=status, asked=asked, problem=problem, records=found, most=most)

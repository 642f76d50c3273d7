"""Silences from the pages: alerts like one that nobody is sent for a time, seen and ended."""

from __future__ import annotations

import datetime as dt
import secrets

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.model import Alert, Level, Silence
from monitor.storage import alerts, silences
from monitor.web import access, forms
from monitor.web.site import of, page

HOURS = {"2": "2 hours", "8": "8 hours", "24": "a day", "72": "3 days", "168": "a week"}
_LONGEST = 300  # characters of a reason
_KINDS = ("rules", "actors", "places")


def listed(request: Request) -> Response:
    """The silences in force and what each hid."""
    site = of(request)
    with site.app.parts.database.read() as conn:
        found = silences.all(conn, since=site.now)
        hidden = silences.hidden(conn)
    return page(request, "silences", silences=found, hidden=hidden, names=site.names)


async def silence(request: Request) -> Response:
    """Hold back alerts like this one, as far as ticked; those of level critical are sent all the same."""
    site = of(request)
    fields = await forms.received(request, key=site.key)
    async with site.app.parts.database.writing() as conn:
        found = alerts.get(conn, request.path_params["alert"])
        if found is None:
            raise HTTPException(404, "There is no such alert.")
        asked = _silence(found, fields, access.analyst(request, fields), site.now)
        silences.add(conn, asked)
        access.note(
            conn, request, request.state.actor, what="add", thing=f"silence {asked.id}", comment=asked.reason
        )
    return RedirectResponse("/silences", status_code=303)


async def end(request: Request) -> Response:
    """End a silence now."""
    site = of(request)
    await forms.received(request, key=site.key)
    async with site.app.parts.database.writing() as conn:
        ended = request.path_params["silence"]
        silences.end(conn, ended, now=site.now)
        access.note(conn, request, request.state.actor, what="end", thing=f"silence {ended}")
    return RedirectResponse("/silences", status_code=303)


def _silence(alert: Alert, fields: FormData, analyst: str, now: dt.datetime) -> Silence:
    """What the form asks for; 400 where it says nothing to go by."""
    reason, hours = (str(fields.get(name, "")).strip() for name in ("reason", "hours"))
    offered = {"rules": alert.rules, "actors": alert.actors, "places": alert.places}
    chosen = {kind: frozenset(map(str, fields.getlist(kind))).intersection(offered[kind]) for kind in _KINDS}
    if not analyst or not reason or hours not in HOURS or not any(chosen.values()):
        raise HTTPException(
            400, "A silence needs your name, a reason, and at least one indicator, actor or place."
        )
    return Silence(
        id=secrets.token_hex(4),
        author=analyst,
        reason=reason[:_LONGEST],
        created=now,
        until=now + dt.timedelta(hours=int(hours)),
        max_level=Level.HIGH,
        rules=chosen["rules"],
        actors=chosen["actors"],
        places=chosen["places"],
    )

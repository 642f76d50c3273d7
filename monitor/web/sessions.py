"""The cookie of somebody who is signed in: signed, so that one made up costs no look into the database."""

from __future__ import annotations

import datetime as dt

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from monitor.model import Session
from monitor.storage import sessions
from monitor.web.site import Site, of

LASTS = dt.timedelta(days=7)
_COOKIE = "session"


def current(request: Request) -> Session | None:
    """The session of the request, where it has one that has not ended."""
    carried = carried_by(request)
    if not carried:
        return None
    site = of(request)
    with site.app.parts.database.read() as conn:
        return sessions.find(conn, carried, now=site.now)


def carried_by(request: Request) -> str:
    """What the cookie carries; "" where there is none of ours."""
    try:
        return str(_signer(of(request)).loads(request.cookies.get(_COOKIE, "")))
    except BadSignature:
        return ""


def give(answer: Response, site: Site, carried: str) -> None:
    """Let the browser keep the session; it comes along when a link in a mail is opened, and with no form of others."""
    answer.set_cookie(
        _COOKIE,
        str(_signer(site).dumps(carried)),
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=site.app.parts.config.web.is_secure,
    )


def take_back(answer: Response, site: Site) -> None:
    """Let the browser forget it."""
    answer.delete_cookie(_COOKIE, httponly=True, samesite="lax", secure=site.app.parts.config.web.is_secure)


def _signer(site: Site) -> URLSafeSerializer:
    return URLSafeSerializer(site.key, salt="session")

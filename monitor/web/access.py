"""Who asks, and whether they may: the one door of the pages and of the API.

Three ways to be known: a token, the session of somebody who signed in, and asking from the machine itself where
nobody else is meant to reach it. Which scope a page needs stands in `routes.py`.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor.config.values import is_loopback
from monitor.errors import MonitorError
from monitor.model import SCOPES, Record, Role, Scope, role_of
from monitor.storage import Connection, audit, tokens
from monitor.web import sessions
from monitor.web.site import Site, of

Endpoint = Callable[[Request], Any]  # a Response, or one to wait for

_BY_PROGRAM = "A program must send a token as `Authorization: Bearer ...`; `monitor tokens add` makes one."
_NAME = 100  # characters of a name that somebody gives
_ADDRESS = 45  # characters of an IP address at most
_BEARER = {"www-authenticate": "Bearer"}
_PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")  # a proxy's words
_SAFE = {"GET", "HEAD", "OPTIONS"}
_OURS = {"same-origin", "none"}  # of Sec-Fetch-Site


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who asks."""

    name: str  # of a token; address of a person; "local", "anybody"
    role: str  # reader, analyst, admin
    kind: Literal["local", "anybody", "person", "token"]

    @property
    def label(self) -> str:
        """As the audit log names them."""
        return f"token {self.name}" if self.kind == "token" else self.name

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """What they may do."""
        return SCOPES[Role(self.role)]


LOCAL = Actor(name="local", role=Role.ADMIN, kind="local")
ANYBODY = Actor(name="anybody", role=Role.READER, kind="anybody")


def allow(request: Request, scope: Scope) -> Actor:
    """Who asks, if they may do what belongs to the scope; HTTPException 401 where nobody is known, 403 else."""
    actor = known(request)
    if actor is None:
        raise HTTPException(401, _who_are_you(request), headers=_BEARER)
    if scope not in actor.scopes:
        raise HTTPException(403, _too_little(actor, scope))
    return actor


def guarded(endpoint: Endpoint, scope: Scope | None) -> Endpoint:
    """The endpoint behind the door, or, without a scope, beside it; `request.state.actor` is who asks, or None."""

    def ask(request: Request) -> Actor | None:
        return noticed(request) if scope is None else allow(request, scope)

    if inspect.iscoroutinefunction(endpoint):

        async def waited(request: Request) -> Response:
            request.state.actor = ask(request)
            answer: Response = await endpoint(request)
            return answer

        return waited

    def called(request: Request) -> Response:
        request.state.actor = ask(request)
        answer: Response = endpoint(request)
        return answer

    return called


def known(request: Request) -> Actor | None:
    """Who asks, as far as that is known. HTTPException 401 for a token that opens nothing.

    429 for one that asks too often, 403 for a change that another site sends by the browser of one whom we know.
    """
    shown = _bearer(request)
    if shown:
        return _holder(request, shown)
    if _is_foreign(request):
        raise HTTPException(
            403, "Another site asked for this change. Make it on our own pages, or by a token."
        )
    return _person(request) or _without_login(request)


def noticed(request: Request) -> Actor | None:
    """The same on pages that are open to everybody: nobody is turned away for what they show."""
    try:
        return known(request)
    except (HTTPException, MonitorError):
        return None


def analyst(request: Request, fields: FormData) -> str:
    """Who judges by a form: whoever is signed in, else the name that was given; empty where none was."""
    actor: Actor = request.state.actor
    return actor.name if actor.kind == "person" else str(fields.get("analyst", "")).strip()[:_NAME]


def note(
    conn: Connection, request: Request, actor: Actor, *, what: str, thing: str, comment: str = ""
) -> None:
    """Write a change into the audit log, in the transaction that makes it."""
    note_by(conn, request, actor.label, what=what, thing=thing, comment=comment)


def note_by(
    conn: Connection, request: Request, who: str, *, what: str, thing: str, comment: str = ""
) -> None:
    """The same for a change of somebody who came through no door: a subscriber with a link."""
    write(conn, of(request), who=who, origin=origin(request), what=what, thing=thing, comment=comment)


def write(
    conn: Connection, site: Site, *, who: str, origin: str, what: str, thing: str, comment: str = ""
) -> None:
    """The same without a request."""
    audit.add(conn, Record(at=site.now, who=who, what=what, thing=thing, origin=origin, note=comment))


def origin(request: Request) -> str:
    """From where a request comes, as the audit log has it: `page 192.0.2.7`."""
    door = "api" if request.scope["path"].startswith("/api") else "page"
    asked_from = request.client.host[:_ADDRESS] if request.client else ""
    return f"{door} {asked_from}".strip()


def _bearer(request: Request) -> str:
    """The token that comes with the request; other kinds of authorization are a proxy's business."""
    kind, _, shown = request.headers.get("authorization", "").partition(" ")
    return shown.strip() if kind.lower() == "bearer" else ""


def _is_foreign(request: Request) -> bool:
    """Whether a browser says that a page of another site sent this change; programs say nothing, and are not."""
    if request.method in _SAFE:
        return False
    said = request.headers.get("sec-fetch-site")
    if said is not None:
        return said not in _OURS
    origin = request.headers.get("origin")
    own = {request.headers.get("host", ""), urlsplit(of(request).app.parts.config.web.address).netloc}
    return origin is not None and urlsplit(origin).netloc not in own - {""}


def _holder(request: Request, shown: str) -> Actor:
    site = of(request)
    with site.app.parts.database.read() as conn:
        token = tokens.find(conn, shown, now=site.now)
    if token is None:
        raise HTTPException(
            401,
            "This token is unknown, expired or revoked. `monitor tokens list` shows those there are, "
            "`monitor tokens add` makes another.",
            headers=_BEARER,
        )
    site.token_use[token.name] = site.now
    if wait := math.ceil(site.asking.wait(token.name, now=site.now)):
        said = f"The token {token.name} asks more than {site.asking.most} times a minute. Wait {wait} s."
        raise HTTPException(429, said, headers={"retry-after": str(wait)})
    return Actor(name=token.name, role=role_of(token.scope), kind="token")


def _person(request: Request) -> Actor | None:
    """Whoever is signed in, as the config has them now."""
    people = of(request).app.parts.config.web.people
    session = sessions.current(request) if people else None
    role = people.get(session.person) if session else None
    return Actor(name=session.person, role=role, kind="person") if session and role else None


def _without_login(request: Request) -> Actor | None:
    """One of this machine where nobody else comes; anybody may read where the operator asks nobody who it is."""
    web = of(request).app.parts.config.web
    if web.asks_who:
        return None
    passed_on = any(name in request.headers for name in _PASSED_ON)
    if not passed_on and not is_loopback(request.client.host if request.client else ""):
        return None  # somebody let others in past the config
    return ANYBODY if passed_on or not web.is_own else LOCAL


def _who_are_you(request: Request) -> str:
    if of(request).app.parts.config.web.people:
        return f"Sign in to see this page. {_BY_PROGRAM}"
    return f"Nobody can sign in here, for [web] people in the config lists nobody. {_BY_PROGRAM}"


def _too_little(actor: Actor, scope: Scope) -> str:
    match actor.kind:
        case "token":
            return f"The token {actor.name} may not do this; `monitor tokens add --scope {scope}` makes one that may."
        case "anybody":
            return "Without signing in one may only read here. Whoever runs this service can list you in [web] people."
    return f"You are a {actor.role}, and may not do this. Whoever runs this service can change that in [web] people."

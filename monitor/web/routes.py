"""Which address shows what."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from monitor.errors import MonitorError
from monitor.model import Scope
from monitor.web import (
    access,
    alert,
    api,
    audit,
    board,
    editing,
    feeds,
    health,
    indicators,
    metrics,
    own_feed,
    pictures,
    search,
    signing_in,
    silencing,
    subscribing,
)
from monitor.web.headers import GuardedHeaders
from monitor.web.heads import Headed
from monitor.web.site import Site, of, page

ROUTES = (
    Route("/", board.board),
    Route("/alerts", search.search),
    Route("/alerts/as/{form}", search.export),
    Route("/alerts/{alert}/as/{form}", alert.export),
    Route("/alerts/{alert}", alert.show),
    Route("/alerts/{alert}/ack", alert.acknowledge, methods=["POST"]),
    Route("/alerts/{alert}/verdict", alert.verdict, methods=["POST"]),
    Route("/alerts/{alert}/silence", silencing.silence, methods=["POST"]),
    Route("/silences", silencing.listed),
    Route("/silences/{silence}/end", silencing.end, methods=["POST"]),
    Route("/indicators", indicators.listed),
    Route("/indicators/{rule}", indicators.show),
    Route("/indicators/{rule}/edit", editing.form, methods=["GET"]),
    Route("/indicators/{rule}/edit", editing.edit, methods=["POST"]),
    Route("/pictures", pictures.shown),
    Route("/pictures/{picture}.csv", pictures.numbers),
    Route("/feeds", feeds.listed),
    Route("/how-it-works", board.how_it_works),
    Route("/subscribe", subscribing.form, methods=["GET"]),
    Route("/subscribe", subscribing.ask, methods=["POST"]),
    Route("/confirm/{token}", subscribing.confirming, methods=["GET"]),
    Route("/confirm/{token}", subscribing.confirm, methods=["POST"]),
    Route("/manage/{token}", subscribing.managing, methods=["GET"]),
    Route("/manage/{token}", subscribing.manage, methods=["POST"]),
    Route("/manage/{token}/feed", subscribing.renew_feed, methods=["POST"]),
    Route("/leave/{token}", subscribing.leaving, methods=["GET"]),
    Route("/leave/{token}", subscribing.leave, methods=["POST"]),
    Route("/feed/{token}.{form}", own_feed.show),
    Route("/sign-in", signing_in.form, methods=["GET"]),
    Route("/sign-in", signing_in.ask, methods=["POST"]),
    Route("/sign-in/{token}", signing_in.following, methods=["GET"]),
    Route("/sign-in/{token}", signing_in.enter, methods=["POST"]),
    Route("/sign-out", signing_in.leave, methods=["POST"]),
    Route("/sign-out/everywhere", signing_in.leave_everywhere, methods=["POST"]),
    Route("/audit", audit.listed),
    Route("/metrics", metrics.shown),
    Route("/healthz", health.alive),
    Route("/readyz", health.ready),
)

# Behind the door a GET needs the scope `read` and any other method `write`, but for these.
OPEN = frozenset(
    {
        *(
            "/subscribe",
            "/confirm/{token}",
            "/manage/{token}",
            "/manage/{token}/feed",
            "/leave/{token}",
            "/feed/{token}.{form}",
        ),  # the link is the proof
        *("/sign-in", "/sign-in/{token}", "/sign-out", "/sign-out/everywhere"),
        *("/healthz", "/readyz"),
    }
)
ADMIN = frozenset({"/audit", "/indicators/{rule}/edit"})


def create(site: Site, *, hosts: list[str]) -> Starlette:
    """The application; `hosts` are the names under which it may be asked, against DNS rebinding."""
    static = Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    made = Starlette(
        routes=[*map(_behind_the_door, ROUTES), static, Mount(api.PATH, api.create(site))],
        middleware=[
            Middleware(Headed),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
            Middleware(GuardedHeaders, https=site.app.parts.config.web.is_secure),
        ],
        exception_handlers={HTTPException: _refused, MonitorError: _failed},
    )
    made.state.site = site
    return made


def scope_of(route: Route) -> Scope | None:
    """What one needs to be let in; None: nothing."""
    if route.path in OPEN:
        return None
    if route.path in ADMIN:
        return "admin"
    return "read" if "GET" in (route.methods or ()) else "write"


def _behind_the_door(route: Route) -> Route:
    endpoint = access.guarded(route.endpoint, scope_of(route))
    return Route(route.path, endpoint, methods=sorted(route.methods or ()))


def _refused(request: Request, error: Exception) -> Response:
    """Why not, in words; a person who would be let in after signing in is led there."""
    assert isinstance(error, HTTPException)
    if request.url.path.startswith(api.PATH):  # an address so odd that its routes do not take it
        return api.problem(error.status_code, error.detail, headers=error.headers)
    if error.status_code == HTTPStatus.UNAUTHORIZED and _is_person(request):
        onward = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?{urlencode({'next': onward})}", status_code=303)
    answer = _said(request, error.detail, error.status_code)
    answer.headers.update(error.headers or {})
    return answer


def _is_person(request: Request) -> bool:
    """Whether a browser asks to be shown a page, and somebody may sign in at all."""
    by_browser = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    return by_browser and bool(of(request).app.parts.config.web.people)


def _said(request: Request, said: str, status: int) -> Response:
    if not hasattr(request.state, "actor"):
        request.state.actor = access.noticed(request)
    return page(request, "error", status=status, said=said)


def _failed(request: Request, error: Exception) -> Response:
    """Our own errors speak to the person; 400 where the question was wrong, 503 where something outside failed."""
    status = 400 if getattr(error, "exit_status", 3) == 2 else 503  # noqa: PLR2004 - the exit status of wrong usage
    return _said(request, str(error), status)

"""Which address shows what."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from monitor.errors import MonitorError
from monitor.web import alert, board, feeds, health, indicators, pictures, search, subscribing
from monitor.web.headers import GuardedHeaders
from monitor.web.site import Site, page

ROUTES = (
    Route("/", board.board),
    Route("/alerts", search.search),
    Route("/alerts/as/{form}", search.export),
    Route("/alerts/{alert}/as/{form}", alert.export),
    Route("/alerts/{alert}", alert.show),
    Route("/alerts/{alert}/ack", alert.acknowledge, methods=["POST"]),
    Route("/alerts/{alert}/verdict", alert.verdict, methods=["POST"]),
    Route("/indicators", indicators.listed),
    Route("/indicators/{rule}", indicators.show),
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
    Route("/leave/{token}", subscribing.leaving, methods=["GET"]),
    Route("/leave/{token}", subscribing.leave, methods=["POST"]),
    Route("/healthz", health.alive),
    Route("/readyz", health.ready),
)


def create(site: Site, *, hosts: list[str]) -> Starlette:
    """The application; `hosts` are the names under which it may be asked, against DNS rebinding."""
    static = Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    made = Starlette(
        routes=[*ROUTES, static],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
            Middleware(GuardedHeaders),
        ],
        exception_handlers={HTTPException: _refused, MonitorError: _failed},
    )
    made.state.site = site
    return made


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = page(request, "error", status=error.status_code, said=error.detail)
    answer.headers.update(error.headers or {})
    return answer


def _failed(request: Request, error: Exception) -> Response:
    """Our own errors speak to the person; 400 where the question was wrong, 503 where something outside failed."""
    status = 400 if getattr(error, "exit_status", 3) == 2 else 503  # noqa: PLR2004 - the exit status of wrong usage
    return page(request, "error", status=status, said=str(error))

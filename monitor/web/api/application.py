"""The application under `/api/v1`, and its description."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from monitor import __version__
from monitor.web.api import (
    alerts,
    articles,
    feeds,
    front,
    judging,
    problems,
    rules,
    silences,
    stream,
    subscriptions,
)
from monitor.web.api.etags import Tagged
from monitor.web.api.limits import Limited
from monitor.web.api.origin import OwnOrigin
from monitor.web.api.problems import Problem, responses
from monitor.web.site import Site

PATH = "/api/v1"
ROUTERS = (
    front.router,
    stream.router,  # before alerts, whose ids take any word
    alerts.router,
    judging.router,
    articles.router,
    rules.router,
    feeds.router,
    subscriptions.router,
    silences.router,
)
_TAGS = [
    {"name": "front", "description": "Where one begins."},
    {
        "name": "alerts",
        "description": "Events that are worth telling, with every report, decision and verdict.",
    },
]
_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token of the service. Where nobody else is let in, this machine may ask without one.",
}
_ABOUT = """\
The history of alerts on North-East Asian security, for other programs.

Times are UTC in ISO 8601. Whatever goes wrong is told as a problem (RFC 9457, `application/problem+json`). Of an
article no answer holds more than the title and the sentence that mattered.
"""


def create(site: Site | None) -> FastAPI:
    """The application; without a site it can only describe itself."""
    app = _Api(
        title="Bongsu",
        summary="Alerts on North-East Asian security.",
        description=_ABOUT,
        version=__version__,
        openapi_tags=_TAGS,
        servers=[{"url": PATH}],
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
        responses=responses(401, 403, 422, 429, 503),
        root_path_in_servers=False,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: f"{route.tags[0]}-{route.name}",
    )
    for router in ROUTERS:
        app.include_router(router)
    problems.handle(app)
    app.state.site = site
    app.add_middleware(Tagged)
    if site is not None:
        settings = site.app.parts.config.web
        app.add_middleware(OwnOrigin, address=settings.address)
        app.add_middleware(Limited, per_minute=settings.requests_per_minute, clock=lambda: site.now)
    return app


def description() -> dict[str, Any]:
    """The OpenAPI 3.1 description."""
    return create(None).openapi()


class _Api(FastAPI):
    """Describes itself when it is first asked to: that takes half a second, which the service need not wait for."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI description."""
        if not self.openapi_schema:
            self.openapi_schema = _completed(super().openapi())
        return self.openapi_schema


def _completed(made: dict[str, Any]) -> dict[str, Any]:
    """With the problem among the schemas, and without what FastAPI says of its own."""
    schemas = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    told = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= {**told.pop("$defs", {}), "Problem": told}
    parts = {"schemas": dict(sorted(schemas.items())), "securitySchemes": {"token": _TOKEN}}
    return {**made, "components": parts, "security": [{"token": []}, {}]}

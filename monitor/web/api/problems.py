"""What went wrong, as RFC 9457 has it: `application/problem+json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import compile_path

from monitor.errors import MonitorError, UsageError
from monitor.shapes.base import Shape

MEDIA_TYPE = "application/problem+json"
Responses = dict[int | str, dict[str, Any]]  # of a route, as FastAPI takes them
_RENAMED = {413: "Content Too Large", 422: "Unprocessable Content"}  # by RFC 9110; Python knows since 3.13


class Fault(Shape):
    """One thing in the request that does not fit."""

    where: str = Field(description="Where it stands.", examples=["query.limit"])
    what: str = Field(
        description="What is wrong with it.", examples=["Input should be less than or equal to 200"]
    )


class Problem(Shape):
    """Why a request was not answered as asked (RFC 9457)."""

    type: str = Field("about:blank", description="A URI; `about:blank` says no more than the status.")
    title: str = Field(description="The status in words.", examples=["Not Found"])
    status: int = Field(description="The HTTP status.", examples=[404])
    detail: str = Field(description="What happened, and what to do.", examples=["There is no alert 'ffff'."])
    errors: list[Fault] = Field([], description="Each thing in the request that does not fit.")


def problem(
    status: int, detail: str, *, errors: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """The answer that tells of it."""
    told = Problem(title=_title(status), status=status, detail=detail, errors=list(errors))
    return JSONResponse(told.model_dump(), status_code=status, headers=headers, media_type=MEDIA_TYPE)


def responses(*statuses: int) -> Responses:
    """The problems of a route, for the description."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {each: {"description": _title(each), "content": content} for each in statuses}


def handle(app: FastAPI) -> None:
    """Make the application tell all that goes wrong as problems."""
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(MonitorError, _failed)
    app.add_exception_handler(Exception, _broken)


def _title(status: int) -> str:
    return _RENAMED.get(status) or HTTPStatus(status).phrase


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = error.headers
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:  # Starlette names those of the first route alone
        headers = {"allow": ", ".join(_methods(request))}
    return problem(error.status_code, error.detail, headers=headers)


def _methods(request: Request) -> list[str]:
    """What may be done with the thing that is asked for."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    described: dict[str, dict[str, object]] = request.app.openapi()["paths"]
    exact = [path] if path in described else described  # /silences/preview is no silence of that name
    fitting = [described[shape] for shape in exact if compile_path(shape)[0].match(path)]
    told = {method.upper() for methods in fitting for method in methods}
    return sorted(told | {"HEAD"} if "GET" in told else told)


def _unfit(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [Fault(where=".".join(map(str, each["loc"])), what=each["msg"]) for each in error.errors()]
    return problem(422, "The request does not fit the description of the API.", errors=faults)


def _failed(_request: Request, error: Exception) -> Response:
    """400 where the question was wrong, 503 where something outside failed."""
    return problem(400 if isinstance(error, UsageError) else 503, str(error))


def _broken(_request: Request, _error: Exception) -> Response:
    """What nobody foresaw; the server logs it."""
    return problem(500, "This is a fault of ours; the log of the service says more.")

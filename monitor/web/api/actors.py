"""Who may do what: every route depends on one of these."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from monitor.web.access import Actor, allow


def _reader(request: Request) -> Actor:
    return allow(request, "read")


def _writer(request: Request) -> Actor:
    return allow(request, "write")


def _admin(request: Request) -> Actor:
    return allow(request, "admin")


Reader = Annotated[Actor, Depends(_reader)]
Writer = Annotated[Actor, Depends(_writer)]
Admin = Annotated[Actor, Depends(_admin)]

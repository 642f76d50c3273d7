"""Who asks, and what they may."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal

from starlette.exceptions import HTTPException
from starlette.requests import Request

from monitor.storage import Connection

Scope = Literal["read", "write", "admin"]


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who asks."""

    name: str
    role: str
    label: str  # in the audit log


def allow(request: Request, scope: Literal["read", "write", "admin"]) -> Actor:
    """Who asks, if they may; HTTPException 401 for a token, for there are none, 403 where they may not."""
    del scope
    if request.headers.get("authorization", "").lower().startswith("bearer "):
        raise HTTPException(401, "This token is unknown.", headers={"www-authenticate": "Bearer"})
    if not _is_loopback(request.client.host if request.client else ""):
        raise HTTPException(403, "Only the machine itself may ask.")
    return Actor(name="local", role="admin", label="local")


def note(
    conn: Connection, request: Request, actor: Actor, *, what: str, thing: str, comment: str = ""
) -> None:
    """Write a change into the audit log, in the transaction that makes it; there is none yet."""
    del conn, request, actor, what, thing, comment


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

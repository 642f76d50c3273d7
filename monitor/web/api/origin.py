"""Nothing is changed for a page of somebody else's, whoever looks at it: JSON only, and from nowhere but here."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.web.api.problems import problem

_READING = {"GET", "HEAD", "OPTIONS"}
_FOREIGN = {"cross-site", "same-site"}  # of Sec-Fetch-Site
_LARGEST = 64 * 2**10  # bytes of a body


class OwnOrigin:
    """Refuses what a browser sends from elsewhere, what is not JSON, and what is too large."""

    def __init__(self, app: ASGIApp, *, address: str) -> None:
        self.app = app
        self._address = _origin(address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application inside does, where nothing speaks against it."""
        if scope["type"] != "http" or scope["method"] in _READING:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if self._is_foreign(headers, scope):
            said = "A page from elsewhere asked for this; programs send no Origin."
            await problem(403, said)(scope, receive, send)
        elif _has_body(headers) and _media_type(headers) != "application/json":
            await problem(415, "Send JSON, as content-type application/json.")(scope, receive, send)
        else:
            await self.app(scope, _capped(receive), send)

    def _is_foreign(self, headers: Headers, scope: Scope) -> bool:
        if headers.get("sec-fetch-site") in _FOREIGN:
            return True
        given = headers.get("origin")
        own = {f"{scope['scheme']}://{headers.get('host', '')}".lower(), self._address}
        return given is not None and _origin(given) not in own - {""}


def _capped(receive: Receive) -> Receive:
    """The same, until the body is larger than any of ours."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > _LARGEST:
            raise HTTPException(413, f"That is more than the {_LARGEST // 2**10} KiB that any request needs.")
        return message

    return counted


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _media_type(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _origin(address: str) -> str:
    """Scheme, host and port; "" for what is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""

"""Headers of every answer: nothing runs and nothing loads that is not ours."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_BY_LINK = (
    "/confirm/",
    "/manage/",
    "/leave/",
    "/sign-in/",
)  # whoever has the address of these pages is let in
_SECRET = {"referrer-policy": "no-referrer", "cache-control": "no-store"}
_HTTPS_ONLY = {"strict-transport-security": "max-age=31536000"}


class GuardedHeaders:
    """Adds the headers; pages are not kept by shared caches. `https`: readers come by nothing else."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app = app
        self.added = {**_HEADERS, **(_HTTPS_ONLY if https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application inside does, with the headers."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                secret = _SECRET if scope["path"].startswith(_BY_LINK) else {}
                for name, value in {**self.added, **secret}.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "private, no-cache")
            await send(message)

        await self.app(scope, receive, guarded if scope["type"] == "http" else send)

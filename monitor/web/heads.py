"""HEAD is answered as GET is, without the body (RFC 9110, section 9.3.2)."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Headed:
    """Asks the application inside by GET, and passes on the headers alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer HEAD; whatever else is asked passes as it is."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def headers_only(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b""})
            elif message.get("more_body"):  # a stream would go on for an hour
                raise _Answered

        try:
            await self.app({**scope, "method": "GET"}, receive, headers_only)
        except* _Answered:
            pass


class _Answered(Exception):
    """All that was asked for is sent."""

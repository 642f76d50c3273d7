"""What a client has already is not sent again (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OK = 200


class Tagged:
    """Gives whole answers to GET an ETag, and answers 304 to who knows it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application inside does; streams pass as they are."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        held: list[Message] = []  # the start and what came of the body, while it can be held

        async def tagging(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_whole(message):
                held.append(message)
            elif not held:
                await send(message)
            else:
                held.append(message)
                if not message.get("more_body"):
                    await _send_tagged(held, scope, send)

        await self.app(scope, receive, tagging)


async def _send_tagged(held: list[Message], scope: Scope, send: Send) -> None:
    start, *parts = held
    body = b"".join(part.get("body", b"") for part in parts)
    headers = MutableHeaders(scope=start)
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers["etag"] = etag
    if _knows(Headers(scope=scope), etag):
        start["status"], body = 304, b""
        del headers["content-length"]
        del headers["content-type"]
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _is_whole(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return start["status"] == _OK and not kind.startswith("text/event-stream")


def _knows(asked: Headers, etag: str) -> bool:
    """Whether `If-None-Match` names it; weak ones count."""
    given = [each.strip().removeprefix("W/") for each in asked.get("if-none-match", "").split(",")]
    return etag in given or "*" in given

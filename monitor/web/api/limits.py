"""Who asks the API too often is told when to come back."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.web.api.problems import problem
from monitor.web.pace import Limiter, household


class Limited:
    """Answers 429 to who asks too often."""

    def __init__(self, app: ASGIApp, *, per_minute: int, clock: Callable[[], dt.datetime]) -> None:
        self.app = app
        self._limiter = Limiter(per_minute)
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application inside does, while the client keeps to the limit."""
        wait = self._limiter.wait(_client(scope), now=self._clock()) if scope["type"] == "http" else 0.0
        if not wait:
            await self.app(scope, receive, send)
            return
        seconds = math.ceil(wait)
        said = f"You ask too often; ask again in {seconds} s."
        await problem(429, said, headers={"retry-after": str(seconds)})(scope, receive, send)


def _client(scope: Scope) -> str:
    host, _ = scope.get("client") or ("", 0)
    return household(str(host))

"""How often one client may ask: a bucket of tokens for each, that fills up again as time goes by."""

from __future__ import annotations

import datetime as dt
import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.web.api.problems import problem

_KNOWN = 10_000  # clients that are remembered
_NETWORK = 64  # bits of an IPv6 address that one household has


@dataclass(kw_only=True, slots=True)
class _Bucket:
    tokens: float
    at: dt.datetime


class Limiter:
    """Counts what each client asks; at most `per_minute` at once, and so many a minute in the long run."""

    def __init__(self, per_minute: int) -> None:
        self._most = per_minute
        self._buckets: dict[str, _Bucket] = {}

    def wait(self, client: str, *, now: dt.datetime) -> float:
        """Seconds until the client may ask; 0 where it may now, and that is counted."""
        bucket = self._bucket(client, now)
        filled = max(0.0, (now - bucket.at).total_seconds()) * self._most / 60
        bucket.tokens, bucket.at = min(self._most, bucket.tokens + filled), now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) * 60 / self._most
        bucket.tokens -= 1
        return 0.0

    def _bucket(self, client: str, now: dt.datetime) -> _Bucket:
        """The client's own, now the last in line to be forgotten."""
        bucket = self._buckets.pop(client, None) or _Bucket(tokens=self._most, at=now)
        self._buckets[client] = bucket
        if len(self._buckets) > _KNOWN:
            del self._buckets[next(iter(self._buckets))]
        return bucket


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
    """Who asks: the address, of IPv6 the network that one household has."""
    host, _ = scope.get("client") or ("", 0)
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _NETWORK), strict=False))
    return str(address)

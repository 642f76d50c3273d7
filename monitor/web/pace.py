"""How often one client may ask: a bucket of tokens for each, that fills up again as time goes by."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass

_KNOWN = 10_000  # clients that are remembered
_NETWORK = 64  # bits of an IPv6 address that one household has
_MINUTE = dt.timedelta(minutes=1)


@dataclass(kw_only=True, slots=True)
class _Bucket:
    tokens: float
    at: dt.datetime


class Limiter:
    """Counts what each client asks; at most `most` at once, and so many each `every` in the long run."""

    def __init__(self, most: int, *, every: dt.timedelta = _MINUTE) -> None:
        self.most = most
        self._second = most / every.total_seconds()  # tokens that one brings
        self._buckets: dict[str, _Bucket] = {}

    def wait(self, client: str, *, now: dt.datetime) -> float:
        """Seconds until the client may ask; 0 where it may now, and that is counted."""
        bucket = self._bucket(client, now)
        filled = max(0.0, (now - bucket.at).total_seconds()) * self._second
        bucket.tokens, bucket.at = min(self.most, bucket.tokens + filled), now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self._second
        bucket.tokens -= 1
        return 0.0

    def _bucket(self, client: str, now: dt.datetime) -> _Bucket:
        """The client's own, now the last in line to be forgotten."""
        bucket = self._buckets.pop(client, None) or _Bucket(tokens=self.most, at=now)
        self._buckets[client] = bucket
        if len(self._buckets) > _KNOWN:
            del self._buckets[next(iter(self._buckets))]
        return bucket


def household(host: str) -> str:
    """Whom an address stands for: itself, and of IPv6 the network that one household has."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _NETWORK), strict=False))
    return str(address)

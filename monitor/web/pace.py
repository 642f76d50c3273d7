"""How often a token may ask: a program that has run wild leaves room for the others."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

MOST = 600  # requests a minute with one token
_MINUTE = dt.timedelta(minutes=1)


@dataclass(kw_only=True)
class Pace:
    """Counts the requests of each token, minute by minute."""

    most: int = MOST
    _counts: dict[str, tuple[dt.datetime, int]] = field(default_factory=dict)  # start of the minute, how many

    def wait(self, name: str, *, now: dt.datetime) -> int:
        """Count one request; 0 where it may pass, else the seconds until the next may."""
        start, count = self._counts.get(name, (now, 0))
        if not start <= now < start + _MINUTE:
            start, count = now, 0
        self._counts[name] = (start, count + 1)
        return 0 if count < self.most else max(1, round((start + _MINUTE - now).total_seconds()))

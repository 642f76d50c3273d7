"""When a feed is asked next."""

from __future__ import annotations

import datetime as dt
import hashlib

from monitor.model import Feed

SPREAD = (
    0.1  # share of the interval by which feeds come earlier or later, so that they do not come all at once
)
LONGEST_PAUSE = dt.timedelta(hours=6)  # between attempts at a feed that fails; it is never given up
LONGEST_WAIT = dt.timedelta(hours=24)  # that a server may ask for
_LONGEST_FOR_OTHERS = dt.timedelta(hours=1)

_MOST_DOUBLINGS = 16


def next_due(feed: Feed, *, now: dt.datetime, failures: int = 0, wait: float | None = None) -> dt.datetime:
    """The time of the next poll, after `failures` failed ones in a row.

    The pause doubles from the second failure on. `wait` is the time in seconds that the server asked for.
    """
    pause = feed.interval * _drift(feed.id)
    if failures > 1:
        pause = max(pause, min(pause * 2 ** min(failures - 1, _MOST_DOUBLINGS), LONGEST_PAUSE))
    asked = min(wait or 0.0, LONGEST_WAIT.total_seconds())
    return now + max(pause, dt.timedelta(seconds=asked))


def others_due(asked: dt.datetime, *, now: dt.datetime) -> dt.datetime:
    """Until when the other feeds of a host wait that asked one for patience until then.

    Many publishers may share a host, and one of them must not silence the others for long.
    """
    return min(asked, now + _LONGEST_FOR_OTHERS)


def _drift(feed_id: str) -> float:
    """1 - SPREAD to 1 + SPREAD, always the same for one feed."""
    place = hashlib.sha256(feed_id.encode()).digest()[0] / 255
    return 1 - SPREAD + 2 * SPREAD * place

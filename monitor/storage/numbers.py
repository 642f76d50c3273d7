"""Numbers of alerts: the later one was opened the higher, so that whatever goes by number goes by time.

The high bits are the milliseconds since 1970, the low ones tell apart what was opened in the same millisecond.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from monitor.storage.tables import alerts

_APART = 20  # bits
_LAST = 2**43 - 1  # milliseconds, in the year 2248; what comes later is all of that moment
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)


def first_at(moment: dt.datetime) -> int:
    """The lowest number of its millisecond: what was opened then or later has none below."""
    return min(max((moment - _EPOCH) // _MILLISECOND, 0), _LAST) << _APART


def last_at(moment: dt.datetime) -> int:
    """The highest number of its millisecond."""
    return first_at(moment) + (1 << _APART) - 1


def new(conn: Connection, opened: Sequence[dt.datetime]) -> list[int]:
    """For each moment the next that is free of its millisecond; until the caller's transaction ends no other saves."""
    free: dict[int, int] = {}
    given = []
    for moment in opened:
        first = first_at(moment)
        number = free[first] if first in free else _free(conn, moment)
        free[first] = number + 1
        given.append(number)
    return given


def _free(conn: Connection, moment: dt.datetime) -> int:
    first = first_at(moment)
    taken = select(func.max(alerts.c.number)).where(alerts.c.number.between(first, last_at(moment)))
    highest: int | None = conn.execute(taken).scalar()
    return first if highest is None else highest + 1

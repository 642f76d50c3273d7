"""Small bars on one line of a terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[int]) -> str:
    """A bar for each value, the highest full; `·` for nothing."""
    most = max(values, default=0)
    return "".join(_BARS[(value * len(_BARS) - 1) // most] if value else "·" for value in values)


def by_week(days: Mapping[dt.date, int], *, until: dt.date, weeks: int) -> list[int]:
    """The counts of days summed by weeks from Monday, the running one last."""
    first = until - dt.timedelta(days=until.weekday(), weeks=weeks - 1)
    found = [0] * weeks
    for day, count in days.items():
        at = (day - first).days // 7
        if 0 <= at < weeks:
            found[at] += count
    return found

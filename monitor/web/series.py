"""What the pictures show, reckoned from alerts. Pure."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from monitor.storage.counts import Told

AIRCRAFT = frozenset({"adiz-incursion", "taiwan-coercion"})  # rules whose alerts count aircraft
ZONES = ("taiwan-adiz", "kadiz", "jadiz")
WAITS = (  # the longest wait of each class, and its name
    (dt.timedelta(minutes=5), "5 min"),
    (dt.timedelta(minutes=15), "15 min"),
    (dt.timedelta(hours=1), "1 h"),
    (dt.timedelta(hours=6), "6 h"),
    (dt.timedelta(days=1), "1 day"),
)
LONGER = "longer"
_BASELINE = 13 * 7  # days
_ENOUGH = 3  # days with a figure, to say what is usual


def weekly(days: Mapping[dt.date, int], weeks: Sequence[dt.date]) -> list[int]:
    """The counts of days summed by the weeks that begin on these Mondays."""
    found: Counter[dt.date] = Counter()
    for day, count in days.items():
        found[monday(day)] += count
    return [found[week] for week in weeks]


def monday(day: dt.date) -> dt.date:
    """The first day of its week."""
    return day - dt.timedelta(days=day.weekday())


def baseline(figures: Mapping[dt.date, int], days: Sequence[dt.date]) -> list[float | None]:
    """For each day the median of the figures of the 13 weeks before it; None where there are fewer than three."""
    usual: list[float | None] = []
    for day in days:
        before = [many for on, many in figures.items() if 0 < (day - on).days <= _BASELINE]
        usual.append(statistics.median(before) if len(before) >= _ENOUGH else None)
    return usual


def publishers(told: Iterable[Told]) -> dict[str, int]:
    """How many alerts rest on one publisher, on two, on three, and on four or more."""
    found = Counter(min(each.publishers, 4) for each in told)
    return {name: found[many] for many, name in ((1, "1"), (2, "2"), (3, "3"), (4, "4 or more"))}


def waits(told: Iterable[Told]) -> dict[str, int]:
    """How long after its first report was published an alert was opened; reports without a time do not count."""
    found: Counter[str] = Counter()
    for each in told:
        if each.published is not None:
            found[_class(each.opened - each.published)] += 1
    return {name: found[name] for name in (*(name for _, name in WAITS), LONGER)}


def _class(wait: dt.timedelta) -> str:
    return next((name for most, name in WAITS if wait <= most), LONGER)

"""What the pictures show, reckoned from alerts. Pure."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from monitor.model import Alert

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
_SEOUL = ZoneInfo("Asia/Seoul")


def weekly(days: Mapping[dt.date, int], weeks: Sequence[dt.date]) -> list[int]:
    """The counts of days summed by the weeks that begin on these Mondays."""
    found: Counter[dt.date] = Counter()
    for day, count in days.items():
        found[monday(day)] += count
    return [found[week] for week in weeks]


def monday(day: dt.date) -> dt.date:
    """The first day of its week."""
    return day - dt.timedelta(days=day.weekday())


def aircraft(told: Iterable[Alert]) -> dict[str, dict[dt.date, int]]:
    """The largest figure of each day, by zone; alerts without a figure, a date or one zone alone do not count."""
    found: dict[str, dict[dt.date, int]] = {}
    for alert in told:
        zones = [zone for zone in ZONES if zone in alert.places]
        figure = alert.count.min if alert.count and AIRCRAFT.intersection(alert.rules) else None
        if figure is None or len(zones) != 1:
            continue
        day = alert.date or alert.opened.astimezone(_SEOUL).date()
        of_zone = found.setdefault(zones[0], {})
        of_zone[day] = max(figure, of_zone.get(day, 0))
    return found


def baseline(figures: Mapping[dt.date, int], days: Sequence[dt.date]) -> list[float | None]:
    """For each day the median of the figures of the 13 weeks before it; None where there are fewer than three."""
    usual: list[float | None] = []
    for day in days:
        before = [many for on, many in figures.items() if 0 < (day - on).days <= _BASELINE]
        usual.append(statistics.median(before) if len(before) >= _ENOUGH else None)
    return usual


def publishers(told: Iterable[Alert]) -> dict[str, int]:
    """How many alerts rest on one publisher, on two, on three, and on four or more."""
    found = Counter(min(len({report.publisher for report in alert.reports}), 4) for alert in told)
    return {name: found[many] for many, name in ((1, "1"), (2, "2"), (3, "3"), (4, "4 or more"))}


def waits(told: Iterable[Alert]) -> dict[str, int]:
    """How long after its first report was published an alert was opened; reports without a time do not count."""
    found: Counter[str] = Counter()
    for alert in told:
        published = min((each.published for each in alert.reports if each.published), default=None)
        if published is not None:
            found[_class(alert.opened - published)] += 1
    return {name: found[name] for name in (*(name for _, name in WAITS), LONGER)}


def _class(wait: dt.timedelta) -> str:
    return next((name for most, name in WAITS if wait <= most), LONGER)

"""Two histories side by side: which alerts one has and the other has not, and whose level differs. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.backtest.messages import Told
from monitor.backtest.replay import Replay
from monitor.model import Alert


@dataclass(frozen=True, kw_only=True)
class Change:
    """An alert on both sides, at different levels."""

    before: Alert
    after: Alert


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What the change does."""

    before: int  # alerts
    after: int
    gained: tuple[Alert, ...]
    lost: tuple[Alert, ...]
    raised: tuple[Change, ...]
    lowered: tuple[Change, ...]
    messages: Mapping[str, tuple[Told, Told]]  # by subscription, before and after

    def weeks(self) -> list[tuple[dt.date, int, int]]:
        """Monday, gained, lost, for each week in which there was either."""
        gained, lost = _by_week(self.gained), _by_week(self.lost)
        return [(week, gained[week], lost[week]) for week in sorted({*gained, *lost})]


def compare(before: Replay, after: Replay) -> Difference:
    """An alert of one side is that of the other which shares a report; of several the one that shares most."""
    pairs = _pairs(before, after)
    partners = {there.id for _, there in pairs}
    matched = {here.id for here, _ in pairs}
    changes = [Change(before=here, after=there) for here, there in pairs if here.level != there.level]
    names = sorted({*before.messages, *after.messages})
    none = Told()
    return Difference(
        before=len(before.alerts),
        after=len(after.alerts),
        gained=_sorted(alert for alert in after.alerts.values() if alert.id not in partners),
        lost=_sorted(alert for alert in before.alerts.values() if alert.id not in matched),
        raised=tuple(each for each in changes if each.after.level > each.before.level),
        lowered=tuple(each for each in changes if each.after.level < each.before.level),
        messages={name: (before.messages.get(name, none), after.messages.get(name, none)) for name in names},
    )


def _pairs(before: Replay, after: Replay) -> list[tuple[Alert, Alert]]:
    """Each alert of before with its partner of after; no partner has two."""
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for alert in after.alerts.values():
        for report in alert.reports:
            holders[_sort(alert), report.article].add(alert.id)
    shared = [
        (count, here.id, there)
        for here in before.alerts.values()
        for there, count in Counter(
            name for report in here.reports for name in holders.get((_sort(here), report.article), ())
        ).items()
    ]
    taken: set[str] = set()
    given: set[str] = set()
    pairs = []
    for _, here, there in sorted(shared, key=lambda each: (-each[0], each[1], each[2])):
        if here not in given and there not in taken:
            given.add(here)
            taken.add(there)
            pairs.append((before.alerts[here], after.alerts[there]))
    return pairs


def _sort(alert: Alert) -> str:
    """What keeps alerts on the same reports apart: one of a rule over time is no alert on the event itself."""
    return alert.rules[0] if alert.said else ""


def _sorted(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    return tuple(sorted(alerts, key=lambda alert: (alert.opened, alert.id)))


def _by_week(alerts: Iterable[Alert]) -> Counter[dt.date]:
    days = (alert.opened.date() for alert in alerts)
    return Counter(day - dt.timedelta(days=day.weekday()) for day in days)

"""Alerts against lists of real events: which were told, by how many alerts, and which alerts are of none. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.model import Alert, Standing

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Score:
    """How the alerts of one family fare against a list of events, each known by its day."""

    events: tuple[str, ...]  # that were reported at all, in order
    told: Mapping[str, Sequence[Alert]]  # the alerts of each event that has any
    merged: Sequence[tuple[Alert, Sequence[str]]]  # alerts that hold several events
    strays: Sequence[Alert]  # alerts of no event

    @property
    def share(self) -> float:
        """The part of the events that became alerts, 0 to 1."""
        return len(self.told) / len(self.events) if self.events else 0.0

    @property
    def per_event(self) -> float:
        """Alerts for each event that became one."""
        return sum(map(len, self.told.values())) / len(self.told) if self.told else 0.0

    @property
    def missed(self) -> list[str]:
        """The events that no alert tells."""
        return [each for each in self.events if each not in self.told]

    @property
    def split(self) -> dict[str, Sequence[Alert]]:
        """The events that several alerts tell."""
        return {event: alerts for event, alerts in self.told.items() if len(alerts) > 1}


def by_reports(alerts: Iterable[Alert], event_of: Mapping[str, str | None]) -> Score:
    """Alerts by the events of their reports; `event_of` gives it by article id, None where a report tells none."""
    told: dict[str, list[Alert]] = defaultdict(list)
    merged, strays = [], []
    for alert in alerts:
        held = Counter(event for each in alert.reports if (event := event_of.get(each.article)))
        for event in held:
            told[event].append(alert)
        if len(held) > 1:
            merged.append((alert, sorted(held)))
        if not held:
            strays.append(alert)
    events = sorted({event for event in event_of.values() if event})
    return Score(events=tuple(events), told=dict(told), merged=merged, strays=strays)


def by_days(alerts: Iterable[Alert], days: Collection[dt.date], *, late: int = 0) -> Score:
    """Alerts by their day; one of a day without an event is of the nearest that lies up to `late` days before."""
    told: dict[str, list[Alert]] = defaultdict(list)
    strays = []
    for alert in alerts:
        day = _day_of(alert, days, late)
        if day is None:
            strays.append(alert)
        else:
            told[day.isoformat()].append(alert)
    return Score(
        events=tuple(each.isoformat() for each in sorted(days)), told=dict(told), merged=(), strays=strays
    )


def sent(alerts: Iterable[Alert], rules: Collection[str]) -> list[Alert]:
    """The alerts that name one of the rules and may be sent, oldest first."""
    found = (
        each
        for each in alerts
        if not set(rules).isdisjoint(each.rules) and not each.shadow and each.standing is Standing.LIVE
    )
    return sorted(found, key=lambda each: (each.opened, each.id))


def _day_of(alert: Alert, days: Collection[dt.date], late: int) -> dt.date | None:
    if alert.date is None:
        return None
    return next((day for back in range(late + 1) if (day := alert.date - back * _DAY) in days), None)

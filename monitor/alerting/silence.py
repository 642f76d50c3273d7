"""Silences: which alerts nobody is sent for a time, and what is said of it afterwards. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from monitor.alerting.filters import meets
from monitor.alerting.text import calm
from monitor.model import Alert, Silence
from monitor.model.wording import says


def silencing(alert: Alert, silences: Iterable[Silence], *, now: dt.datetime) -> Silence | None:
    """The silence that holds the alert back now, the one that lasts longest; None where none does."""
    found = [each for each in silences if each.created <= now < each.until and hides(each, alert)]
    return max(found, key=lambda each: each.until, default=None)


def hides(silence: Silence, alert: Alert) -> bool:
    """Whether the silence is about the alert; one above its level is never hidden."""
    return (
        alert.level <= silence.max_level
        and meets(silence.rules, alert.rules)
        and meets(silence.actors, alert.actors)
        and meets(silence.places, alert.places)
        and says(alert, silence.text)
    )


def note(ended: Mapping[Silence, int]) -> str:
    """What silences that have ended hid: `A silence by Ryu (drills) that ended 12 Mar 08:00 UTC hid 3 alerts.`."""
    return calm(" ".join(_told(silence, hidden) for silence, hidden in ended.items()))


def _told(silence: Silence, hidden: int) -> str:
    many = f"{hidden} alert{'s' if hidden > 1 else ''}"
    return f"A silence by {silence.author} ({silence.reason}) that ended {silence.until:%-d %b %H:%M} UTC hid {many}."

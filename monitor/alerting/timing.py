"""When a delivery goes: at once, or with others in a digest. Pure; local times are the subscriber's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from monitor.model import Every, Held, Level, Rhythm, Timing

_DAY = dt.timedelta(days=1)
_HOUR = dt.timedelta(hours=1)
WINDOW = _HOUR  # over which a cap counts


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """When a delivery is due, and why not at once."""

    at: dt.datetime
    held: Held | None = None


def slot(timing: Timing, level: Level, *, now: dt.datetime, lately: int = 0) -> Slot:
    """The slot of a delivery decided now; `lately` messages went at once within the last hour.

    Critical alerts break through quiet hours and caps. A digest holds them too: who wants them at once has a
    subscription for them.
    """
    zone = ZoneInfo(timing.zone)
    if timing.digest:
        return Slot(at=_next(timing.digest, zone, after=now), held=Held.DIGEST)
    if level >= Level.CRITICAL:
        return Slot(at=now)
    if is_quiet(timing, now):
        return Slot(at=_waking(timing, now), held=Held.QUIET_HOURS)
    if 0 < timing.cap <= lately:
        return Slot(at=_waking(timing, _full_hour(now)), held=Held.CAP)
    return Slot(at=now)


def is_quiet(timing: Timing, now: dt.datetime) -> bool:
    """Whether the subscriber's quiet hours are on."""
    if timing.quiet is None:
        return False
    local = now.astimezone(ZoneInfo(timing.zone)).time()
    start, end = timing.quiet.start, timing.quiet.end
    return start <= local < end if start <= end else local >= start or local < end


def _waking(timing: Timing, now: dt.datetime) -> dt.datetime:
    """Now, or the end of the quiet hours that are on."""
    if timing.quiet is None or not is_quiet(timing, now):
        return now
    zone = ZoneInfo(timing.zone)
    end = _daily(timing.quiet.end, zone, after=now)
    # Where the clock is put back, an hour comes twice, and the end with it: once it has passed, once it is to come.
    again = dt.datetime.combine(now.astimezone(zone), timing.quiet.end, tzinfo=zone).replace(fold=1)
    again = again.astimezone(dt.UTC)
    return again if now < again < end and not is_quiet(timing, again) else end


def _next(rhythm: Rhythm, zone: ZoneInfo, *, after: dt.datetime) -> dt.datetime:
    """The first time of the rhythm after the moment."""
    if rhythm.every is Every.HOUR:
        return _full_hour(after)
    due = _daily(rhythm.at, zone, after=after)
    while rhythm.every is Every.WEEK and due.astimezone(zone).weekday() != rhythm.weekday:
        due = _daily(rhythm.at, zone, after=due)
    return due


def _daily(at: dt.time, zone: ZoneInfo, *, after: dt.datetime) -> dt.datetime:
    """When the clock next shows that time; where a change of the clock skips it, as much later."""
    day = after.astimezone(zone).date()
    while (due := dt.datetime.combine(day, at, tzinfo=zone).astimezone(dt.UTC)) <= after:
        day += _DAY
    return due


def _full_hour(now: dt.datetime) -> dt.datetime:
    return now.replace(minute=0, second=0, microsecond=0) + _HOUR

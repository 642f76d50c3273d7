"""When a delivery goes."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting.timing import is_quiet, slot
from monitor.model import Every, Held, Level, Quiet, Rhythm, Timing

SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Quiet(start=dt.time(22), end=dt.time(7))
MORNING = Rhythm(every=Every.DAY, at=dt.time(8))


def seoul(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=SEOUL)


def test_without_wishes_a_delivery_goes_at_once() -> None:
    found = slot(Timing(), Level.LOW, now=seoul(12, 3))
    assert (found.at, found.held) == (seoul(12, 3), None)


@pytest.mark.parametrize(
    ("rhythm", "now", "due"),
    [
        (Rhythm(every=Every.HOUR), seoul(12, 7, 20), seoul(12, 8)),
        (Rhythm(every=Every.HOUR), seoul(12, 8), seoul(12, 9)),
        (MORNING, seoul(12, 7, 59), seoul(12, 8)),
        (MORNING, seoul(12, 8), seoul(13, 8)),
        (Rhythm(every=Every.WEEK, at=dt.time(8), weekday=0), seoul(12, 7), seoul(16, 8)),
        (Rhythm(every=Every.WEEK, at=dt.time(8), weekday=3), seoul(12, 7), seoul(12, 8)),
        (Rhythm(every=Every.WEEK, at=dt.time(8), weekday=3), seoul(12, 8), seoul(19, 8)),
    ],
)
def test_a_digest_comes_at_the_next_time_of_its_rhythm(
    rhythm: Rhythm, now: dt.datetime, due: dt.datetime
) -> None:
    found = slot(Timing(zone="Asia/Seoul", digest=rhythm), Level.CRITICAL, now=now)
    assert (found.at, found.held) == (due, Held.DIGEST)


@pytest.mark.fault("TM04")
@pytest.mark.parametrize(
    ("now", "due"),
    [
        (seoul(12, 21, 59), seoul(12, 21, 59)),
        (seoul(12, 22), seoul(13, 7)),
        (seoul(13, 2), seoul(13, 7)),
        (seoul(13, 7), seoul(13, 7)),
    ],
)
def test_in_quiet_hours_a_delivery_waits_for_their_end(now: dt.datetime, due: dt.datetime) -> None:
    assert slot(Timing(zone="Asia/Seoul", quiet=NIGHT), Level.HIGH, now=now).at == due


@pytest.mark.fault("TM07")
def test_a_critical_alert_breaks_through_quiet_hours_and_cap() -> None:
    timing = Timing(zone="Asia/Seoul", quiet=NIGHT, cap=1)
    found = slot(timing, Level.CRITICAL, now=seoul(13, 2), lately=9)
    assert (found.at, found.held) == (seoul(13, 2), None)


def test_what_is_more_than_the_cap_waits_for_the_full_hour() -> None:
    timing = Timing(cap=2)
    now = seoul(12, 10, 20)
    assert slot(timing, Level.HIGH, now=now, lately=1).held is None
    found = slot(timing, Level.HIGH, now=now, lately=2)
    assert (found.at, found.held) == (seoul(12, 11), Held.CAP)


def test_what_the_cap_holds_does_not_come_in_quiet_hours() -> None:
    timing = Timing(zone="Asia/Seoul", quiet=NIGHT, cap=1)
    assert slot(timing, Level.HIGH, now=seoul(12, 21, 30), lately=1).at == seoul(13, 7)


def test_a_daily_digest_keeps_its_hour_when_the_clocks_change() -> None:
    timing = Timing(zone="Europe/Berlin", digest=MORNING)
    eve = dt.datetime(2026, 3, 28, 9, tzinfo=BERLIN)
    assert slot(timing, Level.LOW, now=eve).at == dt.datetime(2026, 3, 29, 8, tzinfo=BERLIN)


@pytest.mark.parametrize(("hour", "minute", "due"), [(0, 10, 30), (1, 10, 90)])
def test_quiet_hours_that_end_in_the_hour_that_comes_twice_hold_nothing_for_a_day(
    hour: int, minute: int, due: int
) -> None:
    """On 25 October 2026, at 01:00 UTC, the clocks of Berlin go from 03:00 back to 02:00: twice it is 02:30."""
    timing = Timing(zone="Europe/Berlin", quiet=Quiet(start=dt.time(22), end=dt.time(2, 30)))
    midnight = dt.datetime(2026, 10, 25, tzinfo=dt.UTC)
    found = slot(timing, Level.LOW, now=midnight.replace(hour=hour, minute=minute))
    assert (found.at, found.held) == (midnight + dt.timedelta(minutes=due), Held.QUIET_HOURS)


ZONES = st.sampled_from(["UTC", "Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
TIMES = st.times(timezones=st.none()).map(lambda at: at.replace(second=0, microsecond=0))
RHYTHMS = st.builds(Rhythm, every=st.sampled_from(Every), at=TIMES, weekday=st.integers(0, 6))
QUIETS = st.builds(Quiet, start=TIMES, end=TIMES)
TIMINGS = st.builds(
    Timing, zone=ZONES, digest=st.none() | RHYTHMS, quiet=st.none() | QUIETS, cap=st.integers(0, 3)
)
MOMENTS = st.datetimes(
    min_value=dt.datetime(2024, 1, 1),  # noqa: DTZ001 - hypothesis wants it bare
    max_value=dt.datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
)


@given(TIMINGS, MOMENTS, st.sampled_from(Level), st.integers(0, 9))
def test_no_delivery_is_lost_or_late_by_more_than_its_rhythm(
    timing: Timing, now: dt.datetime, level: Level, lately: int
) -> None:
    found = slot(timing, level, now=now, lately=lately)
    longest = dt.timedelta(days=8) if timing.digest else dt.timedelta(days=1, hours=3)
    assert now <= found.at <= now + longest
    assert (found.at > now) == (found.held is not None)


@given(TIMINGS, MOMENTS, st.integers(0, 9))
def test_nothing_below_critical_goes_at_once_in_quiet_hours(
    timing: Timing, now: dt.datetime, lately: int
) -> None:
    found = slot(timing, Level.HIGH, now=now, lately=lately)
    if timing.digest is None and found.held is None:
        assert not is_quiet(timing, found.at)

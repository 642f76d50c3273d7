"""What the service says of itself."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW, alert, feed
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting.notices import DAILY, Trouble, daily_line, is_due, news, troubles
from monitor.model import Feed, FeedState, Level

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def state(name: str = "a", **changed: object) -> tuple[Feed, FeedState]:
    vital = bool(changed.pop("vital", False))
    defaults: dict[str, object] = {"feed": name, "last_good": NOW - HOUR, "last_new": NOW - HOUR}
    known = feed(id=name, name=f"{name.upper()} News: all of it", vital=vital)
    return known, FeedState(**{**defaults, **changed})  # type: ignore[arg-type]  # a builder passes on what it is given


DEAD = state("b", failures=9, last_good=NOW - 26 * HOUR, error="HTTP 503")


def found(*states: tuple[Feed, FeedState], refused: str | None = None) -> list[Trouble]:
    return troubles(states, refused=refused, dead_after=DAY, now=NOW)


# --- troubles ----------------------------------------------------------------------------------------


def test_a_feed_is_dead_after_a_day_without_a_good_answer() -> None:
    (trouble,) = found(state(), DEAD, state("c", failures=2, last_good=NOW - HOUR))
    assert (trouble.subject, trouble.said) == (
        "feed b",
        "B News: all of it (b): no good answer for 26 h, HTTP 503",
    )


def test_a_feed_that_never_answered_is_dead_after_some_tries() -> None:
    assert found(state("c", failures=4, last_good=None, error="x")) == []
    assert len(found(state("c", failures=5, last_good=None, error="x"))) == 1


def test_a_paused_feed_is_not_dead() -> None:
    assert found(state("b", failures=9, last_good=NOW - 99 * HOUR, paused=True)) == []


def test_each_trouble_is_told_once_and_its_end_once() -> None:
    standing = found(DEAD, refused="x.yml:3:1: unknown key")
    first = news(standing, {})
    assert first is not None
    assert first.headline == "rules with a mistake are not in force: x.yml:3:1: unknown key · 1 feed is dead"
    told = {each.subject: NOW for each in first.new} | {DAILY: NOW}
    assert news(standing, told) is None
    last = news([], told)
    assert last is not None
    assert set(last.over) == {"feed b", "rules"}
    assert last.headline == "1 feed is back · rules are well again"


@pytest.mark.fault("OP07")
def test_many_feeds_at_once_are_one_notice() -> None:
    states = [state(f"f{at}", failures=9, last_good=NOW - 2 * DAY, error="x") for at in range(40)]
    told = news(found(*states), {})
    assert told is not None
    assert told.headline == "40 feeds are dead"
    assert told.lines[-1] == "and 35 more"


# --- the daily line ----------------------------------------------------------------------------------


def line(*states: tuple[Feed, FeedState], **changed: object) -> str:
    values: dict[str, object] = {"near_misses": 3, "zone": "Asia/Seoul", "now": NOW, **changed}
    return daily_line([], states, **values)  # type: ignore[arg-type]  # a test names what it is about


def test_a_quiet_day_says_how_well_it_was_watched() -> None:
    assert line(state(), state("k", vital=True)) == (
        "No alerts, 24 h to 08:00 KST · 3 near misses · 2 of 2 feeds healthy · last K News 07:00"
    )


def test_a_day_without_a_vital_feed_is_not_called_quiet() -> None:
    silent = state("k", vital=True, last_good=NOW - 9 * HOUR, last_new=None)
    assert line(silent).startswith("NOT ASSURED: K News silent for 9 h · No alerts")
    assert line(state("k", vital=True, last_good=None)).startswith("NOT ASSURED: K News never answered")


def test_alerts_are_counted() -> None:
    told = daily_line([alert(), alert(level=Level.CRITICAL)], [], near_misses=1, zone="UTC", now=NOW)
    assert told == "2 alerts (1 critical), 24 h to 23:00 UTC · 1 near miss · 0 of 0 feeds healthy"


EIGHT = dt.time(8)


@pytest.mark.parametrize(
    ("last", "after", "due"),
    [
        (None, dt.timedelta(0), True),
        (None, 2 * HOUR, False),
        (NOW, HOUR, False),
        (NOW, DAY, True),
        (NOW - 5 * DAY, HOUR, True),
    ],
)
def test_the_daily_line_comes_once_a_day(last: dt.datetime | None, after: dt.timedelta, due: bool) -> None:  # noqa: FBT001
    assert is_due(EIGHT, "Asia/Seoul", last=last, now=NOW + after) is due


@given(st.lists(st.integers(1, 200), min_size=1, max_size=60))
def test_no_day_has_two_lines(minutes: list[int]) -> None:
    now, last, days = NOW, None, []
    for step in minutes:
        now += dt.timedelta(minutes=step)
        if is_due(EIGHT, "Europe/Berlin", last=last, now=now):
            last = now
            days.append((now - dt.timedelta(hours=9)).date())
    assert len(days) <= (now - NOW).days + 2


@pytest.mark.fault("OP09")
def test_a_channel_by_which_nothing_goes_is_told_and_its_end() -> None:
    standing = troubles([], refused=None, dead_after=DAY, failing={"mail": "no server"}, now=NOW)
    told = news(standing, {})
    assert told is not None
    assert told.headline == "nothing goes through channel 'mail': no server"
    last = news([], {"channel mail": NOW})
    assert last is not None
    assert last.headline == "channel mail is well again"

from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW, feed
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.due import LONGEST_PAUSE, LONGEST_WAIT, SPREAD, next_due

MINUTES_10 = dt.timedelta(minutes=10)


def pause(
    feed_id: str = "a", *, interval: dt.timedelta = MINUTES_10, failures: int = 0, wait: float | None = None
) -> dt.timedelta:
    return next_due(feed(id=feed_id, interval=interval), now=NOW, failures=failures, wait=wait) - NOW


def test_a_feed_comes_again_after_about_its_interval_always_the_same() -> None:
    assert pause() == pause()
    assert (1 - SPREAD) * MINUTES_10 <= pause() <= (1 + SPREAD) * MINUTES_10


def test_feeds_spread() -> None:
    assert len({pause(str(number)) for number in range(100)}) > 50


def test_the_pause_doubles_with_every_failure_up_to_a_bound() -> None:
    pauses = [pause(failures=failures) for failures in (1, 2, 3, 4, 50, 10_000)]
    assert pauses[0] == pause()
    assert pauses[1:4] == [pause() * 2, pause() * 4, pause() * 8]
    assert pauses[4:] == [LONGEST_PAUSE] * 2


def test_a_feed_of_a_long_interval_is_not_asked_more_often_for_failing() -> None:
    assert pause(interval=dt.timedelta(days=1), failures=5) == pause(interval=dt.timedelta(days=1))


@pytest.mark.fault("HT16")
@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        (3_600.0, dt.timedelta(hours=1)),
        (10 * 365 * 86_400.0, LONGEST_WAIT),
        (9_999_999_999.0, LONGEST_WAIT),
        (1.0, pause()),
        (0.0, pause()),
        (None, pause()),
    ],
)
def test_what_the_server_asks_for_is_kept_within_reason(wait: float | None, expected: dt.timedelta) -> None:
    assert pause(failures=1, wait=wait) == expected


@given(
    st.timedeltas(dt.timedelta(minutes=1), dt.timedelta(days=7)),
    st.integers(0, 200),
    st.none() | st.floats(0, 1e10),
)
def test_a_feed_is_never_given_up(interval: dt.timedelta, failures: int, wait: float | None) -> None:
    longest = max(LONGEST_PAUSE, LONGEST_WAIT, interval * (1 + SPREAD))
    assert interval * (1 - SPREAD) <= pause(interval=interval, failures=failures, wait=wait) <= longest

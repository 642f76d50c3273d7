from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW
from hypothesis import given
from hypothesis import strategies as st

from monitor.web.pace import Limiter, household

SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)


def test_one_client_does_not_spend_what_another_has() -> None:
    limiter = Limiter(1)
    assert limiter.wait("a", now=NOW) == 0
    assert limiter.wait("a", now=NOW) == 60
    assert limiter.wait("b", now=NOW) == 0


def test_a_longer_time_brings_as_many() -> None:
    limiter = Limiter(4, every=HOUR)
    assert [limiter.wait("a", now=NOW) for _ in range(5)] == [0, 0, 0, 0, 900]
    assert limiter.wait("a", now=NOW + HOUR / 4) == 0


def test_clients_are_forgotten_before_they_fill_the_memory() -> None:
    limiter = Limiter(5)
    for number in range(20_100):
        assert limiter.wait(str(number), now=NOW) == 0
    assert len(limiter._buckets) <= 10_000


def test_a_clock_that_is_set_back_keeps_nobody_waiting_for_longer() -> None:
    limiter = Limiter(1)
    assert [limiter.wait("wild", now=NOW) for _ in range(2)] == [0, 60]
    assert limiter.wait("wild", now=NOW - HOUR) == 60
    assert limiter.wait("wild", now=NOW - HOUR + dt.timedelta(minutes=1)) == 0


@given(st.lists(st.integers(min_value=-5, max_value=30), max_size=60), st.integers(min_value=1, max_value=20))
def test_nobody_gets_more_than_a_full_bucket_and_what_time_brings(pauses: list[int], most: int) -> None:
    limiter, now, taken = Limiter(most), NOW, 0
    for pause in pauses:
        now += pause * SECOND
        taken += limiter.wait("a", now=now) == 0
    forward = sum(pause for pause in pauses if pause > 0)
    assert taken <= most + forward * most / 60


@pytest.mark.parametrize(
    ("host", "whole"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_household_is_one_client(host: str, whole: str) -> None:
    assert household(host) == whole

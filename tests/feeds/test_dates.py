from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.dates import read, sane

NOON = dt.datetime(2026, 3, 11, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Wed, 11 Mar 2026 12:00:00 GMT",
        "Wed, 11 Mar 2026 12:00:00 +0000",
        "Wed, 11 Mar 2026 21:00:00 +0900",
        "Wed, 11 Mar 2026 21:00:00 KST",
        "Wed, 11 Mar 2026 21:00:00 JST (Japan Standard Time)",
        "Wed, 11 Mar 2026 20:00 HKT",
        "11 Mar 2026 13:00:00 CET",
        "Wed, 11 Mar 2026 21:00:00 +09:00",
        "Wed, 11 Mar 2026 21:00 GMT+9",
        "Wed Mar 11 2026 21:00:00 GMT+0900 (Korean Standard Time)",
        "Wed, 11 Mar 2026 07:00:00 UTC-05",
        "Wed, 11 Mar 2026 9:00:00 PM KST",
        "Wed, 11 Mar 2026 12:00 pm GMT",
        "Wed, 11-Mar-26 12:00:00 GMT",
        "Wed, 11 Mar 2026 08:00:00 EDT",
        "2026-03-11T12:00:00Z",
        "2026-03-11T21:00:00+09:00",
        "2026-03-11T12:00:00.0000000Z",
        "2026-03-11T12:00Z",
        "2026-03-11 12:00:00",
        "  2026-03-11T12:00:00  ",
    ],
)
def test_a_date_is_read_in_utc(text: str) -> None:
    assert read(text) == NOON


@pytest.mark.parametrize("text", ["Wed, 31 Dec 2025 23:59:60 GMT", "2025-12-31T23:59:60Z"])
def test_a_leap_second_is_the_one_before_it(text: str) -> None:
    assert read(text) == dt.datetime(2025, 12, 31, 23, 59, 59, tzinfo=dt.UTC)


def test_a_day_is_its_midnight() -> None:
    assert read("2026-03-11") == NOON - dt.timedelta(hours=12)


@pytest.mark.fault("DT05")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "1700000000",
        "2026年11月23日 10:00",
        "2026-02-30",
        "2026-03-11T25:61:00+99:99",
        "x" * 10_000,
    ],
)
def test_what_names_no_certain_time_is_no_date(text: str) -> None:
    assert read(text) is None


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    moment = read(text)
    assert moment is None or moment.tzinfo is dt.UTC


@given(st.datetimes(timezones=st.just(dt.UTC)))
def test_what_is_written_in_iso_is_read_back(moment: dt.datetime) -> None:
    assert read(moment.isoformat()) == moment


@pytest.mark.fault("DT03", "DT04", "DT05")
@pytest.mark.parametrize(
    ("ahead", "kept"),
    [
        (dt.timedelta(days=-3_650), dt.timedelta(days=-3_650)),
        (dt.timedelta(0), dt.timedelta(0)),
        (dt.timedelta(hours=9), dt.timedelta(0)),
        (dt.timedelta(days=2), None),
        (dt.timedelta(days=365 * 7_000), None),
        (dt.timedelta(days=-365 * 40), None),
    ],
)
def test_a_time_that_cannot_be_true_is_none(ahead: dt.timedelta, kept: dt.timedelta | None) -> None:
    assert sane(NOON + ahead, now=NOON) == (None if kept is None else NOON + kept)


def test_no_time_is_no_time() -> None:
    assert sane(None, now=NOON) is None

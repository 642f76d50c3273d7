from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from monitor.cli.sparkline import by_week, sparkline


def test_the_highest_bar_is_full_and_nothing_is_a_dot() -> None:
    assert sparkline([0, 1, 4, 8]) == "·▁▄█"
    assert sparkline([]) == ""
    assert sparkline([0, 0]) == "··"
    assert sparkline([0, 1]) == "·█"


@given(st.lists(st.integers(0, 10_000), max_size=60))
def test_a_bar_grows_with_its_value(values: list[int]) -> None:
    bars = sparkline(values)
    assert len(bars) == len(values)
    assert all((bar == "·") is not bool(value) for bar, value in zip(bars, values, strict=True))
    ranked = sorted(zip(values, bars, strict=True))
    assert [bar for value, bar in ranked if value] == sorted(bar for value, bar in ranked if value)


def test_weeks_begin_on_monday_and_the_running_one_is_last() -> None:
    days = {dt.date(2026, 3, 8): 1, dt.date(2026, 3, 9): 2, dt.date(2026, 3, 12): 3, dt.date(2025, 3, 12): 9}
    assert by_week(days, until=dt.date(2026, 3, 12), weeks=3) == [0, 1, 5]

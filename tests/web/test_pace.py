from __future__ import annotations

import datetime as dt

from builders import NOW

from monitor.web.pace import Pace


def test_a_token_that_asks_too_often_waits_and_the_others_do_not() -> None:
    pace = Pace(most=3)
    assert [pace.wait("wild", now=NOW) for _ in range(5)] == [0, 0, 0, 60, 60]
    assert pace.wait("calm", now=NOW) == 0
    assert pace.wait("wild", now=NOW + dt.timedelta(seconds=59.9)) == 1
    assert pace.wait("wild", now=NOW + dt.timedelta(minutes=1)) == 0


def test_a_clock_that_is_set_back_keeps_nobody_waiting() -> None:
    pace = Pace(most=1)
    assert [pace.wait("wild", now=NOW) for _ in range(2)] == [0, 60]
    assert pace.wait("wild", now=NOW - dt.timedelta(hours=1)) == 0

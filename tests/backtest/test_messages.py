"""What every subscription would have been told of the past."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from builders import NOW, alert, report, subscription

from monitor.backtest.messages import Audience, Told, told
from monitor.model import Alert, Level, Subscription, Timing

DESK = subscription(id="desk", escalate_to="chief", escalate_after=dt.timedelta(minutes=15))
CHIEF = subscription(id="chief", rules=frozenset({"none-of-these"}))
CRITICAL = alert(level=Level.CRITICAL, reports=(report(article="a"),))


def minutes(count: int) -> dt.datetime:
    return NOW + dt.timedelta(minutes=count)


def asked(
    *tellings: tuple[dt.datetime, Alert], to: tuple[Subscription, ...] = (DESK, CHIEF), **more: object
) -> dict[str, Told]:
    return dict(told(tellings, Audience(subscriptions=to, **more)))  # type: ignore[arg-type]  # a field by its name


def test_a_critical_alert_that_nobody_acknowledged_is_escalated_once() -> None:
    found = asked((NOW, CRITICAL), (minutes(60), replace(CRITICAL, revision=2)))
    assert found == {"desk": Told(messages=1), "chief": Told(messages=1, escalated=1)}


@pytest.mark.parametrize(("given", "escalated"), [(14, 0), (16, 1)])
def test_one_that_was_acknowledged_in_time_is_not(given: int, escalated: int) -> None:
    found = asked((NOW, CRITICAL), acknowledged={"a": minutes(given)})
    assert found["chief"].escalated == escalated


def test_an_alert_of_a_lower_level_is_escalated_as_soon_as_it_is_critical() -> None:
    high = replace(CRITICAL, level=Level.HIGH)
    assert asked((NOW, high))["chief"].escalated == 0
    found = asked((NOW, high), (minutes(60), replace(CRITICAL, revision=2)))
    assert found == {"desk": Told(messages=2), "chief": Told(messages=1, escalated=1)}


def test_whoever_was_told_anyway_is_not_told_again() -> None:
    found = asked((NOW, CRITICAL), to=(DESK, subscription(id="chief")))
    assert found["chief"] == Told(messages=1)


@pytest.mark.parametrize("off", [{"paused": True}, {"confirmed": False}])
def test_nothing_is_escalated_to_whoever_takes_nothing(off: dict[str, bool]) -> None:
    assert asked((NOW, CRITICAL), to=(DESK, replace(CHIEF, **off)))["chief"] == Told()  # type: ignore[arg-type]


def test_it_goes_on_from_one_to_the_next_and_ends_where_it_comes_back() -> None:
    """The desk, the chief after a quarter of an hour, the head after another."""
    chief = replace(CHIEF, escalate_to="head")
    head = replace(CHIEF, id="head", escalate_to="desk")
    found = asked((NOW, CRITICAL), to=(DESK, chief, head))
    assert [found[name].messages for name in ("desk", "chief", "head")] == [1, 1, 1]


def test_an_escalated_message_uses_up_the_cap_of_whoever_gets_it() -> None:
    chief = replace(CHIEF, rules=frozenset(), min_level=Level.INFORMATIONAL, timing=Timing(cap=1))
    only = replace(CRITICAL, tags=frozenset({"only-desk"}))
    desk, chief = replace(DESK, tags=frozenset({"only-desk"})), replace(chief, tags=frozenset({"other"}))
    later = alert(id="later", level=Level.HIGH, tags=frozenset({"other"}))
    found = asked((NOW, only), (minutes(20), later), to=(desk, chief))
    assert found["chief"] == Told(messages=2, digests=1, escalated=1)

"""Which alerts a silence holds back, and what is said afterwards."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW, alert

from monitor.alerting.silence import hides, note, silencing
from monitor.model import Level, Silence

HOUR = dt.timedelta(hours=1)


def silence(**changed: object) -> Silence:
    defaults: dict[str, object] = {
        "id": "s1",
        "author": "Ryu",
        "reason": "drills",
        "created": NOW - HOUR,
        "until": NOW + HOUR,
    }
    return Silence(**{**defaults, **changed})  # type: ignore[arg-type]  # a builder passes on what it is given


@pytest.mark.parametrize(
    ("about", "hidden"),
    [
        ({}, True),
        ({"rules": frozenset({"dprk-missile-launch"})}, True),
        ({"rules": frozenset({"other"})}, False),
        ({"actors": frozenset({"north-korea"}), "places": frozenset({"sunan"})}, True),
        ({"actors": frozenset({"china"})}, False),
        ({"text": "BALLISTIC"}, True),
        ({"text": "cruise"}, False),
        ({"max_level": Level.MEDIUM}, False),
    ],
)
def test_a_silence_is_about_what_its_filters_say(about: dict[str, object], hidden: bool) -> None:  # noqa: FBT001
    assert hides(silence(**about), alert()) is hidden


def test_a_critical_alert_is_not_hidden_unless_the_silence_says_so() -> None:
    grave = alert(level=Level.CRITICAL)
    assert silencing(grave, [silence()], now=NOW) is None
    assert silencing(grave, [silence(max_level=Level.CRITICAL)], now=NOW) is not None


def test_a_silence_holds_from_its_beginning_to_its_end() -> None:
    found = [silencing(alert(), [silence()], now=NOW + step * HOUR) is not None for step in (-2, -1, 0, 1)]
    assert found == [False, True, True, False]


def test_what_ended_silences_hid_is_told() -> None:
    assert (
        note({silence(until=NOW): 3}) == "A silence by Ryu (drills) that ended 11 Mar 23:00 UTC hid 3 alerts."
    )
    assert note({}) == ""

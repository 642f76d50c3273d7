"""Reports that are denied or taken back: nothing happened, and who says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.model import Event, Status

pytestmark = pytest.mark.model
Told = Callable[..., Event]


@pytest.mark.parametrize(
    ("trigger", "who", "title"),
    [
        ("fired", "rok-jcs", "JCS retracts its report that North Korea fired a ballistic missile"),
        ("missile launch", "rok-military", "South Korea's military withdraws report of North Korean missile launch"),
        ("incursion", "taiwan-military", "Taiwan military withdraws its report of Chinese incursion into air zone"),
        ("fired", "south-korea", "Seoul takes back its earlier statement that North Korea fired a missile"),
        ("missile launch", "south-korea", "Report of North Korean missile launch was wrong, Seoul says"),
        ("missile launch", "japan", "Japan: the North Korean missile launch was a false alarm"),
        ("fire", None, "Correction: North Korea did not fire a missile"),
        ("fire", "south-korea", "Seoul says North Korea did not fire a missile, retracts earlier announcement"),
    ],
)  # fmt: skip
def test_a_report_that_is_taken_back_tells_nothing_and_names_who_takes_it(
    told: Told, trigger: str, who: str | None, title: str
) -> None:
    event = told(trigger, title=title)
    assert (event.status, event.untrue, event.taken_back) == (Status.DENIED, True, True)
    assert (event.reporter.entity.slug if event.reporter else None) == who


@pytest.mark.parametrize(
    ("trigger", "who", "title"),
    [
        ("firing", "north-korea", "Pyongyang denies firing a ballistic missile"),
        ("fired", "south-korea", "Seoul denies report that North Korea fired a missile"),
        ("fired", "south-korea", "South Korea disputes that North Korea fired a missile"),
        ("missile launch", "japan", "No North Korean missile launch took place, Japan says"),
        ("entered", "china", "China denies its aircraft entered Taiwan's air defense zone"),
        ("firing", "north-korea", "Russia-Ukraine war live: North Korea denies firing missiles"),
        ("fired", "north-korea", "Seoul says North Korea denied that it fired a missile"),
    ],
)
def test_a_denial_is_untrue_to_whoever_denies_it(told: Told, trigger: str, who: str, title: str) -> None:
    event = told(trigger, title=title)
    assert (event.status, event.untrue, event.taken_back) == (Status.DENIED, True, False)
    assert event.reporter is not None
    assert event.reporter.entity.slug == who


@pytest.mark.parametrize(
    ("trigger", "title"),
    [
        ("conducted", "North Korea has not conducted a nuclear test since 2017, Seoul says"),
        ("fire", "North Korea did not fire any further missiles on Friday, Seoul says"),
        ("launch", "North Korea cancels launch of a missile"),
        ("fire", "North Korea did not fire a missile"),
    ],
)
def test_what_was_called_off_or_has_not_come_yet_is_no_untruth(told: Told, trigger: str, title: str) -> None:
    assert not told(trigger, title=title).untrue


@pytest.mark.parametrize(
    ("trigger", "title"),
    [
        ("fired", "Seoul withdraws troops after report that North Korea fired a missile"),
        ("fired", "Japan said the report that North Korea fired a missile was correct"),
        ("fired", "North Korea fired a missile, and the forecast was wrong"),
    ],
)
def test_what_else_is_withdrawn_or_wrong_takes_no_report_back(told: Told, trigger: str, title: str) -> None:
    assert told(trigger, title=title).status is not Status.DENIED

"""Turns of phrase that decide whether a deed happened."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.model import Event, Status

pytestmark = pytest.mark.model
Told = Callable[..., Event]


@pytest.mark.parametrize(
    ("trigger", "text", "cue"),
    [
        ("test", "North Korea has yet to test its newest missile.", "yet"),
        ("launched", "The destroyer has yet to be launched, satellite pictures show.", "yet"),
        ("cross", "The drone was lost before it could cross the border.", "before"),
        ("entered", "It was not Chinese jets that entered the zone, Taipei said.", "not"),
        ("missile launch", "Kim backs away from missile launch near Guam", "backs"),
        ("missile strike", "Kim holds off on missile strike near Guam", "holds"),
    ],
)
def test_what_did_not_come_to_pass_is_denied(told: Told, trigger: str, text: str, cue: str) -> None:
    event = told(trigger, text)
    assert event.status is Status.DENIED
    assert event.status_cue is not None
    assert event.status_cue.text == cue


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("strike", "Pyongyang will not hesitate to strike the South if provoked, its army said."),
        ("shoot down", "We won't hesitate to shoot down any drone, the general warned."),
        ("blockade", "Beijing would have no option but to blockade the island, the envoy said."),
    ],
)
def test_what_one_will_not_shrink_from_is_threatened(told: Told, trigger: str, text: str) -> None:
    assert told(trigger, text).status is Status.THREATENED


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("seventh nuclear test", "A seventh nuclear test is possible at any time, Seoul's spy agency said."),
        ("launch", "Another launch is imminent, Japan's defence minister said."),
        ("seized", "In a war game run by the institute, China seized the island in a week."),
        ("nuclear test", "Seoul would answer in the event of a nuclear test by the North."),
    ],
)
def test_what_may_come_or_is_only_played_is_hypothetical(told: Told, trigger: str, text: str) -> None:
    assert told(trigger, text).status is Status.HYPOTHETICAL


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("satellite launches", "The panel said that two satellite launches were under preparation."),
        ("launch", "North Korea's launch of a missile is in the works, Seoul said."),
        ("naval drills", "China-Russia naval drills to begin on Monday"),
    ],
)
def test_what_is_under_way_to_come_is_planned(told: Told, trigger: str, text: str) -> None:
    assert told(trigger, text).status is Status.PLANNED


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("launch", "The launch is likely to anger Washington."),
        ("entered", "It was not the first time that Chinese jets entered the zone."),
        ("crossed", "It was not just the navy that crossed the line."),
        ("send", "China did not hesitate to send jets across the median line on Tuesday."),
        ("fired", "In war games off Taiwan on Monday, the PLA fired rockets into the strait."),
        ("launched", "The object the North launched was likely a satellite."),
    ],
)
def test_the_same_words_around_a_deed_that_was_done_change_nothing(
    told: Told, trigger: str, text: str
) -> None:
    assert told(trigger, text).status is Status.OCCURRED

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.model import Event, Status

pytestmark = pytest.mark.model
Told = Callable[..., Event]


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("missile tests", "Amid a series of missile tests by North Korea, Japan raised its budget."),
        ("missile launches", "Tensions are high after a string of North Korean missile launches."),
        ("fired", "North Korea fired a record number of missiles this year."),
        ("fly", "Chinese jets fly ever more often near Taiwan."),
        ("incursions", "Taiwan complains of frequent Chinese incursions into its ADIZ."),
        ("sends", "China regularly sends warships to the area."),
        ("nuclear tests", "Talks stalled because of North Korea's nuclear tests."),
        ("missile tests", "Japan imposed sanctions over North Korea's missile tests."),
        ("missile tests", "Japan lives with unprecedented missile tests by North Korea."),
        ("testing", "China is ahead of the US in developing and testing hypersonic missiles."),
        ("missile launches", "Seoul built a shield against North Korean missile launches."),
        ("summit", "The drills are the biggest since the summit between Trump and Kim Jong Un."),
        ("launched", "The council met after North Korea launched a series of missiles."),
        ("fired", "It is the first talk of peace since North Korea fired missiles."),
        ("built", "The frigate will pass reefs where China has built bases."),
        ("protested", "Malaysia once protested to China over jets."),
        ("drills", "The fleet, which drills with China's navy each summer, is based there."),
        ("drills", "China and Russia often hold joint drills."),
        ("nuclear test", "A quake was felt where North Korea recently conducted a nuclear test."),
    ],
)
def test_what_only_sets_the_scene_is_background(told: Told, trigger: str, text: str) -> None:
    event = told(trigger, text)
    assert event.status is Status.HISTORICAL
    assert event.status_cue is not None


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("missile launch", "Following North Korea's missile launch, Seoul held a meeting."),
        ("missile tests", "North Korea conducted two missile tests."),
        ("missile launches", "North Korea's latest missile launches alarmed Tokyo."),
        ("arrested", "The editor, who has been arrested in Hong Kong, ran a daily."),
        ("missile tests", "North Korea resumed missile tests."),
        ("pledges", "Moscow pledges unprecedented military support to North Korea."),
        ("missile launches", "North Korea's leader inspected missile launches."),
        ("worst food shortages", "North Koreans are experiencing their worst food shortages."),
        ("missile test", "North Korea recently conducted a missile test."),
        ("missile launches", "The missile launches took place at dawn."),
        ("missile tests", "North Korea carried out a series of missile tests on Tuesday."),
        ("military drills", "China began military drills around Taiwan."),
        ("missile launch", "The third missile launch in a week came at dawn."),
        ("launch", "Japan protested after North Korea's launch on Tuesday."),
        ("naval drills", "China's naval drills near Taiwan continued on Monday."),
        ("missile launch", "An apparent missile launch by North Korea was seen from Japan."),
        ("worst food shortages", "North Korea suffers one of its worst food shortages."),
        ("missile tests", "North Korea's missile tests could be a message to Seoul."),
    ],
)
def test_what_is_told_as_news_is_no_background(told: Told, trigger: str, text: str) -> None:
    assert told(trigger, text).status is Status.OCCURRED


def test_a_day_of_its_own_makes_news_of_what_else_were_the_setting(told: Told) -> None:
    setting = "Talks stalled because of North Korea's missile tests{}."
    assert told("missile tests", setting.format("")).status is Status.HISTORICAL
    assert told("missile tests", setting.format(" on Tuesday")).status is Status.OCCURRED


@pytest.mark.parametrize("thing", ["missile test site", "missile launch pad", "nuclear test facility"])
def test_a_deed_that_only_names_a_thing_is_no_event(told: Told, thing: str) -> None:
    trigger = thing.rsplit(" ", 1)[0]
    with pytest.raises(AssertionError, match="no event"):
        told(trigger, f"North Korea repaired a {thing}.")


@pytest.mark.parametrize(
    ("trigger", "title"),
    [
        ("Missile launches", "Missile launches by North Korea draw US rebuke"),
        ("missile tests", "North Korean missile tests rattle Japan"),
        ("missile launches", "Japan lodges protest over North Korean missile launches"),
        ("missile launches", "Kim oversees missile launches"),
        ("missile launches", "South Korea detects North Korean missile launches"),
    ],
)
def test_a_headline_reports_several_deeds_by_what_they_set_off(told: Told, trigger: str, title: str) -> None:
    assert told(trigger, title=title).status is Status.OCCURRED


@pytest.mark.parametrize(
    ("trigger", "title", "text"),
    [
        ("missile tests", "Analysis of North Korean missile tests", ""),
        ("missile tests", "Concern grows over North Korean missile tests", ""),
        ("missile tests", "US and Japan discuss North Korean missile tests", ""),
        ("missile launches", "Japan lodges protest over frequent North Korean missile launches", ""),
        ("missile tests", "", "North Korean missile tests have rattled Japan."),
    ],
)
def test_several_deeds_that_others_talk_over_are_background(
    told: Told, trigger: str, title: str, text: str
) -> None:
    assert told(trigger, text, title=title).status is Status.HISTORICAL


@pytest.mark.parametrize(
    ("trigger", "title"),
    [
        ("missile tests", "Kim raises tension with missile tests"),
        ("missile launches", "North Korea rings in new year with missile launches"),
    ],
)
def test_what_something_is_done_with_is_news(told: Told, trigger: str, title: str) -> None:
    assert told(trigger, title=title).status is Status.OCCURRED


def test_a_headline_verb_that_is_parsed_as_a_plural_is_news(told: Told) -> None:
    assert (
        told("flies", title="B-1B flies with jets of South Korea and Japan east of Jeju").status
        is Status.OCCURRED
    )

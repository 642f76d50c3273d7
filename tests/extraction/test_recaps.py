from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.model import Event, Status

pytestmark = pytest.mark.model
Told = Callable[..., Event]
TITLE = "Ministers gather in Jakarta"
LEAD = "Ministers of ten states gathered in Jakarta on Monday. They were to dine together. "


@pytest.mark.parametrize(
    ("trigger", "recalled"),
    [
        ("tested", "Pyongyang, which has tested six nuclear devices, is under heavy sanctions."),
        ("tested", "Kim, who has tested four nuclear bombs, stayed at home."),
        ("launched", "North Korea has launched dozens of ballistic missiles under his rule."),
        ("sent", "North Korea has sent thousands of troops to Russia."),
        ("fired", "The North had fired a missile over Japan, to the alarm of its people."),
        ("launched", "Relations soured after North Korea launched a satellite."),
        ("launched", "She led the mission when North Korea launched a satellite."),
        ("launched", "It would be the first visit since the North launched a missile."),
        ("fired", "The allies scaled up their drills after the North fired missiles over Japan."),
        ("satellite launch", "The two sides fell out after a North Korean satellite launch."),
        ("fired", "Analysts say the North has fired missiles to win concessions."),
        ("fired", "The North fired two missiles while the president was in office."),
    ],
)
def test_what_a_later_sentence_recalls_is_no_news(told: Told, trigger: str, recalled: str) -> None:
    event = told(trigger, LEAD + recalled, title=TITLE)
    assert event.status is Status.HISTORICAL
    assert event.status_cue is not None


@pytest.mark.parametrize(
    ("trigger", "news"),
    [
        ("fired", "North Korea fired two missiles into the sea."),
        ("fired", "Hours after they met, North Korea had fired two missiles."),
        ("fired", "North Korea has fired a missile."),
        ("fired", "North Korea has fired several missiles, the army in Seoul said."),
        ("fired", "According to the army in Seoul, North Korea has fired several missiles."),
        ("launched", "Seoul said that the North had launched two missiles."),
        ("fired", "The forum comes after North Korea fired missiles over Japan."),
        ("fired", "The forum was cut short a day after North Korea fired missiles over Japan."),
        ("fired", "The forum was cut short after North Korea fired missiles on Monday."),
        ("firing", "North Korea has been firing missiles into the sea."),
    ],
)
def test_what_a_later_sentence_tells_as_news_stays_so(told: Told, trigger: str, news: str) -> None:
    assert told(trigger, LEAD + news, title=TITLE).status in {Status.OCCURRED, Status.CLAIMED}


def test_headline_and_first_sentence_recall_nothing(told: Told) -> None:
    news = "Relations soured after North Korea launched two missiles."
    assert told("launched", news, title=TITLE).status is Status.OCCURRED
    assert told("launched", "", title=news).status is Status.OCCURRED


def test_a_later_sentence_goes_on_with_what_the_headline_names(told: Told) -> None:
    news = "Relations soured after North Korea launched two missiles."
    title = "Seoul counts two missiles"
    assert told("launched", LEAD + news, title=title).status is Status.OCCURRED


@pytest.mark.parametrize("how", ["usually", "typically", "always", "long"])
def test_a_habit_is_no_news(told: Told, how: str) -> None:
    event = told("fired", f"North Korea has {how} fired missiles to answer the drills.")
    assert event.status is Status.HISTORICAL

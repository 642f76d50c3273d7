"""Whom a sentence sets against the doer where it names no recipient outright."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from monitor.model import Event, Mention

pytestmark = pytest.mark.model
Told = Callable[..., Event]


def countries(mentions: Sequence[Mention]) -> str:
    return " ".join(sorted({mention.entity.country for mention in mentions}))


@pytest.mark.parametrize(
    ("trigger", "text", "actor", "faced"),
    [
        ("leave", "China told Vietnam to leave the reef.", "CN", "VN"),
        ("said", "Russia said on Monday that Japan must return the islands.", "RU", "JP"),
        ("demanded", "The United States demanded that North Korea free the crew.", "US", "KP"),
        ("warns", "Japan will regret its missile plan, North Korea warns.", "KP", "JP"),
        ("sank", "A Chinese ship sank a trawler from Vietnam.", "CN", "VN"),
        ("rejected", "North Korea rejected calls by Japan for talks.", "KP", "JP"),
        ("tested", "China tested a missile with the range to hit American carriers.", "CN", "US"),
        (
            "has six",
            "China has six submarines carrying missiles that can reach the United States.",
            "CN",
            "US",
        ),
        (
            "missile tests",
            "North Korea's missile tests are practice for a strike on South Korea.",
            "KP",
            "KR",
        ),
        ("sailed", "A Chinese carrier sailed past the islets on Sunday, angering Japan.", "CN", "JP"),
        ("crossed", "South Korea fired shots after North Korean drones crossed the border.", "KP", "KR"),
    ],
)
def test_the_other_side_is_named_where_grammar_names_no_recipient(
    told: Told, trigger: str, text: str, actor: str, faced: str
) -> None:
    event = told(trigger, text)
    assert (countries(event.actors), countries(event.recipients or event.facing)) == (actor, faced)


@pytest.mark.parametrize(
    ("trigger", "title", "actor", "faced"),
    [
        ("pressure", "Seoul under pressure from Beijing to drop missile shield", "CN", "KR"),
        ("trade curbs", "Lithuania faces Chinese trade curbs for its vote", "CN", "LT"),
        ("names", "Japan angered as Russia names two disputed islands", "RU", "JP"),
        ("live-fire exercises", "China to hold live-fire exercises opposite Taiwan", "CN", "TW"),
        ("promises", "North Korea slams Japan’s missile plan, promises ‘action’", "KP", "JP"),
        ("sends", "North Korea sends shells to Russian troops, claims US", "KP", "RU"),
    ],
)
def test_headlines_name_it_in_fewer_words(
    told: Told, trigger: str, title: str, actor: str, faced: str
) -> None:
    event = told(trigger, title=title)
    assert (countries(event.actors), countries(event.recipients or event.facing)) == (actor, faced)


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("fired", "North Korea fired a missile, Japan said."),
        ("fired", "North Korea fired a missile after American troops left Seoul."),
        ("fired", "North Korea fired a missile amid talks with Japan."),
        ("launched", "Japan urged calm after North Korea launched a missile."),
    ],
)
def test_who_only_tells_or_is_named_for_the_time_is_not_faced(told: Told, trigger: str, text: str) -> None:
    assert told(trigger, text).facing == ()


def test_whom_somebody_unknown_warns_is_not_the_doer(told: Told) -> None:
    event = told("stop", title="Envoy of the rebels warned US to stop drills")
    assert (event.actors, countries(event.facing)) == ((), "US")


def test_who_tells_at_the_end_of_a_headline_is_its_reporter(told: Told) -> None:
    event = told("sent", title="China sent 20 jets across the line, says Taiwan")
    assert (countries(event.actors), event.reporter and event.reporter.entity.country) == ("CN", "TW")


def test_whom_a_taking_robs_is_not_its_doer(told: Told) -> None:
    event = told("theft", title="North Korean hackers behind $300 million theft from Japanese exchange")
    assert (countries(event.actors), countries(event.recipients)) == ("KP", "JP")


def test_who_says_that_another_should_do_it_asks_for_it(told: Told) -> None:
    event = told("pay", "Washington said that Japan should pay more for the bases.")
    assert (countries(event.actors), countries(event.asked_by)) == ("JP", "US")

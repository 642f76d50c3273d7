"""The event of a match as the whole article tells it."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import actor, event
from matching.test_judge import rule

from monitor.matching.whole import as_whole
from monitor.model import Count, Event, Mention

NORTH = actor()
SOUTH = actor("south-korea", "KR", "Seoul")
JAPAN = actor("japan", "JP", "Seoul")
BUREAU = actor("rok-military", "KR", "Seoul")
GUESSED = frozenset({"actor"})


def sides(mentions: tuple[Mention, ...]) -> list[str]:
    return [mention.entity.slug for mention in mentions]


def whole(told: Event, *article: Mention, others: tuple[Event, ...] = ()) -> Event:
    return as_whole(told, others, rule(presumed=(NORTH.entity,)), article)


def test_who_only_suffered_the_deed_or_told_of_it_is_not_its_doer() -> None:
    found = whole(event(actors=(BUREAU,), inferred=GUESSED), BUREAU, NORTH)
    assert sides(found.actors) == ["north-korea"]


def test_whom_grammar_took_for_the_doer_is_the_one_it_was_done_to() -> None:
    found = whole(event(actors=(SOUTH,)), SOUTH, NORTH)
    assert (sides(found.actors), sides(found.recipients)) == (["north-korea"], ["south-korea"])


def test_of_what_two_do_to_each_other_the_doer_whom_the_rule_is_about_comes_first() -> None:
    found = whole(event(actors=(SOUTH, NORTH), recipients=(NORTH, SOUTH)), SOUTH, NORTH)
    assert sides(found.actors) == ["north-korea", "south-korea"]
    assert sides(found.recipients) == ["south-korea", "north-korea"]


def test_an_article_that_names_no_doer_tells_of_the_one_whom_the_rule_names() -> None:
    assert sides(whole(event(actors=())).actors) == ["north-korea"]


def test_a_rule_about_anybodys_deeds_leaves_the_doer_as_read() -> None:
    found = as_whole(event(actors=(SOUTH,)), (), rule(doers=frozenset()), (SOUTH, NORTH))
    assert sides(found.actors) == ["south-korea"]


@pytest.mark.parametrize(
    ("article", "facing"),
    [((NORTH, BUREAU), ["rok-military"]), ((NORTH, SOUTH, JAPAN), []), ((NORTH,), [])],
)
def test_the_one_other_side_of_an_article_is_the_recipient_and_of_several_none(
    article: tuple[Mention, ...], facing: list[str]
) -> None:
    assert sides(whole(event(), *article).recipients) == facing


def test_a_recipient_that_grammar_names_stands() -> None:
    assert sides(whole(event(recipients=(JAPAN,)), NORTH, SOUTH).recipients) == ["japan"]


def test_whom_the_sentence_sets_against_the_doer_is_the_recipient_before_the_article_is_asked() -> None:
    assert sides(whole(event(facing=(JAPAN,)), NORTH, SOUTH).recipients) == ["japan"]
    assert sides(whole(event(recipients=(JAPAN,), facing=(SOUTH,)), NORTH).recipients) == ["japan"]


def test_a_rule_may_say_to_whom_its_deeds_are_done() -> None:
    about = rule(suffering=frozenset({"japan", "south-korea"}), presumed_to=(JAPAN.entity,))

    def told(event: Event, *article: Mention) -> list[str]:
        return sides(as_whole(event, (), about, article).recipients)

    assert told(event(recipients=(BUREAU,)), NORTH, JAPAN) == ["rok-military"]
    assert told(event(), NORTH, actor("china", "CN"), SOUTH) == ["south-korea"]
    assert told(event(), NORTH) == ["japan"]
    assert told(event(actors=(JAPAN,)), JAPAN) == []


def test_who_says_that_another_should_do_it_is_the_one_who_acts() -> None:
    found = as_whole(event(actors=(SOUTH,), asked_by=(JAPAN,)), (), rule(doers=frozenset()), ())
    assert (sides(found.actors), sides(found.recipients)) == (["japan"], ["south-korea"])
    about_the_south = rule(doers=frozenset({"south-korea"}))
    assert sides(as_whole(event(actors=(SOUTH,), asked_by=(JAPAN,)), (), about_the_south, ()).actors) == [
        "south-korea"
    ]


def test_a_body_of_no_country_stands_beside_the_state_it_is_about() -> None:
    panel = actor("un-panel", "", "Seoul")
    assert sides(whole(event(recipients=(panel,), facing=(JAPAN,)), NORTH).recipients) == [
        "japan",
        "un-panel",
    ]
    assert sides(whole(event(recipients=(panel,)), NORTH).recipients) == ["un-panel"]


def test_day_and_number_come_from_another_sentence_where_the_best_one_leaves_them_out() -> None:
    told = event(date=dt.date(2026, 3, 11), date_given=False, count=None)
    other = event(count=Count(min=3, max=3, text="three"))
    found = whole(told, NORTH, others=(other,))
    assert (found.date, found.count) == (other.date, other.count)

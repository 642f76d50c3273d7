from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW, actor, article, event, match, place

from monitor.alerting.keys import (
    actor_keys,
    event_date,
    event_keys,
    guessed,
    moved,
    same_day_keys,
    settled,
    shared_keys,
    sought_keys,
    story_keys,
)
from monitor.model import Match

DAY = dt.date(2026, 3, 12)


def undated() -> Match:
    return match(event=event(date=DAY, date_given=False))


def test_a_key_names_family_actor_place_and_day() -> None:
    assert event_keys(article(), match()) == {"missile|KP|*|2026-03-12"}


def test_a_day_that_only_the_article_gave_is_marked_as_a_guess() -> None:
    (key,) = event_keys(article(), undated())
    assert key == "missile|KP|*|~2026-03-12"
    assert guessed(key)
    assert not guessed("missile|KP|*|2026-03-12")


def test_a_rule_that_groups_by_day_alone_asks_no_actor() -> None:
    assert event_keys(article(), match(group_by=("date",))) == {"missile|*|*|2026-03-12"}


def test_the_same_day_is_sought_named_or_guessed() -> None:
    keys = {"missile|KP|*|2026-03-12", "missile|KP|*|~2026-03-12"}
    assert same_day_keys(article(), match()) == keys
    assert same_day_keys(article(), undated()) == keys


def test_a_story_is_sought_on_three_days_to_both_sides_whatever_the_place() -> None:
    placed = match(group_by=("actor", "place", "date"))
    keys = story_keys(article(), placed)
    assert {key.rpartition("|")[0] for key in keys} == {"missile|KP|*"}
    assert {key.rpartition("|")[2] for key in keys if not guessed(key)} == {
        f"2026-03-{day:02}" for day in range(9, 16)
    }
    assert len(keys) == 14


def test_all_keys_are_loaded_before_grouping() -> None:
    told = article()
    assert sought_keys(told, [match()]) == same_day_keys(told, match()) | story_keys(told, match())
    assert sought_keys(told, []) == frozenset()


def test_a_copy_told_on_another_day_moves_to_the_day_of_the_alert() -> None:
    assert moved(frozenset({"a|K|*|2026-03-13"}), frozenset({"a|K|*|2026-03-12"})) == {"a|K|*|2026-03-12"}


@pytest.mark.parametrize(
    ("sought", "held", "agree", "shared"),
    [
        ({"a|K|*|d"}, {"a|K|*|d"}, False, {"a|K|*|d"}),
        ({"a|K|x|d", "a|K|*|d"}, {"a|K|y|d", "a|K|*|d"}, False, set()),
        ({"a|K|x|d", "a|K|*|d"}, {"a|K|y|d", "a|K|*|d"}, True, {"a|K|*|d"}),
        ({"a|K|x|d", "a|K|*|d"}, {"a|K|*|d"}, False, {"a|K|*|d"}),
        ({"a|K|x|d", "a|K|*|d"}, {"a|K|x|d", "a|K|*|d"}, False, {"a|K|x|d"}),
        ({"a|K|*|d"}, {"b|K|*|d"}, False, set()),
    ],
)
def test_two_places_keep_apart_what_only_the_rest_joins(
    sought: set[str], held: set[str], shared: set[str], *, agree: bool
) -> None:
    assert shared_keys(frozenset(sought), frozenset(held), places_agree=agree) == shared


@pytest.mark.parametrize(
    ("keys", "put_right"),
    [
        ({"a|K|*|~2026-03-13", "a|K|*|2026-03-12"}, {"a|K|*|2026-03-12"}),
        ({"a|K|*|~2026-03-20", "a|K|*|2026-03-12"}, {"a|K|*|~2026-03-20", "a|K|*|2026-03-12"}),
        ({"a|K|*|~2026-03-15", "a|K|*|2026-03-12"}, {"a|K|*|2026-03-12"}),
        ({"a|K|*|~2026-03-13"}, {"a|K|*|~2026-03-13"}),
        ({"a|K|*|~2026-03-14", "a|K|*|~2026-03-13"}, {"a|K|*|~2026-03-13"}),
        (set(), set()),
    ],
)
def test_a_guess_gives_way_to_a_named_day_beside_it(keys: set[str], put_right: set[str]) -> None:
    assert settled(frozenset(keys)) == put_right
    assert settled(settled(frozenset(keys))) == put_right


@pytest.mark.parametrize(
    ("zone", "day"), [("Asia/Seoul", 12), ("", 11), ("America/New_York", 11), ("Asia/Tokyo", 12)]
)
def test_without_a_date_the_day_is_that_of_the_place_when_the_article_came_out(zone: str, day: int) -> None:
    told = article(published=NOW)  # 23:00 UTC on the 11th
    undated_here = event(date=None, date_given=False, places=(place(timezone=zone),))
    assert event_date(told, undated_here) == dt.date(2026, 3, day)


def test_an_army_and_its_state_are_one_actor() -> None:
    both = event(actors=(actor(), actor("kpa", "KP"), actor("lazarus", "")))
    assert actor_keys(both) == ("KP", "lazarus")

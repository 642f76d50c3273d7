from __future__ import annotations

import pytest
from builders import actor, article, event, match

from monitor.evaluation import (
    Figures,
    Labelled,
    directions,
    evaluate,
    keywords,
    micro,
    read_direction,
    wilson,
)
from monitor.model import Entity, Event, Kind, Match, Mention, Need, Reading, Span, Verdict


def labelled(*labels: str, sure: bool = True, **actors: frozenset[str]) -> Labelled:
    return Labelled(article=article(), labels=frozenset(labels), sure=sure, **actors)


def mention(slug: str) -> Mention:
    span = Span(field="text", start=0, end=1, text="x")
    return Mention(span=span, entity=Entity(slug=slug, kind=Kind.ACTOR, terms=()))


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        (0, 10, 0.0, 0.278),
        (10, 10, 0.722, 1.0),
        (81, 263, 0.255, 0.366),
    ],  # the last is Newcombe's (1998) example
)
def test_wilson_bounds_are_those_of_the_literature(hits: int, total: int, low: float, high: float) -> None:
    bounds = wilson(hits, total)
    assert bounds is not None
    assert bounds == pytest.approx((low, high), abs=0.001)


def test_nothing_counted_has_no_bounds() -> None:
    assert wilson(0, 0) is None


def test_a_label_without_a_match_is_a_miss_with_its_reason() -> None:
    (tally, total) = evaluate([(labelled("launch"), Verdict())], ["launch"])
    assert [wrong.reason for wrong in tally.misses] == ["no event that the rule knows"]
    assert tally.figures.recall == total.figures.recall == 0
    assert tally.figures.precision is None


def test_items_that_are_not_sure_are_left_out() -> None:
    (tally, _) = evaluate([(labelled("launch", sure=False), Verdict())], ["launch"])
    assert tally.figures == Figures()


def test_all_rules_together_are_their_counts_added_up() -> None:
    tallies = evaluate([(labelled("launch", "patrol"), Verdict())], ["launch", "patrol"])
    assert micro(tallies[:-1]).figures.labelled == 2


def test_keywords_fire_on_one_mention_of_each_part_anywhere() -> None:
    needs = {"launch": [Need(sentence=(frozenset({"fire"}),), article=(frozenset({"north-korea", "kim"}),))]}
    both = Reading(mentions=(mention("fire"), mention("kim")))
    one = Reading(mentions=(mention("fire"),))
    figures = keywords([labelled("launch"), labelled("launch")], [both, one], needs)["launch"]
    assert (figures.labelled, figures.found, figures.right) == (2, 1, 1)


def test_direction_counts_only_where_both_sides_were_found() -> None:
    items = [labelled(actors=frozenset({"KP"}), recipients=frozenset({"JP"})) for _ in range(3)]
    said = [
        (frozenset({"KP"}), frozenset({"JP"})),
        (frozenset({"JP"}), frozenset({"KP"})),
        None,
    ]
    found = directions(items, said)
    assert (found.items, found.both, found.right) == (3, 2, 1)


def test_direction_is_that_of_a_match_and_without_one_that_of_the_first_sentence_that_has_both() -> None:
    north, japan, china = actor(), actor("japan", "JP"), actor("china", "CN")
    fired = event(actors=(north,), recipients=(japan,))
    together = event(actors=(china, japan), recipients=(japan, china))
    faced = event(actors=(china,), facing=(japan,))
    guessed = event(actors=(china,), recipients=(japan,), inferred=frozenset({"actor"}))

    def said(*events: Event, matches: tuple[Match, ...] = ()) -> object:
        return read_direction(Reading(events=events), Verdict(matches=matches))

    assert said(faced, matches=(match(event=fired),)) == (frozenset({"KP"}), frozenset({"JP"}))
    assert said(together, fired) == (frozenset({"KP"}), frozenset({"JP"}))
    assert said(faced) == (frozenset({"CN"}), frozenset({"JP"}))
    assert said(guessed) is None
    assert said(fired, faced, matches=(match(event=event(actors=(china,))),)) == said(faced)

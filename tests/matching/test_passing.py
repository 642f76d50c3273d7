"""What a rule passes over that is told in one word of the text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import event, mention, span

from monitor.matching.explain import explain
from monitor.matching.judge import RuleIndex, judge
from monitor.matching.rule import Condition, Rule
from monitor.model import Because, Event, Kind, Level, Mention, Reading, Span, Status

ACTION = frozenset({"launch"})
ASIDE = event(aside=True)
DONE = frozenset({Status.OCCURRED})
BY_NORTH = Condition(actor=frozenset({"north-korea"}), action=ACTION, status=DONE)
OF_MISSILE = Condition(object=frozenset({"srbm"}), action=ACTION, status=DONE)
TITLED = replace(
    event(),
    sentence=Span(field="title", start=0, end=5, text="fired"),
    action=mention("launch", Kind.ACTION, text="fired"),
)


def rule(*when: Condition, counts: bool = False) -> Rule:
    return Rule(
        id="launch",
        title="A launch",
        level=Level.HIGH,
        status="stable",
        reference="",
        about="",
        tags=(),
        family="launch",
        group_by=("actor", "date"),
        doers=frozenset(),
        presumed=(),
        suffering=frozenset(),
        presumed_to=(),
        when=when or (BY_NORTH,),
        unless=(),
        raise_to=(),
        examples=(),
        revision="r",
        path="x.yml",
        counts_in_passing=counts,
    )


def reading(*events: Event, titled: bool = True, mentions: tuple[Mention, ...] = ()) -> Reading:
    named = [each for told in events for each in (told.action, *told.actors, *told.objects)]
    return Reading(events=events, mentions=(*named, *mentions), titled=titled)


def fires(of: Rule, read: Reading) -> bool:
    said = judge(read, RuleIndex.of([of]))
    bare = judge(read, RuleIndex.of([of]), misses=False)
    assert (bare.matches, bare.near_misses) == (said.matches, ()), "near misses change no match"
    return bool(said.matches)


def in_title(entity: Mention) -> Mention:
    return replace(entity, span=Span(field="title", start=0, end=6, text="launch"))


def test_one_word_that_stands_aside_and_fits_one_alternative_is_told_in_passing() -> None:
    read = reading(ASIDE)
    assert not fires(rule(), read)
    (miss,) = judge(read, RuleIndex.of([rule()])).near_misses
    assert (miss.because, miss.sentence) == (Because.PASSING, ASIDE.sentence)


def test_so_is_the_deed_of_somebody_whom_the_title_does_not_name() -> None:
    assert not fires(rule(), reading(event()))
    assert fires(rule(), reading(event(), mentions=(in_title(event().actors[0]),)))


@pytest.mark.parametrize(
    ("of", "read"),
    [
        (rule(counts=True), reading(ASIDE)),
        (rule(), reading(ASIDE, titled=False)),
        (rule(BY_NORTH, OF_MISSILE), reading(ASIDE)),
        (rule(), reading(ASIDE, replace(ASIDE, action=mention("launch", Kind.ACTION, text="Sunan")))),
        (rule(), reading(TITLED)),
        (rule(), reading(ASIDE, mentions=(in_title(ASIDE.action),))),
    ],
    ids=["counted", "no title", "two alternatives", "two words", "in the title", "the title names it"],
)
def test_what_has_more_behind_it_counts(of: Rule, read: Reading) -> None:
    assert fires(of, read)


def test_an_explanation_says_so() -> None:
    said = explain(rule(), reading(ASIDE))
    assert said.passing
    assert said.flips is None
    assert said.match is None
    assert span("fired") == said.events[0].event.action.span

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from builders import actor, event, mention, place, span
from hypothesis import given
from hypothesis import strategies as st

from monitor.matching.judge import RuleIndex, judge
from monitor.matching.rule import Condition, Rule
from monitor.model import Because, Count, Event, Kind, Level, Mention, Reading, Span, Status, Verdict

MISSILES = frozenset({"srbm", "icbm"})
FIRES_ON = frozenset({Status.OCCURRED, Status.CLAIMED})
LAUNCH = Condition(
    actor=frozenset({"north-korea"}), action=frozenset({"launch"}), object=MISSILES, status=FIRES_ON
)
ICBM = mention("icbm", Kind.OBJECT, text="ballistic missiles")
JAPAN = mention("japan", Kind.ACTOR, text="Seoul")
CHINA = mention("china", Kind.ACTOR, text="Seoul")
SPORT = mention("sport", Kind.TOPIC, text="two")
CUE = span("said")


def rule(*when: Condition, **changed: object) -> Rule:
    defaults: dict[str, object] = {
        "id": "launch",
        "title": "North Korea launches a missile",
        "level": Level.HIGH,
        "status": "stable",
        "reference": "",
        "about": "",
        "tags": (),
        "family": "missile",
        "group_by": ("actor", "date"),
        "doers": frozenset({"north-korea"}),
        "presumed": (),
        "suffering": frozenset(),
        "presumed_to": (),
        "when": when or (LAUNCH,),
        "unless": (),
        "raise_to": (),
        "examples": (),
        "revision": "r1",
        "path": "x.yml",
    }
    return Rule(**{**defaults, **changed})  # type: ignore[arg-type]  # a builder passes on what it is given


def verdict(*events: Event, of: Rule | None = None, mentions: tuple[Mention, ...] = ()) -> Verdict:
    found = [(each.action, *each.actors, *each.objects, *each.recipients, *each.places) for each in events]
    read = Reading(events=events, mentions=(*sum(found, ()), *mentions))
    index = RuleIndex.of([of or rule()])
    said = judge(read, index)
    assert judge(read, index, misses=False) == replace(said, near_misses=()), "all else is said alike"
    return said


def test_a_rule_that_holds_gives_a_match_with_what_it_rests_on() -> None:
    (match,) = verdict(event()).matches
    assert (match.rule, match.level, match.family, match.revision) == ("launch", Level.HIGH, "missile", "r1")
    assert match.event == event()
    assert [(each.role, each.span.text) for each in match.evidence] == [
        ("action", "fired"),
        ("actor", "North Korea"),
        ("object", "short-range ballistic missiles"),
    ]
    assert verdict(event()).near_misses == ()


@pytest.mark.parametrize(
    ("told", "because"),
    [
        (event(status=Status.PLANNED, status_cue=CUE), Because.PLANNED),
        (event(status=Status.THREATENED, status_cue=CUE), Because.THREATENED),
        (event(status=Status.HYPOTHETICAL, status_cue=CUE), Because.HYPOTHETICAL),
        (event(status=Status.HISTORICAL, status_cue=CUE), Because.HISTORICAL),
        (event(status=Status.DENIED, status_cue=CUE), Because.DENIED),
        (event(status=Status.DENIED, negated=True, status_cue=CUE), Because.NEGATED),
        (event(actors=(JAPAN,)), Because.ACTOR),
        (event(actors=()), Because.ACTOR),
        (event(objects=(mention("drone", Kind.OBJECT, text="two"),)), Because.OBJECT),
        (event(objects=()), Because.OBJECT),
    ],
)
def test_a_rule_that_nearly_held_says_because_of_what_it_did_not(told: Event, because: Because) -> None:
    found = verdict(told)
    (miss,) = found.near_misses
    assert found.matches == ()
    assert (miss.rule, miss.because, miss.also) == ("launch", because, ())
    assert miss.sentence == told.sentence
    assert miss.cue == told.status_cue


@pytest.mark.parametrize(
    ("asked", "because"),
    [
        ({"recipient": frozenset({"japan"})}, Because.RECIPIENT),
        ({"place": frozenset({"yellow-sea"})}, Because.PLACE),
        ({"together": frozenset({"russia"})}, Because.ACTOR),
        ({"mentions": frozenset({"sport"})}, Because.TOPIC),
        ({"topic": frozenset({"sport"})}, Because.TOPIC),
    ],
)
def test_every_role_that_a_rule_asks_for_has_its_reason(
    asked: dict[str, frozenset[str]], because: Because
) -> None:
    (miss,) = verdict(event(), of=rule(replace(LAUNCH, **asked))).near_misses  # type: ignore[arg-type]  # all sets
    assert miss.because is because


def test_whom_the_sentence_tells_it_was_done_to_is_asked_before_whoever_else_it_names() -> None:
    of = rule(replace(LAUNCH, recipient=frozenset({"japan"})))
    assert verdict(event(others=(JAPAN,)), of=of).matches
    assert verdict(event(recipients=(JAPAN,)), of=of).matches
    (miss,) = verdict(event(recipients=(CHINA,), others=(JAPAN,)), of=of).near_misses
    assert miss.because is Because.RECIPIENT


@pytest.mark.parametrize("status", [Status.OCCURRED, Status.CLAIMED])
def test_what_happened_or_is_claimed_fires(status: Status) -> None:
    assert verdict(event(status=status)).matches


def test_a_rule_may_ask_for_another_status() -> None:
    planned = rule(replace(LAUNCH, status=frozenset({Status.PLANNED})))
    assert verdict(event(status=Status.PLANNED), of=planned).matches
    (miss,) = verdict(event(), of=planned).near_misses
    assert miss.because is Because.NO_EVENT


def test_what_fails_in_two_ways_is_near_and_in_three_another_story() -> None:
    (miss,) = verdict(event(actors=(JAPAN,), objects=())).near_misses
    assert (miss.because, miss.also) == (Because.ACTOR, (Because.OBJECT,))
    assert verdict(event(actors=(), objects=(), status=Status.PLANNED)) == Verdict()


def test_another_action_is_another_story() -> None:
    assert verdict(event(action=mention("test", Kind.ACTION, text="fired"))) == Verdict()


def test_of_several_alternatives_one_is_enough_and_the_nearest_says_why_none_held() -> None:
    far = replace(LAUNCH, actor=frozenset({"china"}), place=frozenset({"yellow-sea"}))
    assert verdict(event(), of=rule(far, LAUNCH)).matches
    (miss,) = verdict(event(actors=(JAPAN,)), of=rule(far, LAUNCH)).near_misses
    assert (miss.because, miss.also) == (Because.ACTOR, ())


@pytest.mark.parametrize(
    ("guard", "because"),
    [
        (Condition(topic=frozenset({"sport"})), Because.TOPIC),
        (Condition(mentions=frozenset({"sport"})), Because.TOPIC),
        (Condition(object=frozenset({"srbm"})), Because.OBJECT),
        (Condition(place=frozenset({"sunan"})), Because.PLACE),
        (Condition(actor=frozenset({"north-korea"})), Because.ACTOR),
        (Condition(action=frozenset({"launch"})), Because.NO_EVENT),
        (Condition(actor=frozenset({"north-korea"}), topic=frozenset({"sport"})), Because.TOPIC),
    ],
)
def test_a_guard_that_holds_silences_the_rule(guard: Condition, because: Because) -> None:
    found = verdict(event(), of=rule(unless=(guard,)), mentions=(SPORT,))
    assert found.matches == ()
    assert [miss.because for miss in found.near_misses] == [because]


def test_a_guard_that_holds_only_in_part_silences_nothing() -> None:
    guard = Condition(topic=frozenset({"sport"}), actor=frozenset({"china"}))
    assert verdict(event(), of=rule(unless=(guard,)), mentions=(SPORT,)).matches


def test_a_mention_counts_in_its_sentence_and_a_topic_in_the_whole_article() -> None:
    elsewhere = replace(SPORT, span=Span(field="text", start=900, end=905, text="match"))
    for asked, found in (({"mentions": frozenset({"sport"})}, 0), ({"topic": frozenset({"sport"})}, 1)):
        of = rule(replace(LAUNCH, **asked))  # type: ignore[arg-type]  # both sets
        assert len(verdict(event(), of=of, mentions=(elsewhere,)).matches) == found
        assert len(verdict(event(), of=of, mentions=(SPORT,)).matches) == 1


@pytest.mark.parametrize(
    ("raised", "objects", "level"),
    [
        ((Level.CRITICAL,), (ICBM,), Level.CRITICAL),
        ((Level.MEDIUM, Level.CRITICAL), (ICBM,), Level.CRITICAL),
        ((Level.CRITICAL, Level.MEDIUM), (ICBM,), Level.CRITICAL),
        ((Level.LOW,), (ICBM,), Level.HIGH),  # a level is raised, never lowered
        ((Level.CRITICAL,), (), Level.HIGH),
    ],
)
def test_the_highest_level_whose_conditions_hold_counts(
    raised: tuple[Level, ...], objects: tuple[Mention, ...], level: Level
) -> None:
    higher = tuple((each, Condition(object=frozenset({"icbm"}))) for each in raised)
    told = event(objects=(*event().objects, *objects))
    (match,) = verdict(told, of=rule(raise_to=higher)).matches
    assert match.level is level


TODAY = dt.date(2022, 11, 9)


@pytest.mark.parametrize(
    ("title", "told", "level"),
    [
        ({}, {}, Level.CRITICAL),
        ({}, {"date": TODAY - dt.timedelta(days=1), "date_given": True}, Level.CRITICAL),
        ({"date_given": True}, {"date_given": True}, Level.CRITICAL),
        ({"date_given": True}, {"date": TODAY - dt.timedelta(days=1), "date_given": True}, Level.HIGH),
        ({}, {"date": TODAY - dt.timedelta(days=6), "date_given": True}, Level.HIGH),
        ({}, {"nth": 9, "date_given": True}, Level.HIGH),
    ],
)
def test_another_sentence_raises_the_level_when_it_tells_the_same_news(
    title: dict[str, object], told: dict[str, object], level: Level
) -> None:
    main = event(
        **{"date": TODAY, "date_given": False, "sentence": span("North Korea fired", field="title"), **title}
    )
    other = event(**{"date": TODAY, "objects": (ICBM,), "date_given": False, **told})
    of = rule(raise_to=((Level.CRITICAL, Condition(object=frozenset({"icbm"}))),))
    (match,) = verdict(main, other, of=of).matches
    assert match.level is level
    assert (ICBM.span in {each.span for each in match.evidence}) == (level is Level.CRITICAL)


def test_a_retired_rule_says_nothing_and_one_on_trial_says_so() -> None:
    assert verdict(event(), of=rule(status="retired")) == Verdict()
    (match,) = verdict(event(), of=rule(status="shadow")).matches
    assert match.shadow
    assert not match.trial


def test_a_rule_in_test_marks_its_match() -> None:
    (match,) = verdict(event(), of=rule(status="test")).matches
    assert match.trial
    assert not match.shadow


def test_a_rule_gives_one_match_an_article_that_of_the_best_evidence() -> None:
    poor = event(places=(), count=None, date_given=False, inferred=frozenset({"actor"}))
    for told in ((poor, event()), (event(), poor)):
        (match,) = verdict(*told).matches
        assert match.event == event()


def test_the_deed_of_whom_a_rule_is_about_goes_before_what_another_does_about_it() -> None:
    answer = event(actors=(JAPAN,), sentence=span("North Korea fired", field="title"))
    either = rule(LAUNCH, replace(LAUNCH, actor=frozenset({"japan"})))
    for told in ((answer, event(count=None)), (event(count=None), answer)):
        (match,) = verdict(*told, of=either).matches
        assert [mention.entity.slug for mention in match.event.actors] == ["north-korea"]
    (match,) = verdict(
        answer, of=rule(replace(LAUNCH, actor=frozenset({"japan"})), doers=frozenset())
    ).matches
    assert match.event.actors == (JAPAN,)


def test_a_rule_that_held_once_did_not_nearly_miss() -> None:
    found = verdict(event(status=Status.PLANNED), event())
    assert (len(found.matches), found.near_misses) == (1, ())


def test_each_rule_that_holds_gives_its_match() -> None:
    rules = [rule(), rule(id="other"), rule(id="third", status="shadow")]
    found = judge(Reading(events=(event(),)), RuleIndex.of(rules))
    assert [match.rule for match in found.matches] == ["launch", "other", "third"]


def test_an_article_without_events_says_nothing() -> None:
    assert judge(Reading(), RuleIndex.of([rule()])) == Verdict()
    assert judge(Reading(events=(event(),)), RuleIndex.of([])) == Verdict()


BARE = event(places=(), count=None, date_given=False, inferred=frozenset({"actor"}))
EVIDENCE: dict[str, object] = {
    "places": (place(),),
    "count": Count(min=2, max=2, text="two"),
    "date_given": True,
    "inferred": frozenset(),
    "sentence": replace(BARE.sentence, field="title"),
}


@given(some=st.sets(st.sampled_from(sorted(EVIDENCE))), one=st.sampled_from(sorted(EVIDENCE)))
def test_more_evidence_never_lowers_the_score(some: set[str], one: str) -> None:
    def score(parts: set[str]) -> float:
        (match,) = verdict(replace(BARE, **{part: EVIDENCE[part] for part in parts})).matches  # type: ignore[arg-type]  # fields of an event
        return match.score

    assert 0 < score(some) <= score({*some, one}) <= 1


def test_a_headline_scores_above_the_lead_the_lead_above_the_body_and_that_above_the_tail() -> None:
    title = event(sentence=replace(event().sentence, field="title"))
    told = [title, event(nth=1), event(nth=4), event(nth=5)]
    scores = [verdict(each).matches[0].score for each in told]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_far_down_an_event_without_a_day_is_background() -> None:
    found = verdict(event(nth=5, date_given=False))
    assert not found.matches
    assert [miss.because for miss in found.near_misses] == [Because.HISTORICAL]


@pytest.mark.parametrize("changed", [{"date_given": True}, {"nth": 4}])
def test_far_down_with_a_day_or_higher_up_without_one_it_counts(changed: dict[str, object]) -> None:
    assert verdict(event(**{"nth": 5, "date_given": False, **changed})).matches


def test_of_two_sentences_that_tell_it_alike_the_one_nearer_the_top_speaks() -> None:
    deep = event(nth=7, sentence=span("far down"))
    (match,) = verdict(deep, event()).matches
    assert match.event.nth == 0


def test_a_verdict_rests_on_the_reading_alone() -> None:
    told = event(date=dt.date(2026, 3, 12), actors=(actor(), JAPAN))
    assert verdict(told) == verdict(told)


def test_a_pattern_holds_on_the_sentence_and_is_evidence_where_it_stands() -> None:
    sentence = Span(field="text", start=100, end=126, text="The North fired Hwasong-18")
    wanted = replace(LAUNCH, text=frozenset({"Hwasong-1[0-9]"}))
    (found,) = verdict(replace(event(), sentence=sentence), of=rule(wanted)).matches
    (evidence,) = [each.span for each in found.evidence if each.role == "topic"]
    assert evidence == Span(field="text", start=116, end=126, text="Hwasong-18")


def test_a_pattern_that_finds_nothing_is_a_near_miss_by_its_topic() -> None:
    (miss,) = verdict(event(), of=rule(replace(LAUNCH, text=frozenset({"Hwasong"})))).near_misses
    assert (miss.because, miss.also) == (Because.TOPIC, ())


def test_a_pattern_under_unless_silences_by_its_topic() -> None:
    word = event().sentence.text.split()[0]
    (miss,) = verdict(event(), of=rule(unless=(Condition(text=frozenset({word})),))).near_misses
    assert miss.because is Because.TOPIC


def test_a_pattern_can_raise_the_level() -> None:
    word = event().sentence.text.split()[0]
    raised = rule(raise_to=((Level.CRITICAL, Condition(text=frozenset({word}))),))
    (match,) = verdict(event(), of=raised).matches
    assert match.level is Level.CRITICAL


def test_a_title_takes_the_source_that_the_text_names_for_its_deed() -> None:
    title = event(sentence=span("title", field="title"))
    text = event(reporter=JAPAN)
    assert verdict(title, text).matches[0].event == replace(title, reporter=JAPAN)
    other = event(action=mention("test", Kind.ACTION, text="fired"), reporter=JAPAN)
    assert verdict(title, other).matches[0].event.reporter is None


# --- denials ---------------------------------------------------------------------------------------

UNTRUE = event(status=Status.DENIED, untrue=True, status_cue=CUE)


def test_a_rule_that_only_the_denial_keeps_from_holding_is_a_denial_with_its_event() -> None:
    found = verdict(UNTRUE)
    assert [(each.rule, each.family, each.event.status) for each in found.denials] == [
        ("launch", "missile", Status.DENIED)
    ]
    assert [miss.because for miss in found.near_misses] == [Because.DENIED]


@pytest.mark.parametrize(
    "told",
    [replace(UNTRUE, untrue=False), replace(UNTRUE, actors=(JAPAN,)), event()],
    ids=["called off", "of another", "told"],
)
def test_what_was_called_off_or_is_of_another_is_no_denial(told: Event) -> None:
    assert verdict(told).denials == ()


def test_an_article_that_takes_a_report_back_no_longer_tells_it() -> None:
    back = replace(UNTRUE, taken_back=True, sentence=span("title", field="title"))
    assert (verdict(event(), back).matches, len(verdict(event(), back).denials)) == ((), 1)
    assert len(verdict(event(), UNTRUE).matches) == 1

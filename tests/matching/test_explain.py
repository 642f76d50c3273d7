"""What an explanation says, and that it never says other than the judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest
from builders import NOW, actor, article, event, mention
from hypothesis import given
from hypothesis import strategies as st

from monitor import examples, resources
from monitor.extraction.extractor import Extractor
from monitor.matching.explain import Explanation, explain, names_of
from monitor.matching.judge import RuleIndex, judge
from monitor.matching.load import Pack, load_pack
from monitor.matching.rule import Rule
from monitor.model import Event, Kind, Mention, Reading, Span, Status

RULE = "dprk-missile-launch"
STATUSES = list(Status)
ACTORS = [actor(), mention("japan", Kind.ACTOR, text="Seoul")]
OBJECTS = [mention(slug, Kind.OBJECT, text="missiles") for slug in ("srbm", "icbm", "missile-engine")]
TOPICS = [mention("football", Kind.TOPIC, text="two"), mention("sunan", Kind.PLACE, text="Sunan")]
FAR = Span(
    field="text", start=900, end=960, text="It fired a missile, too, and that was all that was said then"
)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack([resources.path("rules")])


@pytest.fixture(scope="module")
def rules(pack: Pack) -> Mapping[str, Rule]:
    return {rule.id: rule for rule in pack.rules}


@pytest.fixture(scope="module")
def told(pack: Pack, rules: Mapping[str, Rule]) -> Callable[[str], Explanation]:
    """The explanation of the rule on missiles, on a text of today."""
    reader = Extractor(pack.vocabulary, (), gated=False)

    def read(text: str) -> Explanation:
        (reading,) = reader.read([article(title="", text=text, published=NOW)])
        return explain(rules[RULE], reading)

    return read


def consistent(rule: Rule, reading: Reading) -> None:
    verdict = judge(reading, RuleIndex.of([rule]))
    said = explain(rule, reading)
    assert [said.match] == [*verdict.matches, None][:1]
    assert any(each.fires for each in said.events) == bool(verdict.matches)
    if said.events:
        first = said.events[0]
        held = first.alternatives[0].held and not first.silencing and not first.background
        assert first.fires == held == bool(verdict.matches)
    assert not (said.match and said.flips)


@pytest.mark.model
@pytest.mark.xdist_group("rules")
def test_it_says_that_a_rule_fires_on_its_examples_exactly_when_the_judge_does(pack: Pack) -> None:
    pairs = [(rule, example) for rule in pack.rules for example in rule.examples[::4]]
    reader = Extractor(pack.vocabulary, pack.needs, gated=False)
    readings = reader.read([examples.article_of(example) for _, example in pairs])
    assert len(readings) > 150
    for (rule, _), reading in zip(pairs, readings, strict=True):
        consistent(rule, reading)


@given(
    told=st.lists(
        st.builds(
            event,
            action=st.sampled_from(
                [mention(slug, Kind.ACTION, text="fired") for slug in ("fire", "launch", "test")]
            ),
            actors=st.lists(st.sampled_from(ACTORS), max_size=2).map(tuple),
            objects=st.lists(st.sampled_from(OBJECTS), max_size=2).map(tuple),
            status=st.sampled_from(STATUSES),
            sentence=st.sampled_from([event().sentence, FAR]),
            nth=st.integers(0, 8),
            date_given=st.booleans(),
        ),
        max_size=4,
    ),
    topics=st.lists(st.sampled_from(TOPICS), max_size=2),
)
def test_it_agrees_with_the_judge_on_whatever_was_read(
    rules: Mapping[str, Rule], told: Sequence[Event], topics: Sequence[Mention]
) -> None:
    named = [m for each in told for m in (each.action, *each.actors, *each.objects)]
    consistent(rules[RULE], Reading(events=tuple(told), mentions=(*named, *topics)))


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "flips"),
    [
        ("North Korea may fire a ballistic missile, Seoul said.", "status"),
        ("Japan test-fired a ballistic missile on Tuesday.", "actor"),
        ("North Korea fired a starting gun on Tuesday.", "object"),
        ("Japan may fire a ballistic missile.", None),
        ("North Korea may fire a ballistic missile in the video game.", None),
        ("North Korea fired a ballistic missile on Tuesday.", None),
        ("The council spoke of the weather.", None),
    ],
)
def test_a_condition_that_alone_stands_in_the_way_is_named(
    told: Callable[[str], Explanation], text: str, flips: str | None
) -> None:
    found = told(text).flips
    assert (found.role if found else None) == flips


@pytest.mark.model
def test_an_event_far_down_is_background_though_all_conditions_hold(
    told: Callable[[str], Explanation],
) -> None:
    said = told("The sea was calm. " * 7 + "North Korea fired a ballistic missile.")
    (found,) = said.events
    assert (said.match, found.background, found.alternatives[0].held, said.flips) == (None, True, True, None)


def test_slugs_are_called_by_the_widest_lists_that_hold_no_others() -> None:
    lists = {"all": frozenset("abc"), "some": frozenset("ab"), "other": frozenset("xy")}
    assert names_of(frozenset("abcx"), lists) == ["$all", "x"]
    assert names_of(frozenset("ab"), lists) == ["$some"]

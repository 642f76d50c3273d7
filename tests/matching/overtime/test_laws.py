"""Laws of rules over time: arrival does not matter, a return never raises, an onset is told once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.matching.load import load_pack
from monitor.matching.overtime.decide import findings
from monitor.model import Sign
from monitor.timelines import Replay

RULES = {rule.id: rule for rule in load_pack([Path(__file__).parents[3] / "rules"]).over_time}
START = dt.date(2026, 1, 1)
DAY = dt.timedelta(days=1)


def signs(*rules: str, most: int = 200, names: frozenset[str] = frozenset()) -> st.SearchStrategy[list[Sign]]:
    one = st.builds(
        lambda rule, after, late, count: Sign(
            rule=rule,
            date=START + after * DAY,
            seen=START + (after + late) * DAY,
            count=count,
            slugs=names,
        ),
        st.sampled_from(rules),
        st.integers(0, most),
        st.integers(0, 5),
        st.integers(1, 90),
    )
    return st.lists(one, max_size=25)


def told(rule: str, given_signs: Sequence[Sign], days: int = 210) -> Replay:
    replay = Replay(rule=RULES[rule])
    for number in range(days):
        replay.day(given_signs, [], START + number * DAY)
    return replay


SEQUENCE = signs("dprk-epidemic", "dprk-missile-launch")
FLIGHTS = signs("adiz-incursion", names=frozenset({"taiwan-adiz"}))


@settings(max_examples=25, deadline=None)
@given(SEQUENCE, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_change_a_sequence(arrived: list[Sign], random: object) -> None:
    rule, today = RULES["stress-then-provocation"], START + 240 * DAY
    before = findings(rule, arrived, today=today)
    random.shuffle(arrived)  # type: ignore[attr-defined]  # random.Random
    assert findings(rule, arrived, today=today) == before


@settings(max_examples=25, deadline=None)
@given(FLIGHTS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_change_a_surge(arrived: list[Sign], random: object) -> None:
    rule, today = RULES["adiz-surge"], START + 240 * DAY
    before = [(each.date, each.said) for each in findings(rule, arrived, today=today)]
    random.shuffle(arrived)  # type: ignore[attr-defined]  # random.Random
    assert [(each.date, each.said) for each in findings(rule, arrived, today=today)] == before


@settings(max_examples=25, deadline=None)
@given(signs("kju-appearance"), st.integers(0, 200))
def test_one_more_return_never_opens_or_raises_an_absence(seen: list[Sign], after: int) -> None:
    """At most the gap that runs today is judged: more sightings make it shorter or end it."""
    rule, today = RULES["kju-unseen-21d"], START + 200 * DAY
    more = Sign(rule="kju-appearance", date=START + after * DAY, seen=today)

    def length(them: Sequence[Sign]) -> int:
        running = [each for each in findings(rule, them, today=today) if each.holds == "open"]
        return (today - running[-1].date).days if running else 0

    if seen:
        assert length([*seen, more]) <= length(seen)


@settings(max_examples=25, deadline=None)
@given(SEQUENCE)
def test_a_sequence_is_told_once_in_its_days(arrived: list[Sign]) -> None:
    days = sorted(each.date for each in told("stress-then-provocation", arrived).told)
    assert all((later - day).days > RULES["stress-then-provocation"].once for day, later in pairwise(days))


@settings(max_examples=25, deadline=None)
@given(FLIGHTS)
def test_a_surge_is_told_once_in_its_days(arrived: list[Sign]) -> None:
    days = sorted(each.date for each in told("adiz-surge", arrived).told)
    assert all((later - day).days > RULES["adiz-surge"].once for day, later in pairwise(days))

"""Plain words of a rule, as patterns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rulefolder import RULE, RuleFolder

from monitor.matching import patterns, phrases
from monitor.matching.patterns import Wording
from monitor.matching.rule import Condition


def holds(words: str, sentence: str) -> bool:
    return patterns.found(frozenset({phrases.pattern(words)}), sentence)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("gas", "It sold Gas."),
        ("gas", "It sold gases."),
        ("company", "two shell companies"),
        ("day", "for days"),
        ("launder*", "He laundered it"),
        ("launder*", "money-laundering"),
        ("front compan(y|ies)", "via front companies"),
        ("to (the |)north", "sent to the North"),
        ("to (the |)north", "sent to North"),
        ("solid fuel", "a solid-fuel missile"),
        ("solid-fuel", "a solid fuel missile"),
        ("solid fuel", "a solid\u2011fuel missile"),
        ("Kim's", "Kim\u2019s sister"),
        ("U.S. troops", "the u.s. troops"),
        ("open* ... (bridge|road)", "opened a new railway bridge"),
        ("open* ... (bridge|road)", "opening roads"),
    ],
)
def test_words_hold_where_they_stand_as_such(words: str, sentence: str) -> None:
    assert phrases.fault(words) == ("", "")
    assert holds(words, sentence)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("gas", "gasoline"),
        ("gas", "Vegas"),
        ("solid fuel", "solid, fuel"),
        ("launder*", "slander"),
        ("open* ... bridge", "a bridge was opened"),
        ("open* ... bridge", f"opened {'x' * 70} bridge"),
        ("open* ... bridge", "opened the abridged book"),
    ],
)
def test_words_do_not_hold_of_parts_of_others(words: str, sentence: str) -> None:
    assert not holds(words, sentence)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("fire[ds]", "'['"),
        ("$dprk", "is a list"),
        ("a|b", "brackets"),
        ("(a|(b|c)) d", "brackets"),
        ("(ab", "brackets"),
        ("*", "star"),
        ("ab*", "star"),
        ("fir*ed", "star"),
        ("", "without a word"),
        ("(a|) b", "without a word"),
        ("open ...", "without a word"),
        ("x" * 501, "longer than 500"),
        ("(a1|b1)" * 8, "more than 200 choices"),
    ],
)
def test_what_cannot_be_words_is_told_of(words: str, said: str) -> None:
    what, hint = phrases.fault(words)
    assert said in what
    assert hint


@given(st.text(alphabet="ab (|)*.…-'’$é9", max_size=20))
def test_any_words_are_good_or_told_of(words: str) -> None:
    what, _ = phrases.fault(words)
    if not what:
        patterns.first([phrases.pattern(words)], "some sentence")


@given(st.lists(st.sampled_from(["gas", "oil rig", "front company"]), min_size=1, max_size=3))
def test_a_word_holds_of_itself_among_others(words: list[str]) -> None:
    assert all(holds(each, f"He said {' and '.join(words)}.") for each in words)


def test_a_rule_asks_the_gate_for_its_words(folder: RuleFolder) -> None:
    need = folder.rule(RULE + "  words: solid fuel\n").when[0].need
    assert need.worded == Wording(frozenset({phrases.pattern("solid fuel")}))
    assert need.worded("A solid-fuel missile flew.")


def test_of_words_and_text_both_must_hold() -> None:
    worded = Condition(words=frozenset({"missile"}), text=frozenset({"^A"})).need.worded
    assert worded is not None
    told = ["A missile", "The missile", "A drone", "A train. A missile"]
    assert [worded(each) for each in told] == [True, False, False, True]
    assert {0, 3} <= set(worded.among(told))
    assert 2 not in worded.among(told)


def test_a_mistake_in_words_is_told_with_its_place(folder: RuleFolder) -> None:
    folder.write("launch.yml", RULE + "  words: [missile, $dprk]\n")
    (told,) = folder.mistakes()
    assert told.startswith("launch.yml:8:")
    assert "is a list" in told

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rulefolder import RULE, RuleFolder

from monitor.matching import patterns
from monitor.matching.patterns import Wording
from monitor.matching.rule import Condition


def test_the_first_find_of_all_patterns_counts_in_code_points() -> None:
    assert patterns.first(["mis+ile", "fired"], "핵 “fired” a missile") == (3, 8)
    assert patterns.first(["nothing"], "fired") is None
    assert patterns.first([], "fired") is None


def test_case_counts_unless_the_pattern_says_otherwise() -> None:
    assert patterns.first(["MISSILE"], "missile") is None
    assert patterns.first(["(?i)MISSILE"], "missile") == (0, 7)


@given(st.text(max_size=40))
def test_any_pattern_is_good_or_told_of(pattern: str) -> None:
    what, _ = patterns.fault(pattern)
    if not what:
        patterns.first([pattern], "some sentence")


@given(st.text(alphabet="abc xyz", min_size=3, max_size=12), st.text(alphabet="abc xyz", max_size=60))
def test_plain_words_are_found_where_re_finds_them(word: str, text: str) -> None:
    found = re.search(re.escape(word), text)
    assert patterns.first([re.escape(word)], text) == (found.span() if found else None)


def test_a_pattern_changes_the_revision_and_leaves_others_alone(folder: RuleFolder) -> None:
    plain = folder.rule()
    worded = folder.rule(RULE + "  text: hwasong\n")
    other = folder.rule(RULE + "  text: hwasal\n")
    assert len({plain.revision, worded.revision, other.revision}) == 3
    assert folder.rule(RULE + "  text: []\n").revision == plain.revision


def test_a_pattern_asks_the_gate_for_words_and_for_no_mention(folder: RuleFolder) -> None:
    plain = folder.rule().when[0].need
    worded = folder.rule(RULE + "  text: hwasong\n").when[0].need
    assert worded == replace(plain, worded=Wording(frozenset({"hwasong"})))
    assert Condition(text=frozenset({"x"})).need.sentence == ()


@given(
    st.lists(st.text(alphabet="ab .", max_size=8), max_size=4),
    st.lists(
        st.sampled_from(
            [
                "a b",
                r"\ba\b",
                "^a",
                "b$",
                "[^a]b",
                "^a|b b$",
                "(?m)a$",
                r"\Aa",
                r"a\z",
                "(?-m)^a$",
                r"a\s[^b]+b",
            ]
        ),
        min_size=1,
        max_size=2,
    ),
)
def test_among_many_texts_none_is_passed_over_that_holds_a_sentence_of_the_pattern(
    sentences: list[str], patterns: list[str]
) -> None:
    wording = Wording(frozenset(patterns))
    holding = {at for at, each in enumerate(sentences) if wording(each)}
    assert holding <= set(wording.among(sentences))
    assert holding <= set(wording.among([f"b. {each} a" for each in sentences]))


@pytest.mark.parametrize(
    "pattern", ["(^It|No)", "x[$^]|^It", r"\^a|^It", r"said\.?$", "^It.*so$", r"\$5|It is", r"\bIt\b"]
)
def test_among_texts_it_finds_those_with_any_stretch_that_would_satisfy_it(pattern: str) -> None:
    assert Wording(frozenset({pattern})).among(["x", "He is no. It is so, he said. Well.", "y"]) == [1]


@pytest.mark.parametrize("pattern", ["^*b", "(a|^)b$+", r"\Ab", r"b\z", r"\Qx^", "(?-m)^b", "(?i-sm:^b)"])
def test_what_cannot_be_told_without_its_anchors_may_hold_anywhere(pattern: str) -> None:
    assert Wording(frozenset({pattern})).among(["c", "d"])

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from rulefolder import RULE, RuleFolder

from monitor.matching import patterns
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


def test_a_pattern_asks_nothing_of_the_gate(folder: RuleFolder) -> None:
    plain = folder.rule().when[0]
    worded = folder.rule(RULE + "  text: hwasong\n").when[0]
    assert worded.text == {"hwasong"}
    assert worded.need == plain.need
    assert Condition(text=frozenset({"x"})).need.sentence == ()

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extraction.fold import fold, may_be_spaceless, starting, words

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]


@given(st.text(st.characters(codec=None)))
def test_folding_never_changes_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_every_character_folds_to_one_and_folding_again_changes_nothing() -> None:
    folded = fold("".join(EVERY))
    assert len(folded) == len(EVERY)
    assert fold(folded) == folded


@given(st.text(st.characters(codec="ascii")))
def test_ascii_folds_alike_alone_and_beside_other_scripts(text: str) -> None:
    assert fold(text + "é")[:-1] == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("North KOREA", "north korea"),
        ("test-fire", "test fire"),
        ("test‑fire", "test fire"),
        ("test–fire", "test fire"),
        ("China’s", "china's"),
        ("`quoted´", "'quoted'"),
        ("“East Sea”", '"east sea"'),
        ("ＫＮ－２３", "kn 23"),
        ("North\u00a0Korea", "north korea"),
        ("two\nlines", "two lines"),
        ("Müller", "müller"),
        ("ВЛАДИВОСТОК", "владивосток"),
        ("北朝鮮", "北朝鮮"),
    ],
)
def test_case_hyphens_quotes_spaces_and_width_are_dropped(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["ß", "İ", "ﬁ", "…", "㎞"])
def test_what_would_change_the_length_stands(text: str) -> None:
    assert fold(f"a{text}b") == f"a{text}b"


@given(st.text(st.characters(codec=None)))
def test_words_are_a_byte_a_character_with_a_space_around(text: str) -> None:
    assert len(words(text)) == len(text) + 2
    assert words(text) == words(fold(text))
    assert words(text)[:1] == words(text)[-1:] == b" "


def test_words_are_told_from_what_stands_between() -> None:
    assert words("Hwasong-18, fired!") == b" hwasong 18  fired  "
    assert words("북한 PLAN’s") == b"    plan s "
    assert words("Владивосток") == b" ??????????? "


@given(
    st.lists(st.sampled_from(["$", "€", "₩", "央行", "ß", "É", "¥ 5"]), min_size=1, max_size=3),
    st.text(st.sampled_from("aZ$€₩＄￦é É ßẞ央行¥￥5-’"), max_size=30),
)
def test_a_text_that_holds_a_term_is_told_to(terms: list[str], text: str) -> None:
    held = any(term in text or fold(term) in fold(text) for term in terms)
    assert not held or starting(terms).search(text) or may_be_spaceless(text)

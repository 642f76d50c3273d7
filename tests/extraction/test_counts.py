from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extraction.counts import count_before
from monitor.model import Count


def counted(text: str, thing: str) -> tuple[int, int | None] | None:
    """Least and most of the count before the first such word."""
    count = count_before(text, text.index(thing))
    return (count.min, count.max) if count else None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("fires 23 missiles", 23),
        ("fired two short-range ballistic missiles", 2),
        ("a salvo of 10 short-range missiles", 10),
        ("fired a missile", 1),
        ("fired an unidentified missile", 1),
        ("fired another missile", 1),
        ("fired a single missile", 1),
        ("one of its missiles", 1),
        ("a second missile", 1),
        ("its fifth missile", 1),
        ("the 3rd ballistic missile", 1),
        ("the first two missiles", 2),
        ("a pair of missiles", 2),
        ("a couple of missiles", 2),
        ("both missiles", 2),
        ("two of its new missiles", 2),
        ("three of five missiles", 3),
        ("half a dozen missiles", 6),
        ("a half-dozen missiles", 6),
        ("a dozen missiles", 12),
        ("two dozen missiles", 24),
        ("thirteen missiles", 13),
        ("twenty-three missiles", 23),
        ("two hundred missiles", 200),
        ("ten thousand missiles", 10_000),
        ("1,000 missiles", 1000),
        ("2000 missiles", 2000),
        ("a record 103 missiles", 103),
        ("a total of 71 North Korean missiles", 71),
        ("about 30 missiles", 30),
        ("some 60 cruise missiles", 60),
        ("two more missiles", 2),
        ("eight (8) missiles", 8),
        ("two new, solid-fuel missiles", 2),
        ("three two-stage missiles", 3),
        ("a 1,000-km missile", 1),
        ("a 10-missile salvo", 10),
        ("two 3,000-ton missiles", 2),
        ("two US and South Korean missiles", 2),
        ("two Chinese and four Russian missiles", 6),
        ("two short-range and one long-range missile", 3),
        ("12 sorties of missiles", 12),
        ("FIRES TWO missiles", 2),
    ],
)
def test_a_number_is_read(text: str, number: int) -> None:
    assert counted(text, "missile") == (number, number)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("at least one ballistic missile", 1, None),
        ("more than 70 missiles", 70, None),
        ("over a dozen missiles", 12, None),
        ("no fewer than 10 missiles", 10, None),
        ("two or more missiles", 2, None),
        ("100-plus missiles", 100, None),
        ("100+ missiles", 100, None),
        ("up to four missiles", 1, 4),
        ("as many as 30 missiles", 1, 30),
        ("fewer than 10 missiles", 1, 10),
        ("two or three missiles", 2, 3),
        ("five to seven missiles", 5, 7),
        ("between five and seven missiles", 5, 7),
        ("10-15 missiles", 10, 15),
        ("10–15 missiles", 10, 15),
        ("100 to 150 missiles", 100, 150),
        ("several missiles", 3, None),
        ("multiple missiles", 2, None),
        ("a few missiles", 3, None),
        ("a number of missiles", 2, None),
        ("dozens of missiles", 24, None),
        ("dozens more missiles", 24, None),
        ("several dozen missiles", 24, None),
        ("hundreds of missiles", 200, None),
        ("tens of thousands of missiles", 20_000, None),
    ],
)
def test_what_is_not_exact_has_bounds(text: str, least: int, most: int | None) -> None:
    assert counted(text, "missile") == (least, most)


@pytest.mark.parametrize(
    "text",
    [
        "fired missiles",
        "no missiles",
        "a series of missiles",
        "a new type of missiles",
        "three rounds of missiles",
        "within 10 minutes missiles",
        "flew 50 km, missiles",
        "over 50 km missiles",
        "the 2022 missiles",
        "in 2022 missiles",
        "a 5.2 magnitude quake, missiles",
        "5.2 magnitude missiles",
        "at 9:30 missiles",
        "$300 missiles",
        "3 million missiles",
        "30 percent missiles",
        "a third day of missiles",
        "Resolution 1718 missiles",
        "Type 055 missiles",
        "Hwasong-18 missiles",
        "Hwasong 18 missiles",
        "the Jan. 5 missiles",
        "the May 14 missiles",
        "the 14 May missiles",
        "the Seventh Fleet missiles",
        "two ships with missiles",
        "two ships, missiles",
        "two ships and missiles",
        "a ship that fired missiles",
        "10 people killed after missiles",
    ],
)
def test_a_number_of_something_else_is_none(text: str) -> None:
    assert counted(text, "missile") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fired two missiles and a dozen shells", {"missiles": 2, "shells": 12}),
        ("sent a 100-strong crew on two ships", {"ships": 2}),
        ("20 PLA aircraft and seven PLAN vessels", {"aircraft": 20, "vessels": 7}),
        ("one jet was chased by four fighters", {"jet": 1, "fighters": 4}),
        ("fired 200 rounds of artillery shells and two rockets", {"artillery": 200, "rockets": 2}),
        ("three people died when two boats sank", {"boats": 2}),
    ],
)
def test_every_object_has_its_own_number(text: str, expected: dict[str, int]) -> None:
    assert {thing: counted(text, thing) for thing in expected} == {
        thing: (number, number) for thing, number in expected.items()
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fired at least 10 missiles", "at least 10"),
        ("fired dozens of missiles", "dozens of"),
        ("fired several missiles", "several"),
        ("fired a missile", "a"),
        ("fired two of its missiles", "two"),
        ("fired two short-range and one long-range missile", "two short-range and one"),
    ],
)
def test_a_count_keeps_the_words_of_the_text(text: str, words: str) -> None:
    count = count_before(text, text.index("missile"))
    assert count is not None
    assert count.text == words


def test_a_number_that_begins_far_before_its_object_is_read_whole_or_not_at_all() -> None:
    for gap in range(1, 90):
        text = f"fired 12,345 {'x' * gap} missiles"
        assert counted(text, "missiles") in {(12_345, 12_345), None}


@given(
    st.integers(0, 999_999).filter(lambda n: not 1900 <= n < 2100),
    st.sampled_from(["", "new ", "short-range ", "North Korean "]),
)
def test_any_figure_is_read_with_and_without_commas(number: int, kind: str) -> None:
    assert counted(f"fired {number} {kind}missiles", "missiles") == (number, number)
    assert counted(f"fired {number:,} {kind}missiles", "missiles") == (number, number)


@given(st.text(), st.integers(0, 50))
def test_any_text_gives_bounds_in_order_or_nothing(text: str, start: int) -> None:
    count = count_before(text, start)
    assert count is None or isinstance(count, Count)
    assert count is None or count.max is None or 0 <= count.min <= count.max

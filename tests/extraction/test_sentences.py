from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extraction.sentences import MAX_SENTENCE, split

PARTS = st.sampled_from(
    [
        "U.S. ",
        "Gen. ",
        "a.m. ",
        "No. 5",
        "He",
        "fired",
        ". ",
        "! ",
        "? ",
        "…",
        "”",
        "“",
        " | ",
        "\n\n",
        "。",
        "」",
        "A",
    ]
)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. Navy sent a carrier.",
        "N. Korea fires a missile.",
        "U.N. Secretary-General Lim spoke.",
        "Gen. Park of the U.S. Forces Korea spoke.",
        "Lt. Gen. John J. Doe flew.",
        "It fell at 7:52 a.m. Tuesday.",
        "It fell on Jan. 6 off Japan.",
        "The USS George H.W. Bush sailed.",
        "Sen. Lee and Mr. Kim met Dr. Ahn.",
        "The No. 2 reactor runs.",
        "It flew 1,000.5 km and Mach 5.2 fast.",
        "Widgets Inc. Chairman Lee left.",
        "It said “stop.” and left.",
        "See news.example.Com for more.",
    ],
)
def test_a_stop_inside_a_sentence_ends_none(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("A missile flew.", "It fell into the sea."),
        ("A missile flew!", "Tokyo protested."),
        ("Did it fly?", "Nobody knows."),
        ("It flew...", "Then it fell."),
        ("It flew 600 km.", "5 others fell short."),
        ("It was fired by the U.S.", "It flew far."),
        ("It fell at 7 p.m.", "The ship sank."),
        ("“We fired.”", "Kim smiled."),
        ("It flew.", "“We fired it,” Kim said."),
        ("It flew (far.)", "[It fell.]"),
        ("He said no.", "North Korea fired."),
        ("北朝鮮が発射した。", "韓国が発表した。"),
        ("「発射した。」", "韓国が発表した。"),
        ("북한이 발사했다.", "합참이 밝혔다."),
    ],
)
def test_two_sentences_are_two(first: str, second: str) -> None:
    assert sentences(f"{first} {second}") == [first, second]


@pytest.mark.parametrize("gap", ["\n\n", "\n \n", " | ", " • "])
def test_an_empty_line_and_a_bar_part_what_has_no_stop(gap: str) -> None:
    assert [each.rstrip("|• ") for each in sentences(f"North Korea{gap}Japan")] == ["North Korea", "Japan"]


@given(st.one_of(st.text(), st.lists(PARTS).map("".join)))
def test_no_text_is_lost_and_no_sentence_overlaps(text: str) -> None:
    pieces = split(text)
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(pieces))
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in pieces)


@given(st.integers(0, 4 * MAX_SENTENCE), st.sampled_from(["x", "word ", "x. ", "北"]))
def test_a_sentence_has_a_bounded_length(times: int, word: str) -> None:
    assert all(end - start <= MAX_SENTENCE for start, end in split(word * times))


def test_what_is_too_long_is_cut_between_words() -> None:
    assert set(" ".join(sentences("missile " * 200)).split()) == {"missile"}


def test_a_text_of_nothing_has_no_sentence() -> None:
    assert split("") == split(" \n\t ") == []


@pytest.mark.parametrize(
    "dateline",
    [
        "SEOUL, Jan 5 (Yonhap) -- ",
        "SEOUL (Reuters) - ",
        "SEOUL, South Korea — ",
        "Seoul, South Korea (AP) — ",
        "Pyongyang, April 13 (KCNA) -- ",
        "BEIJING (AP) _ ",
        "TOKYO, Nov. 10 -- ",
        "UNITED NATIONS (Reuters) – ",
        "MOSCOW, September 5. /TASS/. ",
        "Tokyo (CNN) — ",
        "(Reuters) - ",
        "AP - ",
        "July 5, 2006 | TOKYO -- ",
    ],
)
def test_a_dateline_is_no_part_of_the_first_sentence(dateline: str) -> None:
    text = f"{dateline}North Korea fired a missile. Japan protested."
    spans = split(text)
    assert [text[start:end] for start, end in spans] == ["North Korea fired a missile.", "Japan protested."]


@pytest.mark.parametrize(
    "text",
    [
        "North Korea (DPRK) - the country - fired a missile.",
        "NATO - the alliance - met.",
        "USS Reagan - A carrier - left.",
        "Space - The last frontier.",
        "Kim (pictured) said so.",
    ],
)
def test_what_only_looks_like_a_dateline_stays(text: str) -> None:
    assert split(text)[0][0] == 0

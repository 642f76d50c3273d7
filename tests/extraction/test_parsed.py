from __future__ import annotations

import pytest
from builders import article
from hypothesis import given
from hypothesis import strategies as st

from monitor.extraction.lexicon import Lexicon
from monitor.extraction.parsed import Piece, normalised
from monitor.model import Entity, Kind, Term, Vocabulary

ENTITIES = (
    Entity(slug="north-korea", kind=Kind.ACTOR, terms=(Term(text="North Korea"), Term(text="DPRK"))),
    Entity(slug="east-sea", kind=Kind.PLACE, terms=(Term(text="East Sea"),)),
    Entity(
        slug="act",
        kind=Kind.ACTION,
        terms=tuple(Term(text=text, verb=True) for text in ("rams", "fires", "stop")),
    ),
    Entity(slug="missile", kind=Kind.OBJECT, terms=(Term(text="ballistic missile"),)),
)
LEXICON = Lexicon(Vocabulary(lists={}, entities={entity.slug: entity for entity in ENTITIES}))
WORDS = st.sampled_from(
    ["NORTH KOREA", "North Korea’İ", "FIRES", "Fires", "İİİİİ", "ŉABCD", "STRASSE", "ǅ", "missile"]
)


def headline(text: str, *, field: str = "title") -> Piece:
    hits = LEXICON.scan(article(title=text, text=text))[field]
    return Piece(field=field, start=0, text=text, hits=tuple(hits))


@pytest.mark.parametrize(
    ("text", "given_to_the_parser"),
    [
        (
            "North Korea Fires Ballistic Missile Into East Sea",
            "North Korea fires ballistic missile into East Sea",
        ),
        ("NORTH KOREA FIRES BALLISTIC MISSILE", "North Korea fires ballistic missile"),
        ("DPRK Says JCS Report Was Fabricated", "DPRK says JCS report was fabricated"),
        ("North Korea fires ballistic missile", "North Korea fires ballistic missile"),
        ("Kim Vows Revenge", "Kim Vows Revenge"),
        ("", ""),
    ],
)
def test_a_headline_of_capitals_is_put_in_lower_case_but_for_its_names(
    text: str, given_to_the_parser: str
) -> None:
    assert normalised(headline(text)) == given_to_the_parser


def test_running_text_is_parsed_as_it_stands() -> None:
    text = "North Korea Fires Ballistic Missile Into East Sea"
    assert normalised(headline(text, field="text")) == text


@given(st.one_of(st.text(), st.lists(WORDS, min_size=3, max_size=8).map(" ".join)))
def test_what_the_parser_is_given_is_as_long_as_the_text(text: str) -> None:
    assert len(normalised(headline(text))) == len(text)
    assert len(normalised(headline(text.upper()))) == len(text.upper())


@pytest.mark.parametrize(
    ("text", "given_to_the_parser"),
    [
        ("China ‘rams’ boat of Japan's navy", "China  rams  boat of Japan's navy"),
        ("North Korea 'fires missile', Seoul says", "North Korea  fires missile , Seoul says"),
        ("Kim: 'they don't stop'", "Kim:  they don't stop "),
        ("Kim: 'no way'", "Kim: 'no way'"),
        ("The Senkakus' waters", "The Senkakus' waters"),
        ("The workers' day and Koreas' talks", "The workers' day and Koreas' talks"),
    ],
)
def test_the_single_quotes_around_a_deed_become_spaces(text: str, given_to_the_parser: str) -> None:
    assert normalised(headline(text)) == given_to_the_parser
    assert normalised(headline(text, field="text")) == text

"""Finding all spellings at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.extraction.finder import Finder
from monitor.extraction.fold import words
from monitor.model import Entity, Kind, Term, Vocabulary

SPELLINGS = st.lists(st.text(alphabet="ab c-", min_size=1, max_size=5), max_size=12)
TEXTS = st.text(alphabet="abc -.", max_size=30)


def finder(spellings: list[str], *, at_once: int) -> Finder:
    entities = [
        Entity(slug=f"e{at}", kind=Kind.OBJECT, terms=(Term(text=text),)) for at, text in enumerate(spellings)
    ]
    return Finder(Vocabulary(lists={}, entities={each.slug: each for each in entities}), at_once=at_once)


def found(by: Finder, text: str) -> set[tuple[int, frozenset[str]]]:
    return {
        (at, frozenset(entity.slug for entity in by.meanings.entities(which)))
        for which, at in by.find(words(text))
    }


@given(SPELLINGS, TEXTS)
def test_parts_find_what_one_finds(spellings: list[str], text: str) -> None:
    whole, parts = finder(spellings, at_once=100), finder(spellings, at_once=3)
    assert found(parts, text) == found(whole, text)


@given(SPELLINGS, TEXTS)
def test_all_at_once_it_finds_the_same_as_one_after_another(spellings: list[str], text: str) -> None:
    by = finder(spellings, at_once=3)
    told = [each for part in by.find_all(words(text)) for each in zip(*map(list, part[:2]), strict=True)]
    assert sorted(told) == sorted(by.find(words(text)))


@given(SPELLINGS, TEXTS)
def test_it_finds_whole_words_wherever_they_stand(spellings: list[str], text: str) -> None:
    by = finder(spellings, at_once=3)
    written = words(text).decode("latin-1")
    for slug, spelling in enumerate(spellings):
        core = words(spelling).decode("latin-1").strip()
        places = [at for at in range(len(written)) if written.startswith(f" {core} ", at)] if core else []
        assert {at for at, slugs in found(by, text) if f"e{slug}" in slugs} == set(places)

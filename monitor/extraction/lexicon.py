"""Finding every term of the vocabulary in one pass over an article: the first half of the gate.

Two Aho-Corasick automatons: one over folded text, one over the raw text for terms that count in one case only
(PLAN, US), which would otherwise be found in every second word.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from monitor.extraction.fold import fold
from monitor.model import Article, Entity, Kind, Mention, Span, Term, Vocabulary

# Scripts that put no space between words: a neighbour from them is no part of the word.
_SPACELESS = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f\U00020000-\U0002ffff]"
)

_PREPOSITION_LAST = re.compile(r"\b(?:over|above|of|around|off|near) (?:the )?$")


_TURN = dt.timedelta(days=1)


class Hit(NamedTuple):
    """One term found in one field; offsets are code points. A tuple, for most articles have several."""

    start: int
    end: int
    entity: Entity
    term: Term


Meaning = tuple[Entity, Term]
Found = Mapping[str, Sequence[tuple[int, int, Sequence[Meaning]]]]  # by field: start, end, what may be meant


class _Side:
    """One automaton, and what each of its patterns may mean."""

    def __init__(self, terms: Iterable[tuple[str, Meaning]]) -> None:
        meanings: dict[str, list[Meaning]] = defaultdict(list)
        for pattern, meaning in terms:
            meanings[pattern].append(meaning)
        self._meanings = list(meanings.values())
        self._automaton = AhoCorasick(
            list(meanings),
            matchkind=MatchKind.Standard,
            store_patterns=False,
            implementation=Implementation.ContiguousNFA,  # as fast here as a DFA, built sooner and a tenth its size
        )

    def find(self, text: str) -> list[tuple[int, int, list[Meaning]]]:
        return [
            (start, end, self._meanings[pattern])
            for pattern, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True)
            if _whole_word(text, start, end)
        ]


class Lexicon:
    """All terms of the vocabulary, ready to be found."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        terms = [(entity, term) for entity in vocabulary.entities.values() for term in entity.terms]
        self._cased = _Side((meaning[1].text, meaning) for meaning in terms if meaning[1].case)
        self._folded = _Side((fold(meaning[1].text), meaning) for meaning in terms if not meaning[1].case)

    def scan(self, article: Article) -> dict[str, list[Hit]]:
        """The hits of each field, in order of their start; a name inside a longer name is left out."""
        return hits(article, self.find(article))

    def find(self, article: Article) -> Found:
        """Every term of each field, before it is asked what it means there; enough for the gate."""
        return {
            field: [*self._folded.find(fold(text)), *self._cased.find(text)]
            for field, text in fields(article)
        }


def named(found: Found) -> frozenset[str]:
    """Slugs of all that was found: those of the hits among it, and more."""
    return frozenset(
        entity.slug for places in found.values() for *_, meanings in places for entity, _ in meanings
    )


def hits(article: Article, found: Found) -> dict[str, list[Hit]]:
    """What was found as hits, in order of their start.

    Left out are names inside longer names, ambiguous ones with nobody near, and people out of their role.
    """
    today = article.when.date()
    every = {
        field: [
            Hit(start, end, *meaning)
            for start, end, meanings in places
            for meaning in meanings
            if _in_role(meaning[0], today)
        ]
        for field, places in found.items()
    }
    lonely = _lonely(article, [hit.entity for listed in every.values() for hit in listed if hit.entity.near])
    return {
        field: _longest([hit for hit in listed if hit.entity.slug not in lonely])
        for field, listed in every.items()
    }


def fields(article: Article) -> Sequence[tuple[str, str]]:
    """The parts of an article that are read, by the name that spans use."""
    return (("title", article.title), ("text", article.text))


def mention(hit: Hit, field: str, text: str) -> Mention:
    """The hit as a mention of the article."""
    span = Span(field=field, start=hit.start, end=hit.end, text=text[hit.start : hit.end])
    return Mention(span=span, entity=hit.entity)


def _whole_word(text: str, start: int, end: int) -> bool:
    """Whether no letter or figure of the same script clings to either side."""
    before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    if before and not _SPACELESS.match(text[start - 1]) and not _SPACELESS.match(text[start]):
        return False
    after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return not (after and not _SPACELESS.match(text[end]) and not _SPACELESS.match(text[end - 1]))


def _in_role(entity: Entity, today: dt.date) -> bool:
    """Whether the entity was in its role on that day, give or take the turn of a day somewhere."""
    return (entity.since is None or entity.since <= today + _TURN) and (
        entity.until is None or today - _TURN <= entity.until
    )


def _lonely(article: Article, ambiguous: Sequence[Entity]) -> frozenset[str]:
    """Slugs of the ambiguous entities without one of the words that must stand near them."""
    if not ambiguous:
        return frozenset()
    whole = fold(f"{article.title} {article.text}")
    entities = {entity.slug: entity for entity in ambiguous}
    return frozenset(
        slug for slug, entity in entities.items() if not any(fold(word) in whole for word in entity.near)
    )


def _longest(hits: list[Hit]) -> list[Hit]:
    """Drop what stands strictly inside a longer hit: the China of the South China Sea is no actor."""
    ordered = sorted(hits, key=lambda hit: (hit.start, -hit.end))
    kept: list[Hit] = []
    around: list[Hit] = []  # of the kept, those that reach past the start of the next
    for hit in ordered:
        around = [other for other in around if other.end > hit.start]
        if around and any(hit.end <= other.end and _swallows(other, hit) for other in around):
            continue
        kept.append(hit)
        around.append(hit)
    return kept


def _goes_on(longer: Hit, hit: Hit) -> bool:
    """Whether the longer phrase is the shorter one with more words, and not one word with it: "test-fire"."""
    return longer.start == hit.start and longer.term.text[hit.end - hit.start :].startswith(" ")


def _is_place_of(longer: Hit, hit: Hit) -> bool:
    """Whether the longer name ends in a preposition and the shorter: "the airspace over Matsu" names Matsu too."""
    before = longer.term.text[: hit.start - longer.start].lower()
    return longer.end == hit.end and bool(_PREPOSITION_LAST.search(before))


def _swallows(longer: Hit, hit: Hit) -> bool:
    kinds = longer.entity.kind, hit.entity.kind
    if (longer.end - longer.start) == (hit.end - hit.start) or Kind.TOPIC in kinds:
        return False
    if kinds in {(Kind.OBJECT, Kind.ACTOR), (Kind.ACTION, Kind.ACTOR), (Kind.ACTION, Kind.PLACE)}:
        # "Sanctions on North Korea", "demands China stop" name it; an ambiguous Korea in an inter-Korean accord none.
        return bool(hit.entity.near)
    if kinds == (Kind.PLACE, Kind.ACTOR):
        # "near Taiwan" still names it; the South China Sea names no China.
        return not longer.entity.country or longer.entity.country != hit.entity.country
    if kinds == (Kind.PLACE, Kind.PLACE):
        return not _is_place_of(longer, hit)
    if kinds == (Kind.ACTION, Kind.ACTION):
        return not _goes_on(longer, hit)  # who flies over also flies
    # "missile test" is what was done, and the missile in it is still what it was done with.
    return kinds != (Kind.ACTION, Kind.OBJECT)

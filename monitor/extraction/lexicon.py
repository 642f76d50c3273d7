"""Finding every term of the vocabulary: the first half of the gate.

What the automata find is compared with the text as it stands, for some terms count in one case only (PLAN, US).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from monitor.extraction.company import Company
from monitor.extraction.finder import Finder, Numbers
from monitor.extraction.fold import fold, may_be_spaceless, starting, words
from monitor.extraction.hits import Hit, Senses, Spelling, spelled
from monitor.model import Article, Entity, Vocabulary

# Articles that are gone through in one call: for a short text the call alone takes half as long as its search does.
_GLANCED = 64
_BITS = 32  # of a place in an article
_made: WeakKeyDictionary[Vocabulary, Lexicon] = WeakKeyDictionary()


class Lexicon:
    """All terms of the vocabulary, ready to be found.

    `named` are the sets of slugs that one stretch of text may stand for, each once; `glance` tells them by number.
    """

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Lexicon:
        """The one of that vocabulary, made when it is first asked for and kept as long as the vocabulary is."""
        return _made.get(vocabulary) or _made.setdefault(vocabulary, cls(vocabulary))

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._finder = Finder(vocabulary)
        meanings, wordless = self._finder.meanings, self._finder.wordless
        self._senses = Senses()
        self._company = Company(vocabulary.entities.values())
        self._unspaced = spelled(wordless)  # in scripts that know no words
        self._signs = starting([each.exact for each in self._unspaced])
        self._spelled: dict[int, Sequence[Spelling]] = {}  # of what was ever found: few of 300,000
        numbers: dict[frozenset[str], int] = {}
        alike, meant = meanings.alike()
        self._numbers = np.array([_number(each, numbers) for each in meant], np.int32)[alike]
        self._anywhere = _number([entity for entity, _ in wordless], numbers) if wordless else None
        self.named: Sequence[frozenset[str]] = list(numbers)

    def glance(self, articles: Sequence[str]) -> Glance:
        """What is behind their hits, and a little more. Quick. An article is its title and text, a line each."""
        found: list[_Found] = []
        texts: list[bytes] = []
        for begin in range(0, len(articles), _GLANCED):
            written = list(map(words, articles[begin : begin + _GLANCED]))
            texts += written
            sizes = np.array([len(each) for each in written])
            ends = np.cumsum(sizes)
            for which, starts, stops in self._finder.find_all(b"".join(written)):
                # What reaches from one into the next counts for the latter, and there for none of its sentences.
                within = np.searchsorted(ends, stops)
                found.append((which, begin + within, starts - (ends - sizes)[within]))
        return Glance(texts, found, numbers=self._numbers, anywhere=self._anywhere)

    def scan(self, article: Article, seen: Seen | None = None) -> dict[str, list[Hit]]:
        """The hits of each field, in order of their start; a name inside a longer name is left out.

        `seen`: what a glance saw of it, which then need not be looked for again.
        """
        whole = f"{article.title}\n{article.text}"
        if seen is None:
            written = words(whole)
            seen = Seen(written, list(self._finder.find(written)))
        border = len(article.title)
        found = [hit for hit in self._find(whole, seen.starts) if not hit.start <= border < hit.end]
        lonely = functools.partial(self._company.lonely, written=seen.written)
        hits = self._senses.meant(found, article.when.date(), lonely)
        begin = border + 1
        return {
            "title": [hit for hit in hits if hit.end <= border],
            "text": [Hit(start - begin, end - begin, sense) for start, end, sense in hits if start > border],
        }

    def _find(self, text: str, starts: Sequence[tuple[int, int]]) -> Iterator[Hit]:
        """Every term of a text, each place once, before it is asked what it means; `starts`: what might stand where."""
        for which, at in starts:
            known = self._spelled.get(which)
            if known is None:
                known = self._spelled[which] = spelled(self._finder.meanings.of(which))
            found = []
            for each in known:
                start = at - each.lead
                end = start + each.length
                sense = each[text[start:end]]
                if sense is not None:
                    found.append(Hit(start, end, sense))
            yield from found if len(found) < 2 else self._senses.together(found)  # noqa: PLR2004 - nothing to put together
        if self._unspaced and (self._signs.search(text) or may_be_spaceless(text)):
            yield from self._without_words(text)

    def _without_words(self, text: str) -> Iterator[Hit]:
        """The terms in scripts that know no words."""
        folded = fold(text)
        return self._senses.together(
            Hit(found.start(), found.end(), each.sense)
            for each in self._unspaced
            if each.exact in (text if each.case else folded)  # as few are
            for found in re.finditer(re.escape(each.exact), text if each.case else folded)
        )


class Seen(NamedTuple):
    """What a glance saw of an article."""

    written: bytes  # its words
    starts: Sequence[tuple[int, int]]  # which spellings might start where


_Found = tuple[Numbers, Numbers, Numbers]  # which spelling, in which article, where in it


class Glance:
    """What many articles may name, by the numbers of a lexicon.

    `naming` tells for each number the articles that name it, a bit for each; the first has the lowest.
    """

    def __init__(
        self, texts: Sequence[bytes], found: Sequence[_Found], *, numbers: Numbers, anywhere: int | None
    ) -> None:
        """`numbers`: of each spelling; `anywhere`: of what any stretch of text may name."""
        nothing = np.zeros(0, np.int64)
        which, articles, places = (
            np.concatenate([nothing, *each]) for each in zip(*found or [(nothing,) * 3], strict=True)
        )
        order = np.argsort(articles, kind="stable")
        self._which, self._articles, self._places = which[order], articles[order], places[order]
        self._texts = texts
        self._numbers = numbers
        self._anywhere = anywhere
        self.naming = self._bits(numbers[which], articles, size=len(texts))

    def of(self, article: int) -> Seen:
        """What it saw of one."""
        own = slice(*np.searchsorted(self._articles, (article, article + 1)).tolist())
        starts = zip(self._which[own].tolist(), self._places[own].tolist(), strict=True)
        return Seen(self._texts[article], list(starts))

    def by_sentence(self, begins: Mapping[int, Sequence[int]]) -> Mapping[int, int]:
        """The same for the sentences of some articles, by their places; `begins`: where each sentence does."""
        sentences = np.array([at << _BITS | place for at, each in begins.items() for place in each], np.int64)
        these = np.isin(self._articles, np.fromiter(begins, np.int64))
        articles, places, which = self._articles[these], self._places[these], self._which[these]
        nth = np.searchsorted(sentences, articles << _BITS | np.maximum(places, 0), side="right") - 1
        inside = (places >= 0) & (nth >= 0) & (sentences[nth] >> _BITS == articles)
        return self._bits(self._numbers[which[inside]], nth[inside], size=len(sentences))

    def _bits(self, numbers: Numbers, places: Numbers, *, size: int) -> dict[int, int]:
        """For each of the numbers its places, all below `size`, as the bits of one integer."""
        known, which = np.unique(numbers, return_inverse=True)
        there = np.zeros((len(known), size), bool)
        there[which, places] = True
        rows = np.packbits(there, axis=1, bitorder="little")
        bits = {
            number: int.from_bytes(row.tobytes(), "little")
            for number, row in zip(known.tolist(), rows, strict=True)
        }
        if self._anywhere is not None:
            bits[self._anywhere] = (1 << size) - 1
        return bits


def fields(article: Article) -> Sequence[tuple[str, str]]:
    """The parts of an article that are read, by the name that spans use."""
    return (("title", article.title), ("text", article.text))


def _number(entities: Sequence[Entity], numbers: dict[frozenset[str], int]) -> int:
    """The number of the set of slugs of all these."""
    slugs = entities[0].slugs if len(entities) == 1 else frozenset().union(*(each.slugs for each in entities))
    return numbers.setdefault(slugs, len(numbers))

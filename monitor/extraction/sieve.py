"""The sieve: the gate for whole articles and for their sentences, before it is known what their words mean there."""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import or_
from typing import Protocol

from monitor.extraction.gate import Asked, Gate, set_bits
from monitor.extraction.parsed import NEAR
from monitor.model import Worded

_CUT = 256  # articles whose sentences are sifted at once
_NOWHERE = 2**31  # where no sentence begins: between two articles one bit stays free


class Named(Protocol):
    """What many articles name, by number."""

    @property
    def naming(self) -> Mapping[int, int]:
        """For each number the articles that name it, a bit for each; the first has the lowest."""

    def by_sentence(self, begins: Mapping[int, Sequence[int]]) -> Mapping[int, int]:
        """The same for the sentences of some articles, by their places; `begins`: where each sentence does."""


class Cut(Protocol):
    """One article on its way through the sieve."""

    @property
    def whole(self) -> str:
        """Title and text."""

    @property
    def is_short(self) -> bool:
        """Whether it is worth no cutting before it has passed."""

    @property
    def heads(self) -> int:
        """How many sentences are of the title or the lead, the first of all."""

    @property
    def begins(self) -> Sequence[int]:
        """Where each sentence begins."""

    @property
    def lines(self) -> Sequence[str]:
        """The sentences themselves."""


# The sentences of an article that may pass, each with what it may meet.
Passed = Mapping[int, Sequence[Asked]]


class Sieve:
    """The gate by the numbers of what articles name: what an article lacks, its sentences do too.

    Many articles are sifted at once, with the question turned on its side: not which needs an article meets, but which
    articles meet a need. These are one integer, a bit for each article, so that two operations put the question to
    hundreds of them. What is long is then cut into sentences, and these are sifted in the same way: in a long article
    nearly everything is named somewhere.
    """

    def __init__(self, gate: Gate, slugs: Sequence[frozenset[str]]) -> None:
        """`slugs`: by number, what it may stand for."""
        self._slugs = slugs
        self._gate = gate
        known = frozenset().union(*slugs)
        self._parts = {slug: set_bits(gate.mask({slug})) for slug in known}
        self._asked = {slug: gate.found_by(slug) for slug in known}

    def met(self, named: Named, articles: Sequence[Cut]) -> Mapping[int, Passed]:
        """The articles of which some sentence could satisfy a need, by their places, each with these sentences."""
        if self._gate.is_open:
            return {at: dict.fromkeys(range(len(cut.begins)), ()) for at, cut in enumerate(articles)}
        wholes = self._by_article(named.naming)
        left = {at: articles[at] for at in set_bits(functools.reduce(or_, wholes.values(), 0))}
        met: dict[int, dict[int, list[Asked]]] = defaultdict(lambda: defaultdict(list))
        for asked, some in self._as_one(wholes, {at: cut for at, cut in left.items() if cut.is_short}):
            for at in some:
                for nth in range(len(articles[at].begins)):
                    met[at][nth].append(asked)
        long = [at for at, cut in left.items() if not cut.is_short]
        for begin in range(0, len(long), _CUT):
            cuts = {at: articles[at] for at in long[begin : begin + _CUT]}
            for asked, sentences in self._by_sentence(wholes, named, cuts):
                for at, nth in sentences:
                    met[at][nth].append(asked)
        return met

    def _by_article(self, naming: Mapping[int, int]) -> Mapping[Asked, int]:
        """The needs of which some article names all parts, each with these articles."""
        slugs = self._by_slug(naming)
        having = self._having(slugs)
        found = dict.fromkeys(itertools.chain.from_iterable(self._asked[slug] for slug in slugs))
        return {asked: those for asked in found if (those := _all_of(asked.parts, having))}

    def _as_one(
        self, wholes: Mapping[Asked, int], short: Mapping[int, Cut]
    ) -> Iterator[tuple[Asked, Sequence[int]]]:
        """Those of the needs that some of these articles could satisfy, each with the articles."""
        these = sum(1 << at for at in short)
        told = [(asked, set_bits(those & these)) for asked, those in wholes.items()]
        return _held(told, {at: cut.whole for at, cut in short.items()})

    def _by_sentence(
        self, wholes: Mapping[Asked, int], named: Named, some: Mapping[int, Cut]
    ) -> Iterator[tuple[Asked, Iterator[tuple[int, int]]]]:
        """Those of the needs that some sentence of these articles could satisfy, each with article and sentence."""
        sentences = _Sentences(some)
        having = self._having(self._by_slug(named.by_sentence(sentences.begins)))
        near = _Near(having, sentences)
        these = sum(1 << at for at in some)
        told = []
        for asked, those in wholes.items():
            within = functools.reduce(or_, (sentences.own[at] for at in set_bits(those & these)), 0)
            if within:
                there = _all_of(asked.own, having) & _all_of(asked.near, near) & within
                told.append((asked, set_bits(there)))
        for asked, numbers in _held(told, sentences.lines):
            yield asked, (sentences.numbered[at] for at in numbers)

    def _having(self, slugs: Mapping[str, int]) -> Mapping[int, int]:
        """By part, where it is named."""
        having: dict[int, int] = defaultdict(int)
        for slug, those in slugs.items():
            for part in self._parts[slug]:
                having[part] |= those
        return having

    def _by_slug(self, naming: Mapping[int, int]) -> Mapping[str, int]:
        """Where each slug is named: one stands behind many numbers."""
        named: dict[str, int] = defaultdict(int)
        for number, those in naming.items():
            for slug in self._slugs[number]:
                named[slug] |= those
        return named


class _Sentences:
    """The sentences of some articles, numbered through: between two articles one number stays free."""

    def __init__(self, articles: Mapping[int, Cut]) -> None:
        # What stands before the first sentence, in the dateline, is as near as if it stood in it.
        self.begins = {
            at: [*([0] if cut.begins else []), *cut.begins[1:], _NOWHERE] for at, cut in articles.items()
        }
        self.lines = [line for cut in articles.values() for line in (*cut.lines, "")]
        self.numbered = [(at, nth) for at, each in self.begins.items() for nth in range(len(each))]
        self.longest = max(cut.heads for cut in articles.values())  # of the heads
        self.heads = 0  # the bits of the first sentences of all articles
        self.own: dict[int, int] = {}  # of each article the bits of all
        first = 0
        for at, cut in articles.items():
            count = len(cut.begins)
            self.own[at] = ((1 << count) - 1) << first
            self.heads |= ((1 << min(cut.heads, count)) - 1) << first
            first += count + 1
        self.every = functools.reduce(or_, self.own.values())


class _Near(dict[int, int]):
    """By part, the sentences that name it or may take it up: from title or lead, or from one just before."""

    def __init__(self, having: Mapping[int, int], sentences: _Sentences) -> None:
        super().__init__()
        self._having = having
        self._sentences = sentences

    def __missing__(self, part: int) -> int:
        those = self._having[part]
        told = those & self._sentences.heads
        # The sum carries from the first of them through all sentences to the end of the article.
        after = self._sentences.every & ~(self._sentences.every + told)
        before = (told >> far for far in range(self._sentences.longest))
        beside = (those << far for far in range(NEAR + 1))
        self[part] = near = functools.reduce(or_, itertools.chain(before, beside), after)
        return near


def _held(
    told: Sequence[tuple[Asked, Sequence[int]]], texts: Sequence[str] | Mapping[int, str]
) -> Iterator[tuple[Asked, Sequence[int]]]:
    """The needs with those of their texts in which their words could hold."""
    worded: dict[Worded, dict[int, None]] = defaultdict(dict)
    for asked, places in told:
        if asked.need.worded is not None:
            worded[asked.need.worded].update(dict.fromkeys(places))
    holding: dict[Worded, set[int]] = {}
    for words, among in worded.items():
        places = list(among)
        holding[words] = {places[at] for at in words.among([texts[place] for place in places])}
    for asked, places in told:
        held = None if asked.need.worded is None else holding[asked.need.worded]
        yield asked, places if held is None else [at for at in places if at in held]


def _all_of(parts: Iterable[int], having: Mapping[int, int]) -> int:
    """Where all these parts are named."""
    those = -1
    for part in parts:
        those &= having[part]
        if not those:
            break
    return those

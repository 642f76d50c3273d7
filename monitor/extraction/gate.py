"""The gate: which sentences could satisfy some rule. Only these are parsed.

It may let through too much; it never drops what the full pipeline would match, because a rule's conditions can
only be met by mentions, and the gate asks for exactly those mentions.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor.extraction.retraction import may_take_back
from monitor.model import Need, Worded


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A need, its parts as bits: a sentence or an article meets it that has all of them.

    Each is itself alone, so that it is told from others at no cost.
    """

    need: Need
    sentence: int
    article: int
    parts: Sequence[int]  # the numbers of both


Possible = Mapping[str, frozenset[str]]  # by role, the slugs of all who and what may have it


@dataclass(frozen=True, slots=True)
class Sought:
    """What a sentence is read for."""

    deeds: frozenset[str]  # which of its mentions could set off a rule
    needs: Sequence[Need] | None = None  # those that it could satisfy; None: any that has one of the deeds

    def narrowed(
        self, sentence: frozenset[str], article: frozenset[str], text: str, *, possible: Possible
    ) -> Sought:
        """What could come to a match, of a sentence and an article that mention these, and who may have which part.

        Left out are needs that ask for others, and deeds that a guard silences whatever is read of them.
        """
        if self.needs is None:
            return self
        silent: dict[int, bool] = {}  # by guard: rules share them
        deeds: set[str] = set()
        needs = []
        for need in self.needs:
            if any(slugs.isdisjoint(possible[role]) for role, slugs in need.roles):
                continue
            told = (need.deeds or sentence) & sentence
            for guard in need.unless:
                silences = silent.get(id(guard))
                if silences is None:
                    # Who takes a report back is heard past all guards.
                    silences = _is_met(guard, sentence, article, text) and not may_take_back(text)
                    silent[id(guard)] = silences
                if silences:
                    told = told - guard.deeds if guard.deeds else frozenset()
            if told:
                needs.append(need)
                deeds |= told
        return Sought(frozenset(deeds), needs)


class Lines(Protocol):
    """The text of one article on its way through the sieve."""

    def lines(self) -> str:
        """All sentences, a line each or several."""

    def sentences(self) -> str:
        """All sentences, a line each."""


@dataclass(frozen=True, slots=True)
class Sieve:
    """The gate for whole articles, by the numbers of what they name: what an article lacks, its sentences do too.

    Many articles are sifted at once, with the question turned on its side: not which needs an article meets, but which
    articles meet a need. These are one integer, a bit for each article, so that two operations put the question to
    hundreds of them.
    """

    slugs: Sequence[frozenset[str]]  # by number: what it may stand for
    parts: Mapping[str, Sequence[int]]  # by slug: of which parts it is
    asked: Mapping[str, Sequence[Asked]]  # by slug: the needs that are found by it
    is_open: bool

    def met(self, named: Mapping[int, int], articles: Sequence[Lines]) -> Mapping[int, Sequence[Asked]]:
        """For each article of which some sentence could satisfy a need, by its place, the needs that it could be.

        `named` are the articles that name what is behind each number, a bit for each, the first the lowest.
        """
        if self.is_open:
            return dict.fromkeys(range(len(articles)), ())
        meaning = self._meaning(named)
        having: dict[int, int] = defaultdict(int)
        for slug, naming in meaning.items():
            for part in self.parts[slug]:
                having[part] |= naming
        meeting: list[tuple[Asked, int]] = []
        worded: dict[Worded, int] = defaultdict(int)
        for asked in dict.fromkeys(itertools.chain.from_iterable(self.asked[slug] for slug in meaning)):
            those = -1
            for part in asked.parts:
                those &= having[part]
            if those:
                meeting.append((asked, those))
                if asked.need.worded is not None:
                    worded[asked.need.worded] |= those
        holding = {words: _holding(words, _set_bits(those), articles) for words, those in worded.items()}
        found: dict[int, list[Asked]] = defaultdict(list)
        for asked, those in meeting:
            words = asked.need.worded
            for at in _set_bits(those if words is None else those & holding[words]):
                found[at].append(asked)
        return found

    def _meaning(self, named: Mapping[int, int]) -> Mapping[str, int]:
        """The articles by slug: one stands behind many numbers, and is of many parts."""
        meaning: dict[str, int] = defaultdict(int)
        for number, naming in named.items():
            for slug in self.slugs[number]:
                meaning[slug] |= naming
        return meaning


def _holding(words: Worded, numbers: Sequence[int], articles: Sequence[Lines]) -> int:
    """Which of the articles of these numbers, as bits, have a sentence that the words could hold of.

    They are asked in one, and in two halves where the answer is yes: nearly always it is no. Only what is left is cut
    into sentences, where the words ask for that.
    """
    if not numbers or not words.loosely("\n".join([articles[at].lines() for at in numbers])):
        return 0
    if len(numbers) == 1:
        (at,) = numbers
        return (not words.by_sentence or words.within(articles[at].sentences())) << at
    half = len(numbers) // 2
    return _holding(words, numbers[:half], articles) | _holding(words, numbers[half:], articles)


def _set_bits(bits: int) -> list[int]:
    """The numbers of the bits that are set, from the lowest."""
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found


class Gate:
    """Needs indexed by the slugs of one part, so that cost follows mentions, not rules.

    The part is the smallest that is no deed, where there is one: whom and what a rule asks for is named less often
    than what is done.
    """

    def __init__(self, needs: Iterable[Need]) -> None:
        index: dict[str, list[Asked]] = defaultdict(list)
        parts: dict[frozenset[str], int] = {}
        self._open = False  # a need that asks for nothing is always met
        for need in dict.fromkeys(needs):
            sentence, article = (sum(_bits(each, parts)) for each in (need.sentence, need.article))
            parts_but_deeds = [part for part in (*need.article, *need.sentence) if part != need.deeds]
            part = min(parts_but_deeds or need.sentence, key=len, default=None)
            self._open |= part is None and need.worded is None
            asked = Asked(need, sentence, article, _set_bits(sentence | article))
            for slug in part or ():
                index[slug].append(asked)
        self._index: Mapping[str, Sequence[Asked]] = dict(index)
        bits: dict[str, int] = defaultdict(int)
        for slugs, bit in parts.items():
            for slug in slugs:
                bits[slug] |= bit
        self._bits: Mapping[str, int] = dict(bits)

    def sieve(self, named: Sequence[frozenset[str]]) -> Sieve:
        """What tells of whole articles whether they could pass; `named` are the slugs behind each number."""
        slugs = frozenset().union(*named)
        return Sieve(
            slugs=named,
            parts={slug: _set_bits(self._bits.get(slug, 0)) for slug in slugs},
            asked={slug: self._index.get(slug, ()) for slug in slugs},
            is_open=self._open,
        )

    def within(self, article: frozenset[str], asked: Iterable[Asked]) -> Wicket:
        """The gate for the sentences of an article with these mentions, of which the sieve gave these needs."""
        anywhere = self._mask(article)
        met = [each for each in asked if each.article & anywhere == each.article]
        return Wicket(self._mask, met, is_open=self._open)

    def _mask(self, slugs: frozenset[str]) -> int:
        """The bits of all parts of which one of these is."""
        mask = 0
        for slug in slugs:
            mask |= self._bits.get(slug, 0)
        return mask


class Wicket:
    """The gate within one article: what its other sentences lack was looked at once."""

    def __init__(
        self, mask: Callable[[frozenset[str]], int], asked: Sequence[Asked], *, is_open: bool
    ) -> None:
        self._mask = mask
        self._asked = asked
        self._open = is_open

    def sought(self, sentence: frozenset[str], text: str) -> Sought:
        """What a sentence of these mentions is to be read for; nothing where it could satisfy no need."""
        if self._open:
            return Sought(sentence)
        here = self._mask(sentence) if self._asked else 0
        met = [each.need for each in self._asked if each.sentence & here == each.sentence]
        worded = [need for need in met if need.worded is None or need.worded(text)]
        return Sought(frozenset().union(*((need.deeds or sentence) & sentence for need in worded)), worded)


def _is_met(need: Need, sentence: frozenset[str], article: frozenset[str], text: str) -> bool:
    if any(part.isdisjoint(sentence) for part in need.sentence):
        return False
    if any(part.isdisjoint(article) for part in need.article):
        return False
    return need.worded is None or need.worded(text)


def _bits(needed: Iterable[frozenset[str]], parts: dict[frozenset[str], int]) -> Iterator[int]:
    """The bit of each part; equal parts share one."""
    for part in set(needed):
        yield parts.setdefault(part, 1 << len(parts))

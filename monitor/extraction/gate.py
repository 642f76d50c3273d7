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

from monitor.model import Need, Worded


@dataclass(frozen=True, slots=True)
class _Asked:
    """A need, its parts as bits: a sentence or an article meets it that has all of them."""

    need: Need
    sentence: int
    article: int
    whole: int  # both


class Lines(Protocol):
    """The text of one article on its way through the sieve."""

    def lines(self) -> str:
        """All sentences, a line each or several."""

    def sentences(self) -> str:
        """All sentences, a line each."""


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """A need by the numbers of its parts; each is itself alone, so that it is told from others at no cost."""

    parts: Sequence[int]
    worded: Worded | None


@dataclass(frozen=True, slots=True)
class Sieve:
    """The gate for whole articles, by the numbers of what they name: what an article lacks, its sentences do too.

    Many articles are sifted at once, with the question turned on its side: not which needs an article meets, but which
    articles meet a need. These are one integer, a bit for each article, so that two operations put the question to
    hundreds of them.
    """

    parts: Sequence[Sequence[int]]  # by number: of which parts it is
    wanted: Sequence[Sequence[_Wanted]]  # by number: what the needs ask for that are found by it
    is_open: bool

    def passing(self, named: Mapping[int, int], articles: Sequence[Lines]) -> int:
        """Of the articles, a bit for each, those of which some sentence could satisfy a need.

        `named` are the articles that name what is behind each number; the first has the lowest bit.
        """
        if self.is_open:
            return (1 << len(articles)) - 1
        having: dict[int, int] = defaultdict(int)
        for number, naming in named.items():
            for part in self.parts[number]:
                having[part] |= naming
        passed = 0
        worded: dict[Worded, int] = defaultdict(int)
        for wanted in dict.fromkeys(itertools.chain.from_iterable(self.wanted[number] for number in named)):
            meeting = -1
            for part in wanted.parts:
                meeting &= having[part]
            if wanted.worded is None:
                passed |= meeting
            elif meeting:
                worded[wanted.worded] |= meeting
        for words, meeting in worded.items():
            passed |= _holding(words, _set_bits(meeting & ~passed), articles)
        return passed


def _holding(words: Worded, numbers: Sequence[int], articles: Sequence[Lines]) -> int:
    """Which of the articles of these numbers, as bits, have a sentence that the words could hold of.

    They are asked in one, and in two halves where the answer is yes: nearly always it is no.
    """
    if not numbers:
        return 0
    told = (articles[at].sentences() if words.by_sentence else articles[at].lines() for at in numbers)
    if not words.within("\n".join(told)):
        return 0
    if len(numbers) == 1:
        return 1 << numbers[0]
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
        index: dict[str, list[_Asked]] = defaultdict(list)
        parts: dict[frozenset[str], int] = {}
        self._open = False  # a need that asks for nothing is always met
        for need in dict.fromkeys(needs):
            sentence, article = (sum(_bits(each, parts)) for each in (need.sentence, need.article))
            parts_but_deeds = [part for part in (*need.article, *need.sentence) if part != need.deeds]
            part = min(parts_but_deeds or need.sentence, key=len, default=None)
            self._open |= part is None and need.worded is None
            for slug in part or ():
                index[slug].append(_Asked(need, sentence, article, sentence | article))
        self._index: Mapping[str, Sequence[_Asked]] = index
        bits: dict[str, int] = defaultdict(int)
        for slugs, bit in parts.items():
            for slug in slugs:
                bits[slug] |= bit
        self._bits: Mapping[str, int] = dict(bits)

    def sieve(self, named: Sequence[frozenset[str]]) -> Sieve:
        """What tells of whole articles whether they could pass; `named` are the slugs behind each number."""
        wanted = {
            id(asked): _Wanted(_set_bits(asked.whole), asked.need.worded)
            for listed in self._index.values()
            for asked in listed
        }
        return Sieve(
            parts=[_set_bits(self._mask(slugs)) for slugs in named],
            wanted=[[wanted[name] for name in self._asked(slugs)] for slugs in named],
            is_open=self._open,
        )

    def _asked(self, slugs: frozenset[str]) -> Iterable[int]:
        """The needs, by their ids, that are found by one of these, each once."""
        return dict.fromkeys(id(asked) for slug in slugs for asked in self._index.get(slug, ()))

    def within(self, article: frozenset[str]) -> Wicket:
        """The gate for the sentences of an article with these mentions."""
        anywhere = self._mask(article)
        asked = {id(each): each for slug in article for each in self._index.get(slug, ())}
        met = [each for each in asked.values() if each.article & anywhere == each.article]
        return Wicket(self._mask, [] if self._open else met, is_open=self._open)

    def _mask(self, slugs: frozenset[str]) -> int:
        """The bits of all parts of which one of these is."""
        mask = 0
        for slug in slugs:
            mask |= self._bits.get(slug, 0)
        return mask


class Wicket:
    """The gate within one article: what its other sentences lack was looked at once."""

    def __init__(
        self, mask: Callable[[frozenset[str]], int], asked: Sequence[_Asked], *, is_open: bool
    ) -> None:
        self._mask = mask
        self._asked = asked
        self._open = is_open

    def deeds(self, sentence: frozenset[str], text: str) -> frozenset[str]:
        """Which of a sentence's mentions could set off a rule; none where the sentence could satisfy no need."""
        if self._open:
            return sentence
        here = self._mask(sentence) if self._asked else 0
        met = [each.need for each in self._asked if each.sentence & here == each.sentence]
        worded = [need for need in met if need.worded is None or need.worded(text)]
        return frozenset().union(*((need.deeds or sentence) & sentence for need in worded))


def _bits(needed: Iterable[frozenset[str]], parts: dict[frozenset[str], int]) -> Iterator[int]:
    """The bit of each part; equal parts share one."""
    for part in set(needed):
        yield parts.setdefault(part, 1 << len(parts))

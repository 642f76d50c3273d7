"""The gate: which sentences could satisfy some rule. Only these are parsed.

It may let through too much; it never drops what the full pipeline would match, because a rule's conditions can
only be met by mentions, and the gate asks for exactly those mentions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from monitor.extraction.retraction import may_take_back
from monitor.model import Need

_MANY = 16  # bits of a number, from which on they are sooner told all at once


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A need, its parts as bits: a sentence or an article meets it that has all of them.

    Each is itself alone, so that it is told from others at no cost.
    """

    need: Need
    sentence: int
    article: int
    parts: Sequence[int]  # the numbers of both
    own: Sequence[int]  # of the sentence alone
    near: Sequence[int]  # of the roles: it takes them up from nearby where it does not name them itself


class Possible(Protocol):
    """Who and what may have which role in a sentence."""

    def of(self, role: str) -> frozenset[str]:
        """The slugs of all these."""


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
            if any(slugs.isdisjoint(possible.of(role)) for role, slugs in need.roles):
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


class Gate:
    """Needs indexed by the slugs of one part, so that cost follows mentions, not rules.

    The part is the smallest that is no deed, where there is one: whom and what a rule asks for is named less often
    than what is done.
    """

    def __init__(self, needs: Iterable[Need]) -> None:
        index: dict[str, list[Asked]] = defaultdict(list)
        parts: dict[frozenset[str], int] = {}
        self.is_open = False  # a need that asks for nothing is always met
        for need in dict.fromkeys(needs):
            sentence, article = (sum(_bits(each, parts)) for each in (need.sentence, need.article))
            parts_but_deeds = [part for part in (*need.article, *need.sentence) if part != need.deeds]
            part = min(parts_but_deeds or need.sentence, key=len, default=None)
            self.is_open |= part is None and need.worded is None
            near = sum(_bits((slugs for _, slugs in need.roles), parts))
            numbers = (set_bits(each) for each in (sentence | article, sentence, near))
            asked = Asked(need, sentence, article, *numbers)
            for slug in part or ():
                index[slug].append(asked)
        self._index: Mapping[str, Sequence[Asked]] = dict(index)
        bits: dict[str, int] = defaultdict(int)
        for slugs, bit in parts.items():
            for slug in slugs:
                bits[slug] |= bit
        self._bits: Mapping[str, int] = dict(bits)
        self._masks: dict[frozenset[str], int] = {}

    def found_by(self, slug: str) -> Sequence[Asked]:
        """The needs that are found by it."""
        return self._index.get(slug, ())

    def met(self, asked: Iterable[Asked], parts: int, text: str) -> Sequence[Asked] | None:
        """Those of the needs that a sentence of these parts could satisfy wherever it stands; None: it cannot pass."""
        if self.is_open:
            return ()
        met = [
            each
            for each in asked
            if each.sentence & parts == each.sentence and (each.need.worded is None or each.need.worded(text))
        ]
        return met or None

    def sought(self, asked: Iterable[Asked], sentence: frozenset[str], parts: int) -> Sought:
        """What such a sentence is to be read for in an article of these parts; nothing where it could meet none."""
        if self.is_open:
            return Sought(sentence)
        needs = [each.need for each in asked if each.article & parts == each.article]
        return Sought(frozenset().union(*((need.deeds or sentence) & sentence for need in needs)), needs)

    def mask(self, slugs: Iterable[str]) -> int:
        """The bits of all parts of which one of these is."""
        mask = 0
        for slug in slugs:
            mask |= self._bits.get(slug, 0)
        return mask

    def parts(self, mentioned: Iterable[frozenset[str]]) -> int:
        """The bits of all that some words may mention; what one may is remembered, for it comes again."""
        mask = 0
        for slugs in mentioned:
            known = self._masks.get(slugs)
            if known is None:
                known = self._masks[slugs] = self.mask(slugs)
            mask |= known
        return mask


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


def set_bits(bits: int) -> list[int]:
    """The numbers of the bits that are set, from the lowest."""
    if bits.bit_count() > _MANY:
        octets = np.frombuffer(bits.to_bytes(-(-bits.bit_length() // 8), "little"), np.uint8)
        return list(map(int, np.flatnonzero(np.unpackbits(octets, bitorder="little"))))
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found

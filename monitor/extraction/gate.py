"""The gate: which sentences could satisfy some rule. Only these are parsed.

It may let through too much; it never drops what the full pipeline would match, because a rule's conditions can
only be met by mentions, and the gate asks for exactly those mentions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.model import Need, Worded


@dataclass(frozen=True, slots=True)
class _Asked:
    """A need, its parts as bits: a sentence or an article meets it that has all of them."""

    need: Need
    sentence: int
    article: int
    whole: int  # both


@dataclass(frozen=True, slots=True)
class Sieve:
    """The gate for whole articles, by the numbers of what they name: what an article lacks, its sentences do too."""

    masks: Sequence[int]  # by number
    asked: Sequence[Sequence[tuple[int, Worded | None]]]  # by number: the bits of a need, and its words
    is_open: bool

    def passes(self, named: Collection[int], sentences: Callable[[], str]) -> bool:
        """Whether some sentence of an article that names these could satisfy a need.

        `sentences` gives the sentences, a line each; it is called where their words decide.
        """
        if self.is_open:
            return True
        here = 0
        for number in named:
            here |= self.masks[number]
        worded = {each for number in named for whole, each in self.asked[number] if whole & here == whole}
        return None in worded or any(each.within(sentences()) for each in worded if each is not None)


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
        return Sieve(
            masks=[self._mask(slugs) for slugs in named],
            asked=[self._asked(slugs) for slugs in named],
            is_open=self._open,
        )

    def _asked(self, slugs: frozenset[str]) -> Sequence[tuple[int, Worded | None]]:
        """What the needs ask of which one of these is a part, each once."""
        asked = (asked for slug in slugs for asked in self._index.get(slug, ()))
        return tuple(dict.fromkeys((each.whole, each.need.worded) for each in asked))

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

"""The gate: which sentences could satisfy some rule. Only these are parsed.

It may let through too much; it never drops what the full pipeline would match, because a rule's conditions can
only be met by mentions, and the gate asks for exactly those mentions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from monitor.model import Need


class Gate:
    """Needs indexed by the slugs of one part, so that cost follows mentions, not rules.

    The part is one that may stand anywhere in the article, where there is one: whom and what a rule asks for is
    named less often than what is done.
    """

    def __init__(self, needs: Iterable[Need]) -> None:
        index: dict[str, list[Need]] = defaultdict(list)
        self._open = False  # a need that asks for nothing is always met
        for need in needs:
            part = min(need.article or need.sentence, key=len, default=None)
            self._open |= part is None
            for slug in part or ():
                index[slug].append(need)
        self._index: Mapping[str, Sequence[Need]] = index

    def passes(self, sentence: frozenset[str], article: frozenset[str]) -> bool:
        """Whether a sentence with these mentions, in an article with those and its own, could satisfy some need."""
        return self._open or any(True for _ in self._met(sentence, article))

    def deeds(self, sentence: frozenset[str], article: frozenset[str], text: str) -> frozenset[str]:
        """Which of the sentence's mentions could set off a rule; none where its words satisfy no need."""
        if self._open:
            return sentence
        needs = dict.fromkeys(self._met(sentence, article))
        worded = [need for need in needs if need.worded is None or need.worded(text)]
        return frozenset().union(*((need.deeds or sentence) & sentence for need in worded))

    def _met(self, sentence: frozenset[str], article: frozenset[str]) -> Iterator[Need]:
        """The needs that these mentions meet, some more than once."""
        for slug in article:
            for need in self._index.get(slug, ()):
                if _met(need.sentence, sentence) and _met(need.article, article):
                    yield need


def _met(parts: tuple[frozenset[str], ...], slugs: frozenset[str]) -> bool:
    return not any(map(slugs.isdisjoint, parts))

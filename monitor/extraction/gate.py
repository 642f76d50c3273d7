"""The gate: which sentences could satisfy some rule. Only these are parsed.

It may let through too much; it never drops what the full pipeline would match, because a rule's conditions can
only be met by mentions, and the gate asks for exactly those mentions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from monitor.model import Need


class Gate:
    """Needs indexed by the slugs of their rarest part, so that cost follows mentions, not rules."""

    def __init__(self, needs: Iterable[Need]) -> None:
        index: dict[str, list[Need]] = defaultdict(list)
        self._always = []
        for need in needs:
            if not need.sentence:
                self._always.append(need)
            for slug in min(need.sentence, key=len, default=()):
                index[slug].append(need)
        self._index: Mapping[str, Sequence[Need]] = index

    def passes(self, sentence: frozenset[str], article: frozenset[str]) -> bool:
        """Whether a sentence with these mentions, in an article with those, could satisfy some need."""
        for slug in sentence:
            for need in self._index.get(slug, ()):
                if _met(need.sentence, sentence) and _met(need.article, article):
                    return True
        return any(_met(need.article, article) for need in self._always)


def _met(parts: tuple[frozenset[str], ...], slugs: frozenset[str]) -> bool:
    return not any(map(slugs.isdisjoint, parts))

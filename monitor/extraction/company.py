"""Which names are meant by the company that they keep: bare "Kim" counts where Pyongyang is named too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from monitor.extraction.fold import words
from monitor.model import Entity

_SHORT_WORD = 4  # letters; as the beginning of other words shorter ones would say nothing


class Company:
    """The words that ambiguous names ask for nearby, ready to be found in an article."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        numbers: dict[bytes, int] = {}
        self._asked = {
            each.slug: frozenset(
                numbers.setdefault(written, len(numbers))
                for word in each.near
                for written in _as_written(word)
            )
            for each in entities
            if each.near
        }
        self._automaton = BytesAhoCorasick(list(numbers), matchkind=MatchKind.Standard)

    def lonely(self, ambiguous: Iterable[Entity], written: bytes) -> frozenset[str]:
        """Slugs of those without one of their words in an article; `written`: as `words` gives it."""
        found = self._automaton.find_matches_as_indexes(written, overlapping=True)
        there = {which for which, *_ in found}
        return frozenset(each.slug for each in ambiguous if self._asked[each.slug].isdisjoint(there))


def _as_written(word: str) -> Iterator[bytes]:
    """The word as it stands between spaces: a long one may go on (Korean), a short one is whole (NIS, ships)."""
    written = words(word).strip()
    if len(written) > _SHORT_WORD:
        yield b" %b" % written
    else:
        yield from (b" %b%b " % (written, s) for s in (b"", b"s"))

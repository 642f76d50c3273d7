"""Finding every spelling of a vocabulary in one pass over many texts.

Aho-Corasick automata over the words of a text, each between spaces, so that they find whole words only.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Collection, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from monitor.bulk import building
from monitor.extraction.fold import words_by_line
from monitor.model import Entity, Term, Vocabulary

# Spellings of one automaton: while it is built it takes four times its room, and two of half the size are searched in
# little more time than one.
_AT_ONCE = 250_000
_WORDLESS = b"  "  # the words of a spelling that has none

Meaning = tuple[Entity, Term]
Numbers = npt.NDArray[np.generic]


class Finder:
    """All spellings of a vocabulary that have words, each under the number by which `meanings` knows what it means.

    `wordless` are the meanings of those that have none: such scripts put no space between words.
    """

    def __init__(self, vocabulary: Vocabulary, *, at_once: int = _AT_ONCE) -> None:
        """`at_once`: spellings of one automaton."""
        with building():
            cores, self.meanings, self.wordless = _by_core(vocabulary)
        parts = -(-len(cores) // at_once)
        self._each = -(-len(cores) // parts) if parts else 0
        rest = iter(cores)
        self._automata = []
        for _ in range(parts):
            with building():
                self._automata.append(_automaton(itertools.islice(rest, self._each)))

    def find(self, written: bytes) -> Iterator[tuple[int, int]]:
        """The number of each spelling that stands there, and where its first letter does; `written`: by `words`."""
        for part, automaton in enumerate(self._automata):
            first = part * self._each
            for which, at, _ in automaton.find_matches_as_indexes(written, overlapping=True):
                yield first + which, at

    def find_all(self, written: bytes) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
        """The same at once, several times, each in order of where they end: numbers, starts, ends."""
        for part, automaton in enumerate(self._automata):
            found = automaton.find_matches_as_indexes(written, overlapping=True)
            hits = np.fromiter(itertools.chain.from_iterable(found), np.int64, count=3 * len(found))
            yield hits[::3] + part * self._each, hits[1::3], hits[2::3]


def _automaton(cores: Iterator[bytes]) -> BytesAhoCorasick:
    return BytesAhoCorasick(
        cores,
        matchkind=MatchKind.Standard,
        implementation=Implementation.ContiguousNFA,  # as fast here as a DFA, built sooner, a tenth its size
    )


class _Packed:
    """Very many short byte strings, as one: each for itself takes three times the room."""

    def __init__(self, strings: Collection[bytes]) -> None:
        self._joined = b"".join(strings)
        self._ends = array("I", itertools.accumulate(map(len, strings)))

    def __len__(self) -> int:
        return len(self._ends)

    def __iter__(self) -> Iterator[bytes]:
        start = 0
        for end in self._ends:
            yield self._joined[start:end]
            start = end


class Meanings:
    """What each of very many spellings may mean: in long lists, for an object each would take six times the room."""

    def __init__(self, entities: Sequence[Entity], whose: Numbers, places: Numbers, which: Numbers) -> None:
        """For each term the place of its entity, its own among the terms of that, and the number of its spelling."""
        order = np.argsort(which, kind="stable")
        self._entities = entities
        self._whose = whose[order].astype(np.uint32)
        self._places = places[order].astype(np.uint32)
        self._starts = array("I", [0])
        self._starts.frombytes(np.cumsum(np.bincount(which), dtype=np.uint32).tobytes())

    def __len__(self) -> int:
        return len(self._starts) - 1

    def of(self, which: int) -> Iterator[Meaning]:
        """The meanings of the spelling of that number."""
        places = self._places[self._own(which)].tolist()
        return ((each, each.spellings.at(at)) for each, at in zip(self.entities(which), places, strict=True))

    def entities(self, which: int) -> Sequence[Entity]:
        """Those alone."""
        return [self._entities[at] for at in self._whose[self._own(which)].tolist()]

    def alike(self) -> tuple[Numbers, Sequence[Sequence[Entity]]]:
        """For each spelling the number of its entities among all that one means: few thousand for so many."""
        starts = np.array(self._starts)
        firsts, sizes = starts[:-1], np.diff(starts)
        alone = sizes == 1
        known, of_those = np.unique(self._whose[firsts[alone]], return_inverse=True)
        numbers = np.empty(len(self), np.int32)
        numbers[alone] = of_those
        together: dict[bytes, int] = {}
        written, width = self._whose.tobytes(), self._whose.itemsize
        several = zip((firsts[~alone] * width).tolist(), (starts[1:][~alone] * width).tolist(), strict=True)
        numbers[~alone] = [
            together.setdefault(written[first:last], len(known) + len(together)) for first, last in several
        ]
        told = [
            *([at] for at in known.tolist()),
            *(np.frombuffer(each, np.uint32).tolist() for each in together),
        ]
        return numbers, [[self._entities[at] for at in those] for those in told]

    def _own(self, which: int) -> slice:
        return slice(self._starts[which], self._starts[which + 1])


def _by_core(vocabulary: Vocabulary) -> tuple[_Packed, Meanings, list[Meaning]]:
    """Terms by their words from the first letter to the last, spaces around; and those that hold no such word.

    Of the meanings of one spelling those that count in one case only stand last.
    """
    entities = list(vocabulary.entities.values())
    places, which, cased, sizes = array("I"), array("i"), array("b"), []
    numbers = {_WORDLESS: -1}
    for entity in entities:
        terms = entity.spellings
        sizes.append(len(terms))
        places.extend(terms.places)
        cased.extend(terms.cased)
        which.extend(
            [numbers.setdefault(core, len(numbers) - 1) for core in words_by_line(terms.lines)]
            if terms
            else ()
        )
    del numbers[_WORDLESS]
    order = np.argsort(np.array(cased), kind="stable")
    place, number = np.array(places)[order], np.array(which)[order]
    whose = np.repeat(np.arange(len(entities)), sizes)[order]
    wordless = [
        (entities[whose[at]], entities[whose[at]].spellings.at(int(place[at])))
        for at in np.flatnonzero(number < 0)
    ]
    worded = np.flatnonzero(number >= 0)
    return _Packed(numbers), Meanings(entities, whose[worded], place[worded], number[worded]), wordless

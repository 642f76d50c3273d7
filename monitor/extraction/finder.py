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
from monitor.extraction.fold import words
from monitor.model import Entity, Term, Terms, Vocabulary

# Spellings of one automaton: while it is built it takes four times its room, and two of half the size are searched in
# little more time than one.
_AT_ONCE = 250_000

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

    def __init__(self, entities: Sequence[Entity], places: Numbers, which: Numbers) -> None:
        """Each entity with the place of one of its terms, and the number of that one's spelling."""
        order = np.argsort(which, kind="stable")
        self._entities = [entities[at] for at in order]
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
        return self._entities[self._own(which)]

    def _own(self, which: int) -> slice:
        return slice(self._starts[which], self._starts[which + 1])


def _by_core(vocabulary: Vocabulary) -> tuple[_Packed, Meanings, list[Meaning]]:
    """Terms by their words from the first letter to the last, spaces around; and those that hold no such word.

    Of the meanings of one spelling those that count in one case only stand last.
    """
    entities: list[Entity] = []
    places, which, cased = array("I"), array("i"), array("b")
    numbers: dict[bytes, int] = {}
    for entity in vocabulary.entities.values():
        terms = entity.spellings
        entities += [entity] * len(terms)
        places.extend(terms.places)
        cased.extend(terms.cased)
        which.extend(numbers.setdefault(core, len(numbers)) if core else -1 for core in _cores(terms))
    order = np.argsort(np.array(cased), kind="stable")
    place, number = np.array(places)[order], np.array(which)[order]
    found = [entities[at] for at in order]
    wordless = [(found[at], found[at].spellings.at(int(place[at]))) for at in np.flatnonzero(number < 0)]
    worded = np.flatnonzero(number >= 0)
    return _Packed(numbers), Meanings([found[at] for at in worded], place[worded], number[worded]), wordless


def _cores(terms: Terms) -> Iterator[bytes]:
    """The words of each with spaces around; nothing where there are none."""
    written = words(terms.lines)
    begin = 1
    for text in terms.texts:
        end = begin + len(text)
        core = written[begin:end].strip()
        yield b" %b " % core if core else b""
        begin = end + 1

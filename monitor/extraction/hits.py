"""What was found in an article and what of it is meant there."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import NamedTuple

from monitor.extraction.finder import Meaning
from monitor.extraction.fold import fold, words
from monitor.extraction.longer import Inside
from monitor.model import Entity, Kind, Mention, Span

_TURN = dt.timedelta(days=1)
_REMEMBERED = 50_000  # of each sort
_WRITTEN = 100  # ways to write one spelling that are remembered: with capitals, with hyphens


@dataclass(frozen=True, eq=False)
class Sense:
    """All that one stretch of text may mean: a word may stand for twenty actions. Told from others by identity."""

    meanings: tuple[Meaning, ...]

    @cached_property
    def slugs(self) -> frozenset[str]:
        """Of all these."""
        return frozenset(entity.slug for entity, _ in self.meanings)

    @cached_property
    def named(self) -> frozenset[str]:
        """The same, and whom they may stand for besides: a place for its owner."""
        return frozenset().union(*(entity.slugs for entity, _ in self.meanings))

    @cached_property
    def actors(self) -> tuple[str, ...]:
        """Slugs of the actors among them, in order."""
        return tuple(dict.fromkeys(entity.slug for entity, _ in self.meanings if entity.kind is Kind.ACTOR))

    @cached_property
    def unsure(self) -> Sequence[Entity]:
        """Those that are not meant wherever it stands: they ask for a day or for words nearby."""
        return [each for each, _ in self.meanings if each.since or each.until or each.near]


class Hit(NamedTuple):
    """A stretch of one field that terms were found in; offsets are code points. A tuple: an article has a hundred."""

    start: int
    end: int
    sense: Sense


Lonely = Callable[[Sequence[Entity]], frozenset[str]]  # of ambiguous ones the slugs of those with nobody near


class Spelling(dict[str, Sense | None]):
    """One way to write a term, as it is found: without the signs before its first letter.

    By what stands in a text it tells what that means, None where it is written otherwise; the answer is remembered.
    """

    def __init__(self, exact: str, sense: Sense, *, case: bool) -> None:
        """`exact`: folded, where the case does not count."""
        super().__init__()
        written = words(exact)
        self.lead = len(written) - len(written.lstrip()) - 1  # signs before the first letter
        self.length = len(exact)
        self.exact = exact
        self.case = case
        self.sense = sense

    def __missing__(self, stands: str) -> Sense | None:
        if len(self) >= _WRITTEN:
            self.clear()
        found = self.sense if (stands if self.case else fold(stands)) == self.exact else None
        self[stands] = found
        return found


def spelled(meanings: Iterable[Meaning]) -> Sequence[Spelling]:
    """The meanings by how they are written."""
    spellings: dict[tuple[bool, str], list[Meaning]] = defaultdict(list)
    for meaning in meanings:
        term = meaning[1]
        spellings[term.case, term.text if term.case else fold(term.text)].append(meaning)
    return [Spelling(exact, Sense(tuple(listed)), case=case) for (case, exact), listed in spellings.items()]


def mentions(
    hits: Iterable[Hit], field: str, text: str, *, kinds: Container[Kind] = frozenset(Kind)
) -> Iterator[Mention]:
    """The hits as mentions of the article, of these kinds; those of one place share its span."""
    for start, end, sense in hits:
        named = [entity for entity, _ in sense.meanings if entity.kind in kinds]
        if named:
            span = Span(field=field, start=start, end=end, text=text[start:end])
            yield from (Mention(span=span, entity=entity) for entity in named)


def _in_role(entity: Entity, today: dt.date) -> bool:
    """Whether the entity was in its role on that day, give or take the turn of a day somewhere."""
    return (entity.since is None or entity.since <= today + _TURN) and (
        entity.until is None or today - _TURN <= entity.until
    )


class Senses:
    """What becomes of hits that share a place, stand inside one another or are not meant.

    What was worked out of a sense is remembered, for the same words come again and again, and as long as this is.
    """

    def __init__(self) -> None:
        self._both = lru_cache(maxsize=_REMEMBERED)(_both)
        self._less = lru_cache(maxsize=_REMEMBERED)(_less)
        self._unswallowed = lru_cache(maxsize=_REMEMBERED)(_unswallowed)

    def together(self, hits: Iterable[Hit]) -> Iterator[Hit]:
        """One hit for each place, with all that several mean there."""
        senses: dict[tuple[int, int], Sense] = {}
        for start, end, sense in hits:
            before = senses.get((start, end))
            senses[start, end] = self._both(before, sense) if before else sense
        return (Hit(start, end, sense) for (start, end), sense in senses.items())

    def meant(self, found: Sequence[Hit], today: dt.date, lonely: Lonely) -> list[Hit]:
        """What of all that was found in an article of that day is meant, in order of its start.

        Left out are names inside longer names, people out of their role, and of the ambiguous ones, of which there may
        be some, those that `lonely` tells.
        """
        senses = {sense for _, _, sense in found}
        unsure = {entity.slug: entity for sense in senses for entity in sense.unsure}
        if unsure:
            late = frozenset(slug for slug, entity in unsure.items() if not _in_role(entity, today))
            out = late | lonely([entity for entity in unsure.values() if entity.near])
            less = {sense: self._less(sense, gone) for sense in senses if (gone := sense.slugs & out)}
            found = [Hit(start, end, kept) for start, end, sense in found if (kept := less.get(sense, sense))]
        return self._longest(found)

    def _longest(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits, one for each place, without what stands inside a longer one."""
        ordered = sorted(sorted(hits, key=itemgetter(1), reverse=True), key=itemgetter(0))
        kept: list[Hit] = []
        reach = 0  # where the last of them ends
        first = 0  # of the kept, the first that may reach past the start of the next
        for hit in ordered:
            start, end, sense = hit
            if start >= reach:  # as with most words
                first, reach = len(kept), end
                kept.append(hit)
                continue
            for other in kept[first:]:
                if other.end >= end:
                    left = self._unswallowed(sense, other.sense, start - other.start, other.end - end)
                    if left is None:
                        break
                    sense = left
            else:
                kept.append(hit if sense is hit.sense else Hit(start, end, sense))
            reach = max(reach, end)
        return kept


def _both(one: Sense, other: Sense) -> Sense:
    return Sense((*one.meanings, *other.meanings))


def _less(sense: Sense, gone: frozenset[str]) -> Sense | None:
    left = tuple(meaning for meaning in sense.meanings if meaning[0].slug not in gone)
    return Sense(left) if left else None


def _unswallowed(sense: Sense, longer: Sense, before: int, after: int) -> Sense | None:
    """What it still means inside the longer one, so many signs from its start and end; None where that is nothing."""
    left = tuple(
        (part, shorter)
        for part, shorter in sense.meanings
        if not any(
            Inside(term, whole, shorter, part, before, after).is_swallowed for whole, term in longer.meanings
        )
    )
    if len(left) == len(sense.meanings):
        return sense
    return Sense(left) if left else None

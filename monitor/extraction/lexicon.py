"""Finding every term of the vocabulary in one pass over an article: the first half of the gate.

One Aho-Corasick automaton over the words of a text, each between spaces, so that it finds whole words only; what it
finds is then compared with the text as it stands, for some terms count in one case only (PLAN, US).
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from monitor.bulk import building
from monitor.extraction.fold import fold, words
from monitor.model import Article, Entity, Kind, Mention, Span, Term, Terms, Vocabulary

_PREPOSITION_LAST = re.compile(r"\b(?:over|above|of|around|off|near) (?:the )?$")


# What is said of a thing of any kind.
_ANY = re.compile(
    r"(?:(?:new|newest|latest|another|more|suspected|apparent|unidentified|large|small|giant|big|modern|upgraded|"
    r"improved|first|second|third|fourth|fifth|sixth) )+",
    re.IGNORECASE,
)
_AUXILIARIES = frozenset({"is ", "are ", "was ", "were ", "be ", "been ", "being "})
_TURN = dt.timedelta(days=1)
# Articles that are gone through in one call: for a short text the call alone takes half as long as its search does.
_GLANCED = 64
_made: WeakKeyDictionary[Vocabulary, Lexicon] = WeakKeyDictionary()
_SHORT_WORD = 4  # letters; as the beginning of other words shorter ones would say nothing


class Hit(NamedTuple):
    """One term found in one field; offsets are code points. A tuple, for most articles have several."""

    start: int
    end: int
    entity: Entity
    term: Term


Meaning = tuple[Entity, Term]
_Numbers = npt.NDArray[np.generic]


class _Spelling(NamedTuple):
    """One way to write a term, as the automaton finds it: without the signs before its first letter."""

    exact: str  # folded, where the case does not count
    case: bool
    lead: int  # signs before the first letter
    meanings: list[Meaning]
    sure: bool  # all of them are meant wherever it stands: none asks for a day or for words nearby


Place = tuple[int, int, _Spelling]  # start, end, what stands there


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


class _Meanings:
    """What each of very many spellings may mean: in long lists, for an object each would take six times the room."""

    def __init__(self, entities: Sequence[Entity], places: _Numbers, which: _Numbers) -> None:
        """Each entity with the place of one of its terms, and the number of that one's spelling."""
        order = np.argsort(which, kind="stable")
        self._entities = [entities[at] for at in order]
        self._places = places[order].astype(np.uint32)
        self._starts = array("I", [0])
        self._starts.frombytes(np.cumsum(np.bincount(which), dtype=np.uint32).tobytes())

    def of(self, which: int) -> Iterator[Meaning]:
        """The meanings of the spelling of that number."""
        places = self._places[self._own(which)].tolist()
        return ((each, each.spellings.at(at)) for each, at in zip(self.entities(which), places, strict=True))

    def entities(self, which: int) -> Sequence[Entity]:
        """Those alone."""
        return self._entities[self._own(which)]

    def _own(self, which: int) -> slice:
        return slice(self._starts[which], self._starts[which + 1])


class Lexicon:
    """All terms of the vocabulary, ready to be found.

    `named` are the sets of slugs that one stretch of text may stand for, each once; `glance` tells them by number.
    """

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Lexicon:
        """The one of that vocabulary, made when it is first asked for and kept as long as the vocabulary is."""
        return _made.get(vocabulary) or _made.setdefault(vocabulary, cls(vocabulary))

    def __init__(self, vocabulary: Vocabulary) -> None:
        with building():
            cores, self._meanings, unspaced = _by_core(vocabulary)
            self._unspaced = _spelled(unspaced)  # in scripts that know no words
            self._spelled: dict[int, Sequence[_Spelling]] = {}  # of what was ever found: few of 300,000
            numbers: dict[frozenset[str], int] = {}
            listed = (_number(self._meanings.entities(at), numbers) for at in range(len(cores)))
            last = (_number([entity for entity, _ in unspaced], numbers) for _ in range(1))
            self._numbers = np.fromiter(itertools.chain(listed, last), np.int32, count=len(cores) + 1)
            self.named: Sequence[frozenset[str]] = list(numbers)
            self._automaton = BytesAhoCorasick(
                iter(cores),
                matchkind=MatchKind.Standard,
                implementation=Implementation.ContiguousNFA,  # as fast here as a DFA, built sooner, a tenth its size
            )

    def glance(self, articles: Sequence[str]) -> Mapping[int, int]:
        """Numbers of all that the articles may name: what is behind their hits, and a little more. Quick.

        Each with the articles that name it, a bit for each; the first has the lowest. An article is its title and text.
        """
        numbers, places = [], []
        for begin in range(0, len(articles), _GLANCED):
            written = list(map(words, articles[begin : begin + _GLANCED]))
            found = self._automaton.find_matches_as_indexes(b"".join(written), overlapping=True)
            hits = np.fromiter(itertools.chain.from_iterable(found), np.int64, count=3 * len(found))
            ends = np.cumsum([len(each) for each in written])
            numbers.append(self._numbers[hits[::3]])
            places.append(begin + np.searchsorted(ends, hits[1::3], side="right"))  # by their starts
        naming = _as_bits(numbers, places, size=len(articles))
        if self._unspaced:
            naming[int(self._numbers[-1])] = (1 << len(articles)) - 1
        return naming

    def scan(self, article: Article) -> dict[str, list[Hit]]:
        """The hits of each field, in order of their start; a name inside a longer name is left out."""
        return hits(article, {field: list(self._find(text)) for field, text in fields(article)})

    def _find(self, text: str) -> Iterator[Place]:
        """Every term of a text, before it is asked what it means there."""
        folded = fold(text)
        for which, at, _ in self._automaton.find_matches_as_indexes(words(text), overlapping=True):
            spelled = self._spelled.get(which) or self._spelled.setdefault(
                which, _spelled(self._meanings.of(which))
            )
            for each in spelled:
                start, end = at - each.lead, at - each.lead + len(each.exact)
                if (text if each.case else folded)[start:end] == each.exact:
                    yield start, end, each
        for each in self._unspaced:
            for found in re.finditer(re.escape(each.exact), text if each.case else folded):
                yield found.start(), found.end(), each


def _as_bits(numbers: Sequence[_Numbers], places: Sequence[_Numbers], *, size: int) -> dict[int, int]:
    """For each of the numbers its places as the bits of one integer; these are below `size`."""
    if not numbers:
        return {}
    known, which = np.unique(np.concatenate(numbers), return_inverse=True)
    there = np.zeros((len(known), size), bool)
    there[which, np.concatenate(places)] = True
    rows = np.packbits(there, axis=1, bitorder="little")
    return {
        number: int.from_bytes(row.tobytes(), "little")
        for number, row in zip(known.tolist(), rows, strict=True)
    }


def _by_core(vocabulary: Vocabulary) -> tuple[_Packed, _Meanings, list[Meaning]]:
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
    return _Packed(numbers), _Meanings([found[at] for at in worded], place[worded], number[worded]), wordless


def _cores(terms: Terms) -> Iterator[bytes]:
    """The words of each with spaces around; nothing where there are none."""
    written = words(terms.lines)
    begin = 1
    for text in terms.texts:
        end = begin + len(text)
        core = written[begin:end].strip()
        yield b" %b " % core if core else b""
        begin = end + 1


def _spelled(meanings: Iterable[Meaning]) -> Sequence[_Spelling]:
    """The meanings by how they are written."""
    spellings: dict[tuple[bool, str], list[Meaning]] = defaultdict(list)
    for meaning in meanings:
        term = meaning[1]
        spellings[term.case, term.text if term.case else fold(term.text)].append(meaning)
    return [
        _Spelling(exact, case, _lead(exact), listed, sure=all(_is_sure(entity) for entity, _ in listed))
        for (case, exact), listed in spellings.items()
    ]


def _is_sure(entity: Entity) -> bool:
    return entity.since is None and entity.until is None and not entity.near


def _lead(exact: str) -> int:
    written = words(exact)
    return len(written) - len(written.lstrip()) - 1


def _number(entities: Sequence[Entity], numbers: dict[frozenset[str], int]) -> int:
    """The number of the set of slugs of all these."""
    slugs = entities[0].slugs if len(entities) == 1 else frozenset().union(*(each.slugs for each in entities))
    return numbers.setdefault(slugs, len(numbers))


def hits(article: Article, found: Mapping[str, Sequence[Place]]) -> dict[str, list[Hit]]:
    """What was found as hits, in order of their start.

    Left out are names inside longer names, ambiguous ones with nobody near, and people out of their role.
    """
    unsure = [each.meanings for places in found.values() for *_, each in places if not each.sure]
    out = _left_out(article, itertools.chain.from_iterable(unsure)) if unsure else frozenset()
    return {
        field: _longest([(start, end, _kept(each, out)) for start, end, each in places])
        for field, places in found.items()
    }


def _left_out(article: Article, meanings: Iterable[Meaning]) -> frozenset[str]:
    """Slugs of those that are not meant in this article."""
    today = article.when.date()
    entities = {entity.slug: entity for entity, _ in meanings}
    late = frozenset(slug for slug, entity in entities.items() if not _in_role(entity, today))
    return late | _lonely(article, [entity for entity in entities.values() if entity.near])


def _kept(spelling: _Spelling, out: frozenset[str]) -> Sequence[Meaning]:
    if spelling.sure:
        return spelling.meanings
    return [meaning for meaning in spelling.meanings if meaning[0].slug not in out]


def fields(article: Article) -> Sequence[tuple[str, str]]:
    """The parts of an article that are read, by the name that spans use."""
    return (("title", article.title), ("text", article.text))


def mentions(hits: Iterable[Hit], field: str, text: str) -> Iterator[Mention]:
    """The hits as mentions of the article; those of one place share its span."""
    for (start, end), here in itertools.groupby(hits, key=itemgetter(0, 1)):
        span = Span(field=field, start=start, end=end, text=text[start:end])
        yield from (Mention(span=span, entity=hit.entity) for hit in here)


def _in_role(entity: Entity, today: dt.date) -> bool:
    """Whether the entity was in its role on that day, give or take the turn of a day somewhere."""
    return (entity.since is None or entity.since <= today + _TURN) and (
        entity.until is None or today - _TURN <= entity.until
    )


def _lonely(article: Article, ambiguous: Sequence[Entity]) -> frozenset[str]:
    """Slugs of the ambiguous entities without one of the words that must stand near them."""
    if not ambiguous:
        return frozenset()
    whole = words(f"{article.title}\n{article.text}")
    entities = {entity.slug: entity for entity in ambiguous}
    return frozenset(
        slug
        for slug, entity in entities.items()
        if not any(word in whole for word in _as_written(entity.near))
    )


@cache
def _as_written(near: tuple[str, ...]) -> Sequence[bytes]:
    """The words as they stand between spaces: a long one may go on (Korean), a short one is whole (NIS, ships)."""
    written = [words(word).strip() for word in near]
    long = [b" %b" % word for word in written if len(word) > _SHORT_WORD]
    return [
        *long,
        *(b" %b%b " % (word, s) for word in written if len(word) <= _SHORT_WORD for s in (b"", b"s")),
    ]


def _longest(places: list[tuple[int, int, Sequence[Meaning]]]) -> list[Hit]:
    """The hits, without what stands strictly inside a longer one: the China of the South China Sea is no actor."""
    ordered = sorted(sorted(places, key=itemgetter(1), reverse=True), key=itemgetter(0))
    kept: list[Hit] = []
    around: list[Hit] = []  # of the kept, those that may reach past the start of the next
    reach = 0  # where the last of them ends
    for (start, end), same in itertools.groupby(ordered, key=itemgetter(0, 1)):
        # A word may mean twenty things.
        here = [Hit(start, end, entity, term) for *_, meanings in same for entity, term in meanings]
        if start >= reach:  # as with most words
            around = here
        else:
            over = [other for other in around if other.end >= end]
            if over:
                here = [hit for hit in here if not any(_swallows(other, hit) for other in over)]
            around = [*around, *here]
        reach = max(reach, end)
        kept += here
    return kept


def _goes_on(longer: Hit, hit: Hit) -> bool:
    """Whether the longer phrase is the shorter one with more words, and not one word with it: "test-fire"."""
    return longer.start == hit.start and longer.term.text[hit.end - hit.start :].startswith(" ")


def _is_verb_of(longer: Hit, hit: Hit) -> bool:
    """Whether the longer phrase is only the verb with its auxiliary: who "is spotted" also was spotted."""
    auxiliary = longer.term.text[: hit.start - longer.start].lower()
    return longer.end == hit.end and auxiliary in _AUXILIARIES


def _is_place_of(longer: Hit, hit: Hit) -> bool:
    """Whether the longer name ends in a preposition and the shorter: "the airspace over Matsu" names Matsu too."""
    before = longer.term.text[: hit.start - longer.start].lower()
    return longer.end == hit.end and bool(_PREPOSITION_LAST.search(before))


def _may_have_done(longer: Hit, hit: Hit) -> bool:
    """Whether the thing's first word may be what somebody did with it, as the parse will tell: "smuggled coal"."""
    participle = hit.term.verb and hit.term.text.endswith("ed")
    kinds = longer.entity.kind, hit.entity.kind
    return kinds == (Kind.OBJECT, Kind.ACTION) and longer.start == hit.start and participle


def _is_one_of(longer: Hit, hit: Hit) -> bool:
    """Whether the longer name adds nothing that changes the thing: a new cruise missile is a cruise missile."""
    things = longer.entity.kind is Kind.OBJECT and hit.entity.kind is Kind.OBJECT
    before = longer.term.text[: hit.start - longer.start]
    return things and longer.end == hit.end and bool(_ANY.fullmatch(before))


def _swallows(longer: Hit, hit: Hit) -> bool:
    kinds = longer.entity.kind, hit.entity.kind
    same = (longer.end - longer.start) == (hit.end - hit.start)
    if same or Kind.TOPIC in kinds or _may_have_done(longer, hit) or _is_one_of(longer, hit):
        return False
    if kinds in {(Kind.OBJECT, Kind.ACTOR), (Kind.ACTION, Kind.ACTOR), (Kind.ACTION, Kind.PLACE)}:
        # "Sanctions on North Korea", "demands China stop" name it; an ambiguous Korea in an inter-Korean accord none.
        return bool(hit.entity.near)
    if kinds == (Kind.PLACE, Kind.ACTOR):
        # "near Taiwan" still names it; the South China Sea names no China.
        return not longer.entity.country or longer.entity.country != hit.entity.country
    if kinds == (Kind.PLACE, Kind.PLACE):
        return not _is_place_of(longer, hit)
    if kinds == (Kind.ACTION, Kind.ACTION):
        return not (_goes_on(longer, hit) or _is_verb_of(longer, hit))  # who flies over also flies
    # "missile test" is what was done, and the missile in it is still what it was done with.
    return kinds != (Kind.ACTION, Kind.OBJECT)

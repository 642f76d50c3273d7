"""Lists of names and words, and the entities behind them."""

from __future__ import annotations

import datetime as dt
import enum
import itertools
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Self, overload

from pydantic import Field


class Kind(enum.StrEnum):
    """What the entries of a vocabulary list name."""

    ACTOR = "actor"
    OBJECT = "object"
    PLACE = "place"
    ACTION = "action"
    TOPIC = "topic"  # words that only set the scene


class Answers(enum.StrEnum):
    """As whom one answers another's deed."""

    WRONGED = "wronged"  # it was done to the one who answers
    WITNESS = "witness"  # or to somebody else: who accuses, charges, punishes


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One spelling of one entry."""

    text: str
    case: bool = False  # True: only in this very case (PLAN, US)
    verb: bool = False  # an action's verb; else its noun
    language: str = "en"


_FOUND_BY = Field(exclude=True)  # the vocabulary's alone: what is kept of a match holds no spellings
_CASE, _VERB = 1, 2
_MARKS = 2  # bits


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms(Sequence[Term]):
    """English terms, made when they are asked for: of 330,000 few are ever found, and an object each takes 40 MB."""

    lines: str  # their texts, each with its line's end
    marks: bytes  # for each the sum of 1 where the case counts and 2 for a verb

    @classmethod
    def of(cls, terms: Iterable[Term]) -> Self:
        """The same terms."""
        listed = list(terms)
        marks = bytes(each.case * _CASE + each.verb * _VERB for each in listed)
        return cls(lines=_lines(each.text for each in listed), marks=marks)

    @classmethod
    def spelled(
        cls, *, verbs: Iterable[str] = (), names: Iterable[str] = (), cased: Iterable[str] = ()
    ) -> Self:
        """Terms of these texts, each once of its sort."""
        sorts = [(_VERB, dict.fromkeys(verbs)), (0, dict.fromkeys(names)), (_CASE, dict.fromkeys(cased))]
        lines = "".join([_lines(texts) for _, texts in sorts])
        return cls(lines=lines, marks=b"".join(bytes([mark]) * len(texts) for mark, texts in sorts))

    @property
    def texts(self) -> list[str]:
        """Their texts alone."""
        return self.lines.split("\n")[:-1]

    @property
    def cased(self) -> Iterator[int]:
        """For each 1 where its case counts, else 0."""
        return map(_CASE.__and__, self.marks)

    @property
    def verbs(self) -> Iterator[bool]:
        """For each whether it is an action's verb."""
        return (bool(mark & _VERB) for mark in self.marks)

    @property
    def places(self) -> Iterator[int]:
        """A number for each, by which `at` finds it without reading the others."""
        sizes = map((1).__add__, map(len, self.texts))  # with its line's end
        starts = map((1 << _MARKS).__mul__, itertools.accumulate(sizes, initial=0))
        return map(operator.add, starts, self.marks)

    def at(self, place: int) -> Term:
        """The term of that place."""
        start = place >> _MARKS
        return _term(self.lines[start : self.lines.index("\n", start)], place & (_CASE | _VERB))

    def __add__(self, other: Terms) -> Terms:
        return Terms(lines=self.lines + other.lines, marks=self.marks + other.marks)

    def __len__(self) -> int:
        return len(self.marks)

    def __iter__(self) -> Iterator[Term]:
        return map(_term, self.texts, self.marks)

    @overload
    def __getitem__(self, index: int) -> Term: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Term]: ...
    def __getitem__(self, index: int | slice) -> Term | Sequence[Term]:
        if isinstance(index, slice):
            return tuple(self)[index]
        return _term(self.texts[index], self.marks[index])


def _lines(texts: Iterable[str]) -> str:
    listed = list(texts)
    joined = "".join([f"{text}\n" for text in listed])
    if len(joined.splitlines()) == len(listed):  # none has a line's end of its own
        return joined
    return "".join([f"{' '.join(text.splitlines())}\n" for text in listed])


def _term(text: str, mark: int) -> Term:
    return Term(text=text, case=bool(mark & _CASE), verb=bool(mark & _VERB))


@dataclass(frozen=True, kw_only=True, slots=True)
class Entity:
    """One thing that a list names, under one slug whatever the spelling; by its spellings it is found, not compared."""

    slug: str
    kind: Kind
    terms: Annotated[Sequence[Term], _FOUND_BY] = field(default=(), compare=False)
    country: str = ""  # ISO 3166 alpha-2
    wikidata: str = ""
    sector: str = ""  # government, military, media, company; of an object: it is somebody
    timezone: str = ""  # of a place: IANA name, for the local date of an event
    at: tuple[float, float] | None = field(
        default=None, compare=False
    )  # of a place: latitude and longitude in degrees
    within: str = ""  # slug of the larger place
    owner: Entity | None = None  # of a place: the actor whose it is
    members: tuple[Entity, ...] = ()  # of an actor that is several in one word: "the two Koreas"
    answers: Answers | None = None  # an action that answers another's deed: who detects, scrambles, accuses
    against: bool = False  # an action done against whoever answers it
    mutual: bool = False  # an action that two do with each other: talks, joint drills
    since: dt.date | None = None  # first day in the role; in articles of other days the name says nothing
    until: dt.date | None = None  # last day in the role
    # Ambiguous: counts only where one of these words stands in the article.
    near: Annotated[tuple[str, ...], _FOUND_BY] = field(default=(), compare=False)
    # Spellings in other languages; those articles are not judged yet.
    elsewhere: Annotated[tuple[Term, ...], _FOUND_BY] = field(default=(), compare=False)

    @property
    def spellings(self) -> Terms:
        """Its terms, all at once."""
        return self.terms if isinstance(self.terms, Terms) else Terms.of(self.terms)

    @property
    def slugs(self) -> frozenset[str]:
        """Whom and what a mention of it may stand for: a place for its owner too, whom grammar may meet by it."""
        return frozenset({self.slug} if self.owner is None else {self.slug, self.owner.slug})

    @property
    def side(self) -> str:
        """One word for an army and its state: the country, else the slug."""
        return self.country or self.slug


@dataclass(frozen=True, kw_only=True, slots=True, eq=False, weakref_slot=True)
class Vocabulary:
    """All lists: a list's name to the slugs it holds, and each slug's entity. It equals itself alone."""

    lists: Mapping[str, frozenset[str]]  # "dprk" -> slugs; lists named by `includes` already unfolded
    entities: Mapping[str, Entity]
    inside: Mapping[str, frozenset[str]] = field(
        default_factory=dict
    )  # a place to those within it, however deep

    def named(self, name: str) -> frozenset[str] | None:
        """The slugs that a rule means by "$list" or by an entry: a place takes in those within it. None: unknown."""
        if name.startswith("$"):
            return self.lists.get(name[1:])
        return self.inside.get(name, frozenset()) | {name} if name in self.entities else None

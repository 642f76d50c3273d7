"""Lists of names and words, and the entities behind them."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Entity:
    """One thing that a list names, under one slug whatever the spelling; by its spellings it is found, not compared."""

    slug: str
    kind: Kind
    terms: tuple[Term, ...] = field(compare=False)
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
    near: tuple[str, ...] = field(
        default=(), compare=False
    )  # ambiguous: counts only where one of these words stands in the article
    elsewhere: tuple[Term, ...] = field(
        default=(), compare=False
    )  # spellings in other languages; those articles are not judged yet

    @property
    def slugs(self) -> frozenset[str]:
        """Whom and what a mention of it may stand for: a place for its owner too, whom grammar may meet by it."""
        return frozenset({self.slug} if self.owner is None else {self.slug, self.owner.slug})

    @property
    def side(self) -> str:
        """One word for an army and its state: the country, else the slug."""
        return self.country or self.slug


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """All lists: a list's name to the slugs it holds, and each slug's entity."""

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

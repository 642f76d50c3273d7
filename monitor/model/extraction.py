"""What is read in an article: spans, mentions, events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from monitor.model.vocabulary import Answers, Entity
from monitor.model.words import Status

LEAD = 2  # sentences of a text that tell what the article is about


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of one field of an article; offsets are code points of the field as given."""

    field: str  # "title" or "text"
    start: int
    end: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """One span that names an entity."""

    span: Span
    entity: Entity


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many, as the text says; max None: no upper bound given ("at least 10", "dozens")."""

    min: int
    max: int | None
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Who did what to whom, where, when, how many, and whether it happened."""

    action: Mention  # the trigger
    sentence: Span
    nth: int = 0  # which sentence of its field, from 0
    actors: tuple[Mention, ...] = ()
    objects: tuple[Mention, ...] = ()
    recipients: tuple[Mention, ...] = ()  # at whom it is directed, as grammar tells; none rather than a guess
    facing: tuple[
        Mention, ...
    ] = ()  # with no country for recipient: whom the sentence likeliest means; no rule asks for it
    asked_by: tuple[Mention, ...] = ()  # who says that the actors must or should; no rule asks for it
    others: tuple[Mention, ...] = ()  # every other actor of the sentence, nearest first
    answered: tuple[
        Mention, ...
    ] = ()  # of an action that answers another's deed: who did that; of a receipt, who gave
    places: tuple[Mention, ...] = ()
    reporter: Mention | None = None
    date: dt.date | None = None  # local to the place
    date_given: bool = False  # False: taken from the publish time
    count: Count | None = None
    status: Status = Status.OCCURRED
    status_cue: Span | None = None  # the word that made it other than occurred
    negated: bool = False  # with status denied: "did not", against "denied that"
    untrue: bool = (
        False  # with status denied: somebody says that it did not happen, not that it was called off
    )
    taken_back: bool = False  # with `untrue`: who told it takes it back
    exercise: bool = False
    nominal: bool = False  # told by a noun: "the launch of"
    aside: bool = False  # told by a clause or a noun that hangs on other news
    inferred: frozenset[str] = frozenset()  # roles filled from position or context, not from grammar

    def turned(self) -> Event:
        """The same as the deed of those whom it answers: jets scramble because another's flew in.

        An actor that is several in one word is told as these, each the recipient of the other where no other is.
        """
        if not self.answered:
            return self._unfolded()
        if self.action.entity.answers is Answers.WITNESS:
            return replace(self, actors=self.answered, recipients=())
        sides = {mention.entity.side for mention in self.answered}
        own = tuple(mention for mention in self.actors if mention.entity.side not in sides)
        besides = tuple(mention for mention in self.recipients if mention.entity.side not in sides)
        return replace(self, actors=self.answered, recipients=own or besides)

    def _unfolded(self) -> Event:
        joint = [actor for actor in self.actors if actor.entity.members]
        if not joint:
            return self
        members = [Mention(span=actor.span, entity=each) for actor in joint for each in actor.entity.members]
        sides = {each.entity.side for each in members}
        others = [actor for actor in self.actors if actor not in joint and actor.entity.side not in sides]
        return replace(self, actors=(*members, *others), recipients=self.recipients or tuple(members[1:]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What extraction found in one article."""

    events: tuple[Event, ...] = ()
    mentions: tuple[
        Mention, ...
    ] = ()  # every vocabulary term of the article; none where no rule could match it
    language: str = "en"  # detected
    titled: bool = False  # whether events stand under a title


class Worded(Protocol):
    """What the words of a sentence must satisfy; values that mean the same are equal."""

    def __call__(self, sentence: str) -> bool:
        """Whether the sentence does."""

    def among(self, texts: Sequence[str]) -> Collection[int]:
        """The places of the texts of which a sentence could, wherever it may start and end; at least of all that do.

        Quicker than to ask one after another.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What a rule's alternative cannot do without; the gate asks nothing else.

    Each member is a set of slugs of which one must be mentioned; those of `roles` are told again under actor, together,
    object, recipient or place.
    """

    sentence: tuple[frozenset[str], ...]  # in the sentence itself
    article: tuple[frozenset[str], ...] = ()  # anywhere in title and text
    deeds: frozenset[str] = frozenset()  # actions that could set the rule off; none: whatever was done
    worded: Worded | None = None  # what the sentence's own words must satisfy
    roles: tuple[tuple[str, frozenset[str]], ...] = ()  # who and what must have which part, once it is read
    status: frozenset[Status] = frozenset()  # as which kind of fact; none: as any
    unless: tuple[
        Need, ...
    ] = ()  # any of these makes it vain: guards that ask for words alone, whatever is read

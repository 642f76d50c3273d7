"""What is read in an article: spans, mentions, events."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from monitor.model.vocabulary import Entity
from monitor.model.words import Status


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
    recipients: tuple[Mention, ...] = ()
    places: tuple[Mention, ...] = ()
    reporter: Mention | None = None
    date: dt.date | None = None  # local to the place
    date_given: bool = False  # False: taken from the publish time
    count: Count | None = None
    status: Status = Status.OCCURRED
    status_cue: Span | None = None  # the word that made it other than occurred
    negated: bool = False  # with status denied: "did not", against "denied that"
    exercise: bool = False
    nominal: bool = False  # told by a noun: "the launch of"
    inferred: frozenset[str] = frozenset()  # roles filled from position or context, not from grammar


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What extraction found in one article."""

    events: tuple[Event, ...] = ()
    mentions: tuple[
        Mention, ...
    ] = ()  # every vocabulary term of the article; none where no rule could match it
    language: str = "en"  # detected


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What a rule's alternative cannot do without; the gate asks nothing else.

    Each member is a set of slugs of which one must be mentioned.
    """

    sentence: tuple[frozenset[str], ...]  # in the sentence itself
    article: tuple[frozenset[str], ...] = ()  # anywhere in title and text

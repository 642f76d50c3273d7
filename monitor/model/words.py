"""The words that stages share: levels, statuses, reasons of silence."""

from __future__ import annotations

import enum


class Level(enum.IntEnum):
    """How much a match matters, with Sigma's names and order."""

    INFORMATIONAL = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    def __str__(self) -> str:
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Level:
        """The level of that name; KeyError when there is none."""
        return cls[word.upper()]


class Status(enum.StrEnum):
    """Whether an event happened, as the text tells it."""

    OCCURRED = "occurred"
    CLAIMED = "claimed"
    PLANNED = "planned"
    THREATENED = "threatened"
    HYPOTHETICAL = "hypothetical"
    DENIED = "denied"
    HISTORICAL = "historical"


class Because(enum.StrEnum):
    """Why a rule stayed silent on a text that it nearly matched."""

    NEGATED = "negated"
    DENIED = "denied"
    PLANNED = "planned"
    THREATENED = "threatened"
    HYPOTHETICAL = "hypothetical"
    HISTORICAL = "historical"
    EXERCISE = "exercise"
    ACTOR = "actor"
    RECIPIENT = "recipient"
    OBJECT = "object"
    PLACE = "place"
    TOPIC = "topic"
    PASSING = "passing"
    NO_EVENT = "no-event"

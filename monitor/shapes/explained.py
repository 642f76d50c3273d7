"""Why a rule fired on a text, or stayed silent."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from monitor.matching import explain
from monitor.matching.parts import Part
from monitor.model import Because, Status
from monitor.shapes.base import LevelWord, Shape

Lists = Mapping[str, frozenset[str]]


class Condition(Shape):
    """One thing that the rule asks for, and how it fared."""

    role: str = Field(examples=["actor"])
    asked: list[str] = Field(description="Of which one is enough.", examples=[["$dprk"]])
    looked_at: list[str] = Field(examples=[["North Korea"]])
    word: str | None = Field(description="The word that decided.", examples=["may"])
    holds: bool


class Alternative(Shape):
    """One set of conditions that must all hold."""

    number: int = Field(description="From 1, in the order of the file.")
    holds: bool
    conditions: list[Condition]


class EventRead(Shape):
    """One event that the text tells, as the rule looked at it."""

    sentence: str
    action: str = Field(examples=["fire"])
    status: Status
    background: bool = Field(description="It stands where articles tell what went before.")
    alternatives: list[Alternative] = Field(description="The nearest first.")
    guards: list[Alternative] = Field(description="Those that silence it.")


class Explained(Shape):
    """Everything about one rule and one text."""

    rule: str
    fires: bool
    level: LevelWord | None
    because: list[Because] = Field(description="Why it stays silent.")
    events: list[EventRead] = Field(description="The one that fires or comes nearest first.")


def explained(rule: str, told: explain.Explanation, lists: Lists) -> Explained:
    """The explanation, slugs gathered under the lists that hold them."""
    return Explained(
        rule=rule,
        fires=told.match is not None,
        level=told.match.level if told.match else None,
        because=list(told.because),
        events=[_event(each, lists) for each in told.events],
    )


def _event(told: explain.EventTold, lists: Lists) -> EventRead:
    return EventRead(
        sentence=told.event.sentence.text,
        action=told.event.action.entity.slug,
        status=told.event.status,
        background=told.background,
        alternatives=[_alternative(each, lists) for each in told.alternatives],
        guards=[_alternative(each, lists) for each in told.silencing],
    )


def _alternative(told: explain.Told, lists: Lists) -> Alternative:
    conditions = [_condition(each, lists) for each in told.parts]
    return Alternative(number=told.number, holds=told.held, conditions=conditions)


def _condition(part: Part, lists: Lists) -> Condition:
    return Condition(
        role="with" if part.role == "together" else part.role,
        asked=explain.names_of(part.asked, lists),
        looked_at=list(part.looked_at),
        word=part.cue.text if part.cue else None,
        holds=part.failed is None,
    )

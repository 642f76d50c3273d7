"""Rules, and how well they do."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from monitor import model
from monitor.matching.overtime.rule import OverTime
from monitor.matching.rule import Rule as EventRule
from monitor.shapes.base import LevelWord, Shape, Time
from monitor.storage.verdicts import Opinions


class Judged(Shape):
    """What analysts hold the alerts of a rule to be; the latest verdict of each counts."""

    true: int = Field(examples=[9])
    false: int = Field(examples=[1])
    duplicate: int = Field(description="Says nothing of the rule.", examples=[2])
    precision: float | None = Field(
        description="True among true and false, 0 to 1; null without either.", examples=[0.9]
    )


class Rule(Shape):
    """What is watched for."""

    id: str = Field(examples=["dprk-missile-launch"])
    title: str = Field(examples=["North Korea launches a missile"])
    kind: str = Field(description="`event`, or one of those over time.", examples=["event"])
    level: LevelWord
    status: str = Field(description="`shadow`, `test` or `stable`.", examples=["stable"])
    revision: str = Field(description="Hash of what it means.", examples=["0a1b2c3d4e5f"])
    about: str = Field(description="What counts and what does not.")
    reference: str = Field(description="The section of the article that it puts into practice.")
    tags: list[str]
    alert_count: int = Field(description="Alerts that name it.", examples=[12])
    verdicts: Judged


class RuleRevision(Shape):
    """What the rule meant, and when."""

    revision: str = Field(examples=["0a1b2c3d4e5f"])
    first: Time = Field(description="In force from then on.")
    last: Time | None = Field(description="Until then; null: it is in force.")


class RuleInFull(Rule):
    """One rule with its file."""

    text: str = Field(description="The file, YAML.")
    revisions: list[RuleRevision] = Field(description="The first in force first.")


class Rules(Shape):
    """Every rule in force."""

    items: list[Rule]


def rule(told: EventRule | OverTime, *, alerts: int, said: Opinions) -> Rule:
    """The rule as lists show it."""
    return Rule.model_validate(_values(told, alerts, said))


def in_full(
    told: EventRule | OverTime,
    *,
    alerts: int,
    said: Opinions,
    text: str,
    revisions: Iterable[model.RuleRevision],
) -> RuleInFull:
    """The rule with its file."""
    known = list(map(RuleRevision.model_validate, revisions))
    return RuleInFull.model_validate({**_values(told, alerts, said), "text": text, "revisions": known})


def _values(told: EventRule | OverTime, alerts: int, said: Opinions) -> dict[str, object]:
    same = ("id", "title", "level", "status", "revision", "about", "reference", "tags")
    return {
        **{name: getattr(told, name) for name in same},
        "kind": told.kind if isinstance(told, OverTime) else "event",
        "alert_count": alerts,
        "verdicts": Judged.model_validate(said),
    }

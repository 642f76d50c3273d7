"""What analysts send."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from monitor.model import Opinion
from monitor.shapes.base import Shape


class Seen(Shape):
    """Somebody takes care of the alert."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    note: str = Field("", max_length=500, examples=["Asked the desk in Seoul."])
    analyst: str | None = Field(
        None,
        min_length=1,
        max_length=100,
        description="Whose word it is, which an admin may say for others; else the name that the token bears.",
        examples=["kim"],
    )


class Judgement(Seen):
    """What somebody holds the alert to be."""

    opinion: Opinion = Field(examples=["true"])

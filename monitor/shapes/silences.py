"""Silences, asked for and in force."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from monitor import model
from monitor.shapes.alerts import Alert
from monitor.shapes.base import LevelWord, Shape, Time

_Words = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=100)]


class Wish(Shape):
    """Which alerts are to be held back, why and how long. An empty filter admits all."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(
        min_length=1,
        max_length=500,
        description="Told to those who hear nothing.",
        examples=["announced drills"],
    )
    until: str = Field(
        max_length=40, description="2h, 3d, 2026-03-14 or 2026-03-14T08:00+09:00.", examples=["3d"]
    )
    rules: _Words = Field([], examples=[["taiwan-coercion"]])
    actors: _Words = Field([], examples=[["china"]])
    places: _Words = Field([], examples=[["taiwan-strait"]])
    text: str = Field("", max_length=500, description="Only alerts whose reports hold it.")
    max_level: Literal["informational", "low", "medium", "high", "critical"] = Field(
        "high", description="Above it alerts are sent all the same."
    )
    everything: bool = Field(False, description="Must be true where no filter is given.")  # noqa: FBT003 - a default


class Silence(Shape):
    """Alerts that are sent to nobody for a time; they are stored all the same."""

    id: str = Field(examples=["1a2b3c4d"])
    author: str = Field(examples=["kim"])
    reason: str
    created: Time
    until: Time
    rules: list[str]
    actors: list[str]
    places: list[str]
    text: str
    max_level: LevelWord
    hid: int = Field(description="How many alerts it hid from anybody.")


class Silences(Shape):
    """Silences, the first to end first."""

    items: list[Silence]


class Preview(Shape):
    """What a silence would have hidden in the last 30 days."""

    count: int
    alerts: list[Alert] = Field(description="The newest of them, 20 at most.")


def silence(told: model.Silence, *, hid: int = 0) -> Silence:
    """The silence and how much it hid."""
    sets = {name: sorted(getattr(told, name)) for name in ("rules", "actors", "places")}
    same = ("id", "author", "reason", "created", "until", "text", "max_level")
    return Silence(**sets, **{name: getattr(told, name) for name in same}, hid=hid)

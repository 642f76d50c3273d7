"""Two stretches of time, side by side."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from monitor.shapes.base import Shape, Time
from monitor.shapes.facets import Facets


class Period(Shape):
    """One stretch of time and its alerts."""

    since: Time
    until: Time
    alerts: int = Field(examples=[12])


class Change(Shape):
    """How many alerts bear a value, then and now."""

    value: str = Field(examples=["north-korea"])
    now: int = Field(examples=[5])
    before: int = Field(examples=[2])


class Periods(Shape):
    """How the alerts of one stretch of time differ from those of the one before; the greatest changes first."""

    now: Period
    before: Period
    levels: list[Change]
    rules: list[Change]
    actors: list[Change]
    places: list[Change]


def periods(now: Period, before: Period, *, counted: Facets, earlier: Facets) -> Periods:
    """The two side by side."""
    parts = ("levels", "rules", "actors", "places")
    return Periods(
        now=now,
        before=before,
        **{part: _changes(getattr(counted, part), getattr(earlier, part)) for part in parts},
    )


def _changes(now: Mapping[str, int], before: Mapping[str, int]) -> list[Change]:
    found = [
        Change(value=value, now=now.get(value, 0), before=before.get(value, 0)) for value in {*now, *before}
    ]
    return sorted(found, key=lambda each: (-abs(each.now - each.before), -each.now, each.value))

"""Subscriptions without their secrets."""

from __future__ import annotations

from pydantic import Field

from monitor import model
from monitor.shapes.base import LevelWord, Shape
from monitor.shapes.deliveries import masked


class Subscription(Shape):
    """A wish: which alerts, to whom, by which channel. An empty filter admits all."""

    id: str = Field(examples=["desk"])
    channel: str = Field(examples=["mail"])
    target: str = Field(description="Masked.", examples=["d…@example.org"])
    rules: list[str]
    muted: list[str] = Field(description="Rules that are not to be told.")
    min_level: LevelWord
    actors: list[str]
    places: list[str]
    text: str
    tags: list[str]
    min_grade: str = Field(examples=["F"])
    digest: str | None = Field(description="null: at once.", examples=["daily 08:00"])
    quiet: str | None = Field(
        description="Hours in which only critical alerts come.", examples=["22:00-07:00"]
    )
    zone: str = Field(description="In which these are told.", examples=["Asia/Seoul"])
    cap: int = Field(description="Messages an hour; 0: any number.")
    notices: bool
    daily: str | None = Field(description="When a line on the day comes.", examples=["08:00"])
    escalate_to: str | None = Field(description="The subscription that gets what nobody acknowledged.")
    confirmed: bool = Field(description="false: the address has not said yes.")
    from_config: bool
    paused: bool
    trial: bool = Field(description="Takes the alerts of rules in `test` too.")
    updates: bool = Field(description="Hears of each change too.")


class Subscriptions(Shape):
    """Every subscription."""

    items: list[Subscription]


def subscription(told: model.Subscription) -> Subscription:
    """The subscription, its target masked."""
    sets = {name: sorted(getattr(told, name)) for name in ("rules", "muted", "actors", "places", "tags")}
    same = ("id", "channel", "min_level", "text", "min_grade", "notices", "confirmed", "from_config")
    timing = told.timing
    return Subscription(
        **sets,
        **{name: getattr(told, name) for name in (*same, "paused", "trial", "updates")},
        target=masked(told.target),
        digest=str(timing.digest) if timing.digest else None,
        quiet=str(timing.quiet) if timing.quiet else None,
        zone=timing.zone,
        cap=timing.cap,
        daily=f"{told.daily:%H:%M}" if told.daily else None,
        escalate_to=told.escalate_to or None,
    )

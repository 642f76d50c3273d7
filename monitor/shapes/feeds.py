"""Feeds, and whether the service is well."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field

from monitor import model
from monitor.shapes.base import Shape, Time
from monitor.shapes.deliveries import masked


class Feed(Shape):
    """A feed, and how it fares."""

    id: str = Field(examples=["yonhap-nk"])
    name: str = Field(examples=["North Korea"])
    publisher: str = Field(examples=["Yonhap"])
    group: str = Field(examples=["korea"])
    country: str = Field(description="ISO 3166 alpha-2.", examples=["KR"])
    language: str = Field(examples=["en"])
    grade: str = Field(description="Admiralty grade, A to F.", examples=["B"])
    url: str = Field(description="Without what could be a key.", examples=["https://feeds.example/nk.xml"])
    interval: float = Field(description="Seconds from poll to poll.", examples=[600])
    vital: bool = Field(description="A day without it is not called quiet.")
    state: Literal["well", "failing", "paused", "new"] = Field(description="`new`: not polled yet.")
    failures: int = Field(description="Polls in a row that failed.")
    error: str | None = Field(description="What went wrong at the last poll.")
    last_polled: Time | None
    last_good: Time | None
    last_new: Time | None = Field(description="When it last brought an article that was not known.")
    next_due: Time | None = Field(description="null: at once.")


class Feeds(Shape):
    """Every feed."""

    items: list[Feed]


class Health(Shape):
    """Whether the service is well."""

    ok: bool = Field(description="Whether it lives and its rules are in force.")
    last_sign_of_life: Time | None = Field(description="Of the scheduler; null: it never ran.")
    faults: dict[str, str] = Field(description="What is wrong, by part.", examples=[{}])
    feeds: dict[str, int] = Field(
        description="How many are in which state.", examples=[{"well": 35, "failing": 1}]
    )
    channels: dict[str, str] = Field(
        description="Those that take nothing, with the last error.", examples=[{}]
    )


def feed(told: model.Feed, state: model.FeedState) -> Feed:
    """The feed with what is known of it."""
    same = ("id", "name", "publisher", "group", "country", "language", "grade", "vital")
    known = ("failures", "last_polled", "last_good", "last_new", "next_due")
    return Feed(
        **{name: getattr(told, name) for name in same},
        **{name: getattr(state, name) for name in known},
        url=_shown(told.url),
        interval=told.interval.total_seconds(),
        state=_state(state),
        error=None if state.error is None else masked(state.error),
    )


def _state(state: model.FeedState) -> Literal["well", "failing", "paused", "new"]:
    if state.paused:
        return "paused"
    if state.failures:
        return "failing"
    return "well" if state.last_polled else "new"


def _shown(url: str) -> str:
    """Without user, password and query, any of which may be a key."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "…"
    return f"{parts.scheme}://{host}{port}{parts.path}" + ("?…" if parts.query else "")

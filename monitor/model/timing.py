"""When a subscriber wants to hear: at once, in a digest, not at night, not too often."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass


class Every(enum.StrEnum):
    """How often a digest comes."""

    HOUR = "hourly"
    DAY = "daily"
    WEEK = "weekly"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """The times of a digest, local to the subscriber."""

    every: Every
    at: dt.time = dt.time()  # of an hourly digest the minute counts alone
    weekday: int = 0  # 0 Monday to 6 Sunday; weekly digests only

    def __str__(self) -> str:
        if self.every is Every.HOUR:
            return self.every.value
        day = f" {DAYS[self.weekday]}" if self.every is Every.WEEK else ""
        return f"{self.every.value}{day} {self.at:%H:%M}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Quiet:
    """Hours of the day, local to the subscriber, in which only critical alerts come; may span midnight."""

    start: dt.time
    end: dt.time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """All wishes of one subscriber; none of them loses an alert."""

    zone: str = "UTC"  # IANA name
    digest: Rhythm | None = None  # None: at once
    quiet: Quiet | None = None
    cap: int = 0  # messages an hour; what is more comes as a digest; 0: any number


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

"""What a rule over time is, as a person writes it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from monitor.matching.rule import LevelName, Names, Written
from monitor.matching.vocabulary import SLUG

Days = Annotated[int, Field(ge=1, le=1500)]


def _without_year(value: object) -> object:
    return value if isinstance(value, str) else str(value)


class CalendarFile(Written):
    """Days that rules may speak of: `2024-11-05`, or `02-16` for every year."""

    calendar: str = Field(pattern=SLUG, description="Its name.")
    about: str = Field(description="What days these are.")
    source: str = Field(description="Where they are written down.")
    days: list[Annotated[str, BeforeValidator(_without_year), Field(pattern=r"^(\d{4}-)?\d{2}-\d{2}$")]] = (
        Field(min_length=1, description="The days.")
    )


class StepFile(Written):
    """One step of a sequence: matches of these rules, as far as they name what they must."""

    rule: Names = Field(min_length=1, description="Any of these event rules.")
    names: Names = Field(default_factory=list, description="One of these must be named.")
    not_names: Names = Field(default_factory=list, description="None of these may be named.")
    not_on: str = Field("", description="Calendar: the day itself and the days beside it do not count.")
    quiet: int = Field(0, ge=0, le=1500, description="Days without any of these before.")
    publishers: int = Field(1, ge=1, le=10, description="How many must tell of it.")


class AbsentFile(Written):
    """What has not been seen for too long."""

    rule: Names = Field(min_length=1, description="Event rules whose matches end the absence.")
    who: str = Field(min_length=2, description="Who or what is missed, for the headline.")
    days: Days = Field(description="Days after which it is told.")
    raise_to: dict[LevelName, Days] = Field(
        default_factory=dict, description="A higher level after more days."
    )
    feeds: Names = Field(min_length=1, description="Ids or groups of feeds of which one must have been up.")
    silent: Days = Field(3, description="Days without a new article after which a feed counts as down.")
    holidays: str = Field("", description="Calendar: one level more when such a day passes.")
    often: int = Field(0, ge=0, description="One level more from this many gaps in 120 days.")


class SequenceFile(Written):
    """One thing, then another."""

    first: StepFile = Field(description="What came first.")
    then: StepFile = Field(description="What followed.")
    within: Days = Field(description="Days from the first to the other.")


class CountFile(StepFile):
    """So many events in so many days."""

    at_least: int = Field(ge=2, description="Days with such an event.")
    within: Days = Field(description="Days in which they must fall.")


class SurgeFile(Written):
    """More than its own usual."""

    rule: Names = Field(min_length=1, description="Event rules whose counts are added.")
    zones: dict[str, str] = Field(
        min_length=1, description="Places counted apart, and how the headline calls them."
    )
    what: str = Field(description="What is counted, for the headline.")
    times: float = Field(gt=1, description="How many times the median week.")
    weeks: Days = Field(description="Weeks that make the median.")
    at_least: int = Field(1, ge=1, description="A week below this is no surge.")
    trusted: Names = Field(default_factory=list, description="Reporters whose figure goes before others.")


class SeasonFile(Written):
    """More than usual in the days before certain dates."""

    rule: Names = Field(min_length=1, description="Event rules whose matches are counted.")
    before: str = Field(description="Calendar of the dates.")
    days: Days = Field(description="How many days before.")
    years: Days = Field(description="Past years whose same days make the usual count.")


class EventFile(Written):
    """Something that happens in a timeline: a match of a rule, or a text that is read."""

    date: dt.date
    rule: str = ""
    text: str = ""
    title: str = ""
    seen: dt.date | None = None
    count: int | None = None
    names: Names = Field(default_factory=list)
    publisher: str = ""
    reporter: str = ""
    times: int = Field(1, ge=1, le=400)
    every: Days = 1

    @model_validator(mode="after")
    def _one_of(self) -> EventFile:
        if bool(self.rule) == bool(self.text or self.title):
            raise ValueError("give either a rule or a text")
        return self


class DownFile(Written):
    """A feed that brings nothing."""

    feed: str
    began: dt.date
    ended: dt.date | None = None


class AtFile(Written):
    """What must be so at the end of a day."""

    at: dt.date
    alerts: int | None = Field(None, ge=0)
    state: Literal["none", "open", "held", "resolved"] | None = None
    level: LevelName | None = None
    said: str | None = None


class TimelineFile(Written):
    """A run of events, and what the rule must say of it."""

    name: str
    events: list[EventFile] = Field(default_factory=list)
    down: list[DownFile] = Field(default_factory=list)
    expect: list[AtFile] = Field(min_length=1)


class TimelinesFile(Written):
    """The rule's own tests."""

    timelines: list[TimelineFile] = Field(default_factory=list)


class OverTimeFile(Written):
    """A rule over time, as written."""

    id: str = Field(pattern=SLUG, description="Stable name; alerts and subscriptions use it.")
    title: str = Field(min_length=3, max_length=120, description="One line for people.")
    kind: Literal["absence", "correlation"]
    level: LevelName = Field(description="How much a finding matters.")
    status: Literal["shadow", "test", "stable", "retired"] = "stable"
    reference: str = ""
    about: str = ""
    tags: list[str] = Field(default_factory=list)
    absent: AbsentFile | None = Field(None, description="What has not been seen for too long.")
    sequence: SequenceFile | None = Field(None, description="One thing, then another.")
    count: CountFile | None = Field(None, description="So many in so many days.")
    surge: SurgeFile | None = Field(None, description="More than its own usual.")
    season: SeasonFile | None = Field(None, description="More than usual before certain dates.")
    late: Days = Field(
        7, description="Days within which an article may come late and the finding still be told."
    )
    once: Days = Field(30, description="Days around a finding within which it is not told again.")
    examples: TimelinesFile = Field(default_factory=TimelinesFile)

    @model_validator(mode="after")
    def _one_form(self) -> OverTimeFile:
        forms = [name for name in ("absent", "sequence", "count", "surge", "season") if getattr(self, name)]
        if self.kind == "absence" and forms != ["absent"]:
            raise ValueError("a rule of kind absence has the key 'absent' and no other form")
        if self.kind == "correlation" and (len(forms) != 1 or forms == ["absent"]):
            raise ValueError("a rule of kind correlation has one of 'sequence', 'count', 'surge', 'season'")
        return self

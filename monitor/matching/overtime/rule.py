"""A rule over time, its names resolved, ready to judge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from monitor.matching.overtime.files import TimelineFile
from monitor.model import Level, Sign


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Days by name; those without a year come every year."""

    days: frozenset[dt.date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()  # month and day

    def __contains__(self, day: dt.date) -> bool:
        """Whether the day is one of them."""
        return day in self.days or (day.month, day.day) in self.yearly


@dataclass(frozen=True, kw_only=True)
class Named:
    """Things by their slugs, and by the words a sentence would name them with."""

    slugs: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()  # casefolded

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.slugs)

    def in_(self, sign: Sign) -> bool:
        """Whether the sign names any of them."""
        padded = f" {sign.words} "
        return not self.slugs.isdisjoint(sign.slugs) or any(f" {word}" in padded for word in self.words)


@dataclass(frozen=True, kw_only=True)
class Step:
    """Which signs make one step."""

    rules: frozenset[str]
    names: Named = Named()
    not_names: Named = Named()
    not_on: Calendar = Calendar()
    quiet: int = 0
    publishers: int = 1

    def takes(self, sign: Sign) -> bool:
        """Whether the sign is one of this step."""
        return (
            sign.rule in self.rules
            and (not self.names or self.names.in_(sign))
            and not self.not_names.in_(sign)
            and not any(sign.date + dt.timedelta(days=off) in self.not_on for off in (-1, 0, 1))
        )


@dataclass(frozen=True, kw_only=True)
class Absent:
    """What has not been seen for too long."""

    who: str
    rules: frozenset[str]
    steps: tuple[tuple[int, Level], ...]  # days and level, rising
    feeds: frozenset[str]
    silent: int
    holidays: Calendar
    often: int


@dataclass(frozen=True, kw_only=True)
class Succession:
    """One thing, then another."""

    first: Step
    then: Step
    within: int


@dataclass(frozen=True, kw_only=True)
class CountOver:
    """So many in so many days."""

    step: Step
    at_least: int
    within: int


@dataclass(frozen=True, kw_only=True)
class Surge:
    """More than its own usual; `zones` by name, each as it is shown and what counts as it."""

    rules: frozenset[str]
    zones: Mapping[str, tuple[str, Named]]
    what: str
    times: float
    weeks: int
    at_least: int
    trusted: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Season:
    """More than usual before certain dates."""

    rules: frozenset[str]
    before: Calendar
    days: int
    years: int


Form = Absent | Succession | CountOver | Surge | Season


@dataclass(frozen=True, kw_only=True)
class OverTime:
    """One rule over time."""

    id: str
    title: str
    kind: str
    level: Level
    status: str
    reference: str
    about: str
    tags: tuple[str, ...]
    form: Form
    late: int
    once: int
    revision: str
    path: str
    timelines: tuple[tuple[str, TimelineFile], ...] = field(default=(), repr=False)  # each with its place

    @property
    def rules(self) -> frozenset[str]:
        """The event rules on whose matches it rests."""
        match self.form:
            case Succession(first=first, then=then):
                return first.rules | then.rules
            case CountOver(step=step):
                return step.rules
            case Absent(rules=rules) | Surge(rules=rules) | Season(rules=rules):
                return rules

    @property
    def reach(self) -> int:
        """How many days back it looks."""
        match self.form:
            case Absent(steps=steps):
                return max(days for days, _ in steps) + 150
            case Succession(first=first, then=then, within=within):
                return self.late + within + max(first.quiet, then.quiet, self.once) + 1
            case CountOver(step=step, within=within):
                return self.late + within + max(step.quiet, self.once) + 1
            case Surge(weeks=weeks):
                return self.late + self.once + 7 * (weeks + 2)
            case Season(days=days, years=years):
                return 366 * years + days + self.late


def of_rules(signs: Iterable[Sign], rules: Collection[str]) -> list[Sign]:
    """The signs of these rules, oldest first, in an order that arrival does not change."""
    return sorted((each for each in signs if each.rule in rules), key=_order)


def _order(sign: Sign) -> tuple[object, ...]:
    who = (sign.publisher, sign.article, sign.reporter, sign.grade)
    return (sign.date, sign.seen, sign.rule, *who, sign.count or 0, sign.said, sorted(sign.slugs))

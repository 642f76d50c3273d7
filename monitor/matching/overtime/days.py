"""A rule over time day by day: what it says anew each day, and what it has said so far. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from monitor.matching.overtime.decide import findings, news
from monitor.matching.overtime.rule import OverTime
from monitor.model import Finding, Outage, Sign


def new_on(
    today: dt.date,
    rule: OverTime,
    signs: Iterable[Sign],
    told: Sequence[Finding],
    *,
    outages: Sequence[Outage] = (),
    known_from: dt.date = dt.date.min,
) -> list[Finding]:
    """The findings to tell or keep today, by signs as old as the rule reaches and against what was said before."""
    start = today - dt.timedelta(days=rule.reach)
    near = [each for each in signs if each.date >= start]
    found = findings(rule, near, outages=outages, known_from=known_from, today=today)
    return news(rule, found, told, today=today)


@dataclass(kw_only=True)
class Days:
    """One rule over time and what it has said so far."""

    rule: OverTime
    known_from: dt.date = dt.date.min  # first day of the record
    told: list[Finding] = field(default_factory=list)

    def new(self, today: dt.date, signs: Sequence[Sign], outages: Sequence[Outage]) -> list[Finding]:
        """What is new today by what had come by then; `keep` it."""
        come = (each for each in signs if each.seen <= today)
        return new_on(today, self.rule, come, self.told, outages=outages, known_from=self.known_from)

    def keep(self, said: Iterable[Finding]) -> None:
        """These were said, in place of those of the same date and zone."""
        kept = {(each.date, each.zone): each for each in self.told}
        self.told = list((kept | {(each.date, each.zone): each for each in said}).values())

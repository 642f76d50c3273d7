"""A rule over time day by day: what it says anew each day, and what it has said so far. Pure."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from monitor.matching.overtime.decide import findings, news
from monitor.matching.overtime.retold import TakenBack, retold
from monitor.matching.overtime.rule import OverTime
from monitor.model import Finding, Holds, Outage, Sign


def new_on(
    today: dt.date,
    rule: OverTime,
    signs: Iterable[Sign],
    told: Sequence[Finding],
    *,
    outages: Sequence[Outage] = (),
    known_from: dt.date = dt.date.min,
    fallen: TakenBack = frozenset(),
) -> list[Finding]:
    """The findings to tell or keep today, by signs as old as the rule reaches and against what was said before.

    `signs` are those that stand; `fallen` are the matches that were taken back, by article and rule. With these, signs
    must go back twice as far, for findings as old as the rule reaches are judged again.
    """
    start = today - dt.timedelta(days=rule.reach)
    signs = list(signs)
    near = [each for each in signs if each.date >= start]
    judged = functools.partial(findings, rule, outages=outages, known_from=known_from, today=today)
    recent = [each for each in told if each.date > start]
    again = retold(rule, judged(signs), recent, fallen=fallen) if _in_doubt(recent, fallen) else []
    return [*again, *news(rule, judged(near), merged(told, again), today=today)]


def _in_doubt(told: Iterable[Finding], fallen: TakenBack) -> bool:
    """Whether something may have to be told otherwise than it was."""
    return bool(fallen) or any(each.holds is Holds.WITHDRAWN for each in told)


def merged(told: Iterable[Finding], new: Iterable[Finding]) -> list[Finding]:
    """What was told, with the new in place of those of the same date and zone."""
    kept = {(each.date, each.zone): each for each in told}
    return list((kept | {(each.date, each.zone): each for each in new}).values())


@dataclass(kw_only=True)
class Days:
    """One rule over time and what it has said so far."""

    rule: OverTime
    known_from: dt.date = dt.date.min  # first day of the record
    told: list[Finding] = field(default_factory=list)

    def new(
        self,
        today: dt.date,
        signs: Iterable[Sign],
        outages: Sequence[Outage],
        *,
        fallen: TakenBack = frozenset(),
    ) -> list[Finding]:
        """What is new today by what had come by then and stands; `keep` it. `fallen` as in `new_on`."""
        come = (each for each in signs if each.seen <= today)
        return new_on(
            today,
            self.rule,
            come,
            self.told,
            outages=outages,
            known_from=self.known_from,
            fallen=fallen,
        )

    def keep(self, said: Iterable[Finding]) -> None:
        """These were said, in place of those of the same date and zone."""
        self.told = merged(self.told, said)

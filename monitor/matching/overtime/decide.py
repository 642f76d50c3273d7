"""What rules over time say today, and what of it is new against what was said before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from monitor.matching.overtime.absence import absences
from monitor.matching.overtime.rule import Absent, CountOver, OverTime, Season, Succession, Surge
from monitor.matching.overtime.sequence import counts, sequences
from monitor.matching.overtime.surge import seasons, surges
from monitor.model import Finding, Holds, Outage, Sign


def findings(
    rule: OverTime,
    signs: Iterable[Sign],
    *,
    outages: Sequence[Outage] = (),
    known_from: dt.date = dt.date.min,
    today: dt.date,
) -> list[Finding]:
    """All that holds by the signs so far, however they arrived; oldest first.

    `known_from` is the first day of the record: nobody knows whether the days before were quiet.
    """
    match rule.form:
        case Absent() as form:
            return absences(rule, form, signs, outages=outages, today=today)
        case Succession() as form:
            return sequences(rule, form, signs, known_from=known_from, today=today)
        case CountOver() as form:
            return counts(rule, form, signs, known_from=known_from, today=today)
        case Surge() as form:
            return surges(rule, form, signs, today=today)
        case Season() as form:
            return seasons(rule, form, signs, today=today)


def news(
    rule: OverTime, found: Sequence[Finding], told: Sequence[Finding], *, today: dt.date
) -> list[Finding]:
    """The findings to store: those not known yet, and those that stand otherwise than when last stored.

    One that was told keeps its date, so that a late article moves nothing.
    """
    if isinstance(rule.form, Absent):
        return _changed_absences(rule, found, told, today=today)
    fresh: list[Finding] = []
    for each in found:
        recent = (today - each.date).days <= rule.late
        if recent and not any(_same(rule, each, other) for other in (*told, *fresh)):
            fresh.append(each)
    return fresh


def _same(rule: OverTime, one: Finding, other: Finding) -> bool:
    return one.zone == other.zone and abs((one.date - other.date).days) <= rule.once


def _changed_absences(
    rule: OverTime, found: Sequence[Finding], told: Sequence[Finding], *, today: dt.date
) -> list[Finding]:
    """The newest absence as it stands; older ones that are still open end."""
    known = {each.date: each for each in told}
    changed = []
    for each in found:
        before = known.pop(each.date, None)
        if before is None:
            if each.holds is not Holds.RESOLVED:
                changed.append(each)
        elif _moved(before, each):
            changed.append(replace(each, alert=before.alert, level=max(before.level, each.level)))
    left = (each for each in known.values() if each.holds in {Holds.OPEN, Holds.HELD})
    gone = today - dt.timedelta(days=rule.reach)
    changed += [_overtaken(each) for each in left if each.date > gone]
    return changed


def _moved(before: Finding, now: Finding) -> bool:
    """Whether it stands otherwise; one that had ended goes on where the appearance that ended it was taken back."""
    if before.holds in {Holds.RESOLVED, Holds.WITHDRAWN}:
        return before.holds is Holds.RESOLVED and now.holds is Holds.OPEN
    return (before.holds, before.level) != (now.holds, max(before.level, now.level))


def _overtaken(finding: Finding) -> Finding:
    """An absence that a late report has shown to be none."""
    said = f"{finding.said}; a later report tells of an appearance since"
    return replace(finding, holds=Holds.RESOLVED, said=said)

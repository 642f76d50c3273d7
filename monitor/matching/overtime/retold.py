"""What becomes of a finding that was told when reports it rests on are taken back, or stand again. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace

from monitor.matching.overtime.rule import Absent, OverTime
from monitor.model import Finding, Holds

TakenBack = Collection[tuple[str, str]]  # article and rule of each match whose report stands no longer


def retold(
    rule: OverTime, found: Sequence[Finding], told: Sequence[Finding], *, fallen: TakenBack
) -> list[Finding]:
    """The told findings that stand otherwise by now: amended, withdrawn, or holding again.

    `found` is what holds by the reports that stand, from as far back as the oldest of `told` looks.
    """
    if isinstance(rule.form, Absent):
        return _absences(found, told, fallen)
    changed = []
    for each in told:
        now = _nearest(rule, each, found)
        if each.holds is Holds.WITHDRAWN and now:
            changed.append(_as(each, now))
        elif each.holds is Holds.OPEN and _rests_on(each, fallen):
            changed.append(_as(each, now) if now else replace(each, holds=Holds.WITHDRAWN))
    return [each for each in changed if each not in told]


def _absences(found: Sequence[Finding], told: Sequence[Finding], fallen: TakenBack) -> list[Finding]:
    """Those whose last appearance fell: without it the absence is longer, or nobody knows of any."""
    begun = {each.date: each for each in found}
    known = {each.date: each for each in told}
    changed = []
    for each in told:
        now = begun.get(each.date)
        if each.holds is Holds.WITHDRAWN:
            if now and now.holds is Holds.OPEN:
                changed.append(_as(each, now))
        elif not _rests_on(each, fallen):
            continue
        elif now:
            changed.append(replace(each, signs=now.signs, said=now.said))
        else:
            changed += _without_its_beginning(each, found, known)
    return [each for each in changed if each not in told]


def _without_its_beginning(
    finding: Finding, found: Sequence[Finding], known: dict[dt.date, Finding]
) -> list[Finding]:
    """It goes on in the one that began before, if any did that was not told: in the same alert."""
    before = [each for each in found if each.date < finding.date]
    longer = before[-1] if before and _covers(before[-1], finding) else None
    if longer is None or longer.date in known or finding.holds is Holds.HELD:
        return [replace(finding, holds=Holds.WITHDRAWN)]
    level = max(finding.level, longer.level)
    gone = replace(finding, holds=Holds.RESOLVED, alert="", said=f"{finding.said}; it began earlier")
    return [replace(longer, alert=finding.alert, level=level), gone]


def _covers(longer: Finding, finding: Finding) -> bool:
    """Whether it had not ended when the other began; where both have ended nothing is left to tell."""
    return longer.holds is not Holds.RESOLVED or finding.holds is Holds.RESOLVED


def _nearest(rule: OverTime, finding: Finding, found: Sequence[Finding]) -> Finding | None:
    """The same onset, or what it would be told with."""
    same = (each for each in found if each.zone == finding.zone)
    near = [each for each in same if abs((each.date - finding.date).days) <= rule.once]
    return min(near, key=lambda each: (abs((each.date - finding.date).days), each.date), default=None)


def _as(told: Finding, now: Finding) -> Finding:
    """The told one, under its own date, with what holds now."""
    return replace(told, holds=Holds.OPEN, level=now.level, said=now.said, signs=now.signs)


def _rests_on(finding: Finding, fallen: TakenBack) -> bool:
    return any((sign.article, sign.rule) in fallen for sign in finding.signs)

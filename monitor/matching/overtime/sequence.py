"""One thing then another, and so many in so many days, by the dates of the events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from monitor.matching.overtime.rule import CountOver, OverTime, Step, Succession, of_rules
from monitor.model import Finding, Sign

Days = Mapping[dt.date, Sequence[Sign]]


def sequences(
    rule: OverTime, form: Succession, signs: Iterable[Sign], *, known_from: dt.date, today: dt.date
) -> list[Finding]:
    """The second step's onsets that follow one of the first within the time; oldest first."""
    signs = [each for each in signs if each.date <= today]
    firsts, thens = onsets(form.first, signs, known_from), onsets(form.then, signs, known_from)
    found = []
    for day, after in thens.items():
        before = [first for first in firsts if 0 < (day - first).days <= form.within]
        if before:
            lead = firsts[before[-1]][0]
            said = f"{_told(lead)} {before[-1]:%-d %b}, then {_told(after[0])} {day:%-d %b}"
            evidence = (lead, *after)
            found.append(Finding(rule=rule.id, date=day, level=rule.level, said=said, signs=evidence))
    return found


def counts(
    rule: OverTime, form: CountOver, signs: Iterable[Sign], *, known_from: dt.date, today: dt.date
) -> list[Finding]:
    """Days on which the number of such days within the time reached the least that is asked for."""
    days = onsets(form.step, [each for each in signs if each.date <= today], known_from)
    found = []
    over = False
    for day in days:
        near = [each for each in days if 0 <= (day - each).days < form.within]
        if len(near) >= form.at_least and not over:
            said = f"{len(near)} in {form.within} days to {day:%-d %b}: {_told(days[day][0])}"
            evidence = tuple(days[each][0] for each in near)
            found.append(Finding(rule=rule.id, date=day, level=rule.level, said=said, signs=evidence))
        over = len(near) >= form.at_least
    return found


def onsets(step: Step, signs: Iterable[Sign], known_from: dt.date = dt.date.min) -> Days:
    """The days of the step, each with its signs, that no other of the same kind came before in the quiet time."""
    days: dict[dt.date, list[Sign]] = {}
    for each in of_rules(signs, step.rules):
        if step.takes(each):
            days.setdefault(each.date, []).append(each)
    told = {day: them for day, them in days.items() if _publishers(them) >= step.publishers}
    dates = sorted(told)
    fresh = [day for day in dates if not any(0 < (day - each).days <= step.quiet for each in dates)]
    return {day: told[day] for day in fresh if (day - known_from).days >= step.quiet}


def _publishers(signs: Sequence[Sign]) -> int:
    return len({each.publisher for each in signs})


def _told(sign: Sign) -> str:
    return sign.said or sign.rule.replace("-", " ")

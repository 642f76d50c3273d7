"""Something not seen for too long. Only days on which a feed could have told count as days of absence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from monitor.matching.overtime.rule import Absent, OverTime, of_rules
from monitor.model import Finding, Holds, Level, Outage, Sign

_GAPS_WITHIN = 120  # days
_SEEN_BY = dt.timedelta(days=1)


def absences(
    rule: OverTime,
    form: Absent,
    signs: Iterable[Sign],
    *,
    outages: Sequence[Outage],
    today: dt.date,
) -> list[Finding]:
    """Each absence of the window, those that ended too, oldest first; none before the first sign ever."""
    seen = [each for each in of_rules(signs, form.rules) if each.date <= today]
    days = sorted({each.date for each in seen})
    gaps = [(day, after) for day, after in zip_longest(days, days[1:]) if _long(form, day, after or today)]
    found = []
    for number, (last, back) in enumerate(gaps):
        near = [gap for gap in gaps[: number + 1] if (last - gap[0]).days <= _GAPS_WITHIN]
        often = bool(form.often) and sum(_watched(form, *gap, outages, today) for gap in near) >= form.often
        evidence = [each for each in seen if each.date == last]
        found.append(
            _finding(rule, form, last, back, evidence=evidence, outages=outages, today=today, often=often)
        )
    return found


def _long(form: Absent, last: dt.date, until: dt.date) -> bool:
    return (until - last).days >= form.steps[0][0]


def _watched(
    form: Absent, last: dt.date, back: dt.date | None, outages: Sequence[Outage], today: dt.date
) -> bool:
    """Whether the gap was long on days that somebody watched."""
    gone = _gone(last, back or today)
    return sum(not _blind(form, day, outages) for day in gone) >= form.steps[0][0]


def _gone(last: dt.date, until: dt.date) -> list[dt.date]:
    return [last + dt.timedelta(days=number) for number in range(1, (until - last).days + 1)]


def _finding(
    rule: OverTime,
    form: Absent,
    last: dt.date,
    back: dt.date | None,
    *,
    evidence: Sequence[Sign],
    outages: Sequence[Outage],
    today: dt.date,
    often: bool,
) -> Finding:
    gone = _gone(last, back or today)
    blind = [day for day in gone if _blind(form, day, outages)]
    watched = len(gone) - len(blind)
    level = _level(rule, form, watched, gone, often=often)
    held = watched < form.steps[0][0] or (back is None and today in blind)
    holds = Holds.RESOLVED if back else Holds.HELD if held else Holds.OPEN
    return Finding(
        rule=rule.id,
        date=last + _SEEN_BY,
        holds=holds,
        level=level,
        said=_said(form, evidence[0], len(gone), back, held=held),
        signs=tuple(evidence[:1]),
    )


def _blind(form: Absent, day: dt.date, outages: Sequence[Outage]) -> bool:
    """Whether every feed that could have told was down on that day."""
    down = {each.feed for each in outages if each.covers(day)}
    return form.feeds <= down


def _level(rule: OverTime, form: Absent, watched: int, gone: Sequence[dt.date], *, often: bool) -> Level:
    reached = [level for days, level in form.steps if watched >= days]
    level = max([rule.level, *reached])
    passed = any(day in form.holidays for day in gone[:-1])  # the last day is not over, or he is back on it
    return Level(min(level + int(passed) + int(often), Level.CRITICAL))


def _said(form: Absent, last: Sign, days: int, back: dt.date | None, *, held: bool) -> str:
    seen = f"last seen {last.date:%-d %b}" + (f" ({last.said})" if last.said else "")
    if held and not back:
        return f"{form.who}: unknown whether unseen for {days} days, for the feeds that could tell were down; {seen}"
    if back:
        return f"{form.who} seen again {back:%-d %b}, after {days} days"
    return f"{form.who} unseen {days} days; {seen}"

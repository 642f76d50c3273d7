"""More than usual: a week against its own last weeks, and a season against the same days of other years."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from monitor.matching.overtime.rule import OverTime, Season, Surge, of_rules
from monitor.model import Finding, Sign

_WEEK = 7
_NO_GRADE = "F"


def surges(rule: OverTime, form: Surge, signs: Iterable[Sign], *, today: dt.date) -> list[Finding]:
    """The onset of each surge of each zone: over today, and not once in the days of `once` before."""
    counted = [each for each in of_rules(signs, form.rules) if each.count is not None and each.date <= today]
    found = []
    for zone, (_, named) in form.zones.items():
        daily = figures([each for each in counted if named.in_(each)], form.trusted)
        if daily:
            found += _onsets(rule, form, zone, daily, today)
    return sorted(found, key=lambda each: (each.date, each.zone))


def figures(signs: Sequence[Sign], trusted: frozenset[str]) -> dict[dt.date, Sign]:
    """For each day the one figure that counts: of a trusted reporter, then of the best grade, then the commonest."""
    days: dict[dt.date, list[Sign]] = {}
    for each in signs:
        days.setdefault(each.date, []).append(each)
    return {day: _best(them, trusted) for day, them in days.items()}


def seasons(rule: OverTime, form: Season, signs: Iterable[Sign], *, today: dt.date) -> list[Finding]:
    """Once for each date: the day on which the season's count passed the usual; silent without a past year."""
    seen = [each for each in of_rules(signs, form.rules) if each.date <= today]
    if not seen:
        return []
    found = []
    for goal in sorted(form.before.days):
        past = [_shifted(goal, year) for year in range(1, form.years + 1)]
        past = [end for end in past if end - dt.timedelta(days=form.days) >= seen[0].date]
        own = _days(seen, goal, form.days)
        if past and own:
            usual = statistics.mean(len(_days(seen, end, form.days)) for end in past)
            found += _over(rule, form, goal, own, usual)
    return found


def _over(
    rule: OverTime, form: Season, goal: dt.date, own: Mapping[dt.date, Sign], usual: float
) -> list[Finding]:
    over = sorted(own)[int(usual) :]
    if not over:
        return []
    number = int(usual) + 1
    said = f"{number} in the {form.days} days before {goal:%-d %b %Y}, usually {usual:.0f}"
    evidence = tuple(own[day] for day in sorted(own)[:number])
    return [Finding(rule=rule.id, date=over[0], zone=str(goal), level=rule.level, said=said, signs=evidence)]


def _days(signs: Sequence[Sign], end: dt.date, days: int) -> dict[dt.date, Sign]:
    """One sign for each day of those before `end`."""
    return {each.date: each for each in signs if 0 < (end - each.date).days <= days}


def _shifted(day: dt.date, years: int) -> dt.date:
    return day - dt.timedelta(days=round(365.25 * years))


def _best(signs: Sequence[Sign], trusted: frozenset[str]) -> Sign:
    common = Counter(each.count for each in signs)
    return min(
        signs,
        key=lambda each: (
            each.reporter not in trusted,
            each.grade or _NO_GRADE,
            -common[each.count],
            -(each.count or 0),
        ),
    )


def _onsets(
    rule: OverTime, form: Surge, zone: str, daily: Mapping[dt.date, Sign], today: dt.date
) -> list[Finding]:
    found = []
    last_over: dt.date | None = None
    begin = min(daily) + dt.timedelta(days=_WEEK * (form.weeks + 1) - 1)  # before that there is no usual
    for number in range((today - begin).days + 1):
        day = begin + dt.timedelta(days=number)
        usual = statistics.median(_week(daily, day, back) for back in range(1, form.weeks + 1))
        week = _week(daily, day, 0)
        if week < form.at_least or week <= form.times * usual:
            continue
        if day in daily and (last_over is None or (day - last_over).days > rule.once):
            found.append(_surge(rule, form, zone, daily=daily, day=day, week=week, usual=usual))
        if found:
            last_over = day
    return found


def _week(daily: Mapping[dt.date, Sign], end: dt.date, back: int) -> int:
    """The sum of the seven days that end so many weeks before `end`."""
    days = (end - dt.timedelta(days=_WEEK * back + number) for number in range(_WEEK))
    return sum(daily[day].count or 0 for day in days if day in daily)


def _surge(
    rule: OverTime,
    form: Surge,
    zone: str,
    *,
    daily: Mapping[dt.date, Sign],
    day: dt.date,
    week: int,
    usual: float,
) -> Finding:
    rise = f"{week / usual:.1f}x the usual" if usual else "far over the usual"
    said = (
        f"{rise}: {week} {form.what} in {form.zones[zone][0]} in the week to {day:%-d %b}, median {usual:.0f}"
    )
    days = (day - dt.timedelta(days=number) for number in reversed(range(_WEEK)))
    evidence = tuple(daily[each] for each in days if each in daily)
    return Finding(rule=rule.id, date=day, zone=zone, level=rule.level, said=said, signs=evidence)

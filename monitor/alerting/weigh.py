"""What the reports of an alert come to together: which of them stand, and what those that stand say. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from monitor.alerting.origins import originals
from monitor.alerting.stories import told_at
from monitor.model import Bearing, Count, Level, Report


def weighed(reports: Sequence[Report]) -> tuple[Report, ...]:
    """The reports, each with who takes it back by now.

    A denial reaches what its own origin told before. A retraction reaches too what was told before in nobody's
    name. What another named source told stands, and a denial by whoever is said to have done it reaches nothing.
    Nor does what a publisher of lesser grade says that the source said: it disputes, and takes nothing back.
    """
    return tuple(replace(each, taken_back_by=_taken_back_by(each, reports)) for each in reports)


def count_told(reports: Sequence[Report]) -> Count | None:
    """The count that most of them give or allow, copies of one text once; among equals the one that came last.

    A correction speaks for its origin, and for what was told before in nobody's name.
    """
    told = [each for each in reports if each.count and not _is_corrected(each, reports)]
    votes = Counter(
        key for key in {_figures(each.count) for each in told} for _ in originals(_admitting(key, told))
    )
    last = max(reversed(told), key=lambda each: (votes[_figures(each.count)], each.fetched), default=None)
    return last.count if last else None


def level_told(reports: Sequence[Report], rules: Sequence[str], default: Level) -> Level:
    """The highest that reports of these rules reach; the default where none is of them."""
    return max((each.level for each in reports if not set(rules).isdisjoint(each.rules)), default=default)


def _taken_back_by(report: Report, reports: Sequence[Report]) -> str:
    if report.bearing is not Bearing.TELLS:
        return ""
    return next((each.who for each in reports if _takes_back(each, report)), "")


def _takes_back(denial: Report, report: Report) -> bool:
    if (
        denial.retracted
        or denial.bearing in {Bearing.TELLS, Bearing.DISOWNS}
        or told_at(report) > told_at(denial)
    ):
        return False
    if not _is_as_good(denial, report):
        return False
    nobodys = denial.bearing is Bearing.RETRACTS and bool(denial.side) and not report.side
    return nobodys or _origin(denial) == _origin(report)


def _is_corrected(report: Report, reports: Sequence[Report]) -> bool:
    """Whether a later correction of the same origin, or of a named one where it names none, gives another count."""
    return any(
        each.corrects
        and each.count
        and told_at(each) > told_at(report)
        and _is_as_good(each, report)
        and (_origin(each) == _origin(report) or not report.side)
        for each in reports
    )


def _is_as_good(later: Report, report: Report) -> bool:
    """Whether its publisher may speak on what the report said: the same one, or one of at least its grade."""
    own = bool(later.publisher) and later.publisher == report.publisher
    return own or later.grade <= report.grade  # A before F


def _origin(report: Report) -> tuple[str, str]:
    """The named source's side, or the publisher where none is named."""
    return (report.side, "") if report.side else ("", report.publisher)


def _figures(count: Count | None) -> tuple[int, int | None]:
    return (count.min, count.max) if count else (0, None)


def _admitting(figures: tuple[int, int | None], reports: Sequence[Report]) -> list[Report]:
    """The reports whose count allows these figures: "at least 2" speaks for 2 and for 3."""
    least, most = figures
    return [each for each in reports if each.count and each.count.min <= least and _reaches(each.count, most)]


def _reaches(count: Count, most: int | None) -> bool:
    return count.max is None or (most is not None and most <= count.max)

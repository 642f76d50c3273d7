"""Who stands behind an alert: how many independent origins, and how far that carries it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from monitor.alerting.stories import COPY, resemblance, told_at
from monitor.model import Alert, Report, Stage

QUIET_FOR = dt.timedelta(days=7)  # without a report, after which an alert is closed
ENOUGH = 2  # independent origins
_ONE_TEXT = 92  # of 100, rapidfuzz's ratio: the same sentence, give or take a comma
_BEST_GRADE = "A"


def origins(reports: Sequence[Report]) -> tuple[Report, ...]:
    """One report for each independent origin, the first that came of it.

    Whom the sentences name as their source is an origin; where none names any, the publisher is. Copies of
    one text count once, and so do an army and its state.
    """
    named = [each for each in reports if each.source]
    found: dict[str, Report] = {}
    for report in originals(named or [each for each in reports if each.publisher] or reports):
        found.setdefault(report.side or report.publisher, report)
    return tuple(found.values())


def by_text(reports: Iterable[Report]) -> list[list[Report]]:
    """The reports parted by text: each with those that copy it, in the order in which the texts came."""
    found: list[list[Report]] = []
    for report in reports:
        same = next((group for group in found if _copies(report, group[0])), None)
        if same is None:
            found.append([report])
        else:
            same.append(report)
    return found


def one_text(reports: Sequence[Report]) -> bool:
    """Whether all are copies of one text: then they speak with one voice, however many they are."""
    return len(originals(reports)) == 1


def is_corroborated(reports: Sequence[Report]) -> bool:
    """Whether two independent origins tell it, or one of the best grade."""
    return len(origins(reports)) >= ENOUGH or any(each.grade == _BEST_GRADE for each in reports)


def stage_at(alert: Alert, now: dt.datetime) -> Stage:
    """The alert's stage; closed where no report has come for a week, unless it was withdrawn.

    What a rule over time says rests on reports of long ago: an absence is closed when it has ended.
    """
    if alert.stage is Stage.WITHDRAWN:
        return alert.stage
    if alert.said:
        return Stage.CLOSED if alert.closed else alert.stage
    last = max(map(told_at, alert.reports), default=alert.updated)
    return Stage.CLOSED if alert.closed or now - last > QUIET_FOR else alert.stage


def originals(reports: Iterable[Report]) -> list[Report]:
    """The reports without those that copy an earlier one."""
    return [group[0] for group in by_text(reports)]


def _copies(one: Report, other: Report) -> bool:
    if one.source and other.source and one.side != other.side:
        return False
    if resemblance(one.sketch, other.sketch) >= COPY:
        return True
    return fuzz.ratio(one.sentence.text.casefold(), other.sentence.text.casefold()) >= _ONE_TEXT

"""A finding of a rule over time to an alert, so that it is stored, routed and shown like every other."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from monitor.alerting.amend import opened
from monitor.alerting.text import calm
from monitor.model import (
    Alert,
    Article,
    Bearing,
    Finding,
    Holds,
    Level,
    Match,
    Report,
    Stage,
    Standing,
    TakenBack,
    Turn,
)

_KEYS_BEGIN = "over-time"
Evidence = Sequence[tuple[Article, Match]]
Fallen = Mapping[tuple[str, str], TakenBack]  # by article and rule


def id_of(finding: Finding) -> str:
    """Id of the alert that the finding opens, if none tells it yet."""
    return hashlib.sha256(_key(finding).encode()).hexdigest()[:16]


def alert_of(finding: Finding, evidence: Evidence, *, title: str, shadow: bool, now: dt.datetime) -> Alert:
    """A new alert of the finding; there must be evidence."""
    alert_id, keys = id_of(finding), frozenset({_key(finding)})
    parts = [
        opened(alert_id, article, matches, keys=keys, now=now)
        for article, matches in _by_article(evidence).values()
    ]
    return replace(
        parts[-1],
        level=finding.level,
        said=finding.said,
        closed=finding.holds is Holds.RESOLVED,
        keys=keys,
        rules=(finding.rule,),
        titles=(title,),
        date=finding.date,
        count=None,
        standing=parts[-1].standing if _is_new(finding) else Standing.LIVE,
        shadow=shadow,
        actors=tuple(dict.fromkeys(slug for part in parts for slug in part.actors)),
        places=tuple(dict.fromkeys(slug for part in parts for slug in part.places)),
        reports=tuple(_as_evidence(report) for part in parts for report in part.reports),
    )


def retold(alert: Alert, finding: Finding, evidence: Evidence, *, fallen: Fallen, now: dt.datetime) -> Alert:
    """The alert with what the finding says by now; the revision rises where that is something else.

    `fallen` are the reports that were taken back since: they are struck out, and whoever was told hears of it.
    """
    reports = _reports(alert, finding, evidence, fallen=fallen, now=now)
    after = replace(
        alert,
        level=finding.level,
        said=finding.said,
        closed=finding.holds is Holds.RESOLVED,
        date=finding.date,
        reports=reports,
        stage=_stage(alert, finding),
        updated=now,
    )
    turn, words = _change(alert, after, fallen=fallen)
    if turn is Turn.CORRECTED:
        after = replace(after, stage=Stage.CORRECTED)
    if not words:
        return after
    return replace(after, revision=alert.revision + 1, turn=turn, changes=words)


def _key(finding: Finding) -> str:
    return f"{_KEYS_BEGIN}|{finding.rule}|{finding.zone}|{finding.date}"


def _reports(
    alert: Alert, finding: Finding, evidence: Evidence, *, fallen: Fallen, now: dt.datetime
) -> tuple[Report, ...]:
    """The alert's reports as they stand now, those that came to it since, and who takes back one that is withdrawn."""
    told = [_marked(each, fallen) for each in alert.reports if each.bearing is Bearing.TELLS]
    known = {each.article for each in told}
    new = [
        _as_evidence(report)
        for article, matches in _by_article(evidence).values()
        if article.id not in known
        for report in opened(alert.id, article, matches, keys=alert.keys, now=now).reports
    ]
    denials: list[Report] = []
    if finding.holds is Holds.WITHDRAWN:
        denials = [each for one in _taken(told, fallen) for each in one.denials if each.article not in known]
    return (*told, *new, *dict.fromkeys(denials))


def _marked(report: Report, fallen: Fallen) -> Report:
    """The report, struck out where all that it stands here for was taken back."""
    taken = _taken([report], fallen)
    if len(taken) < len(report.rules) or not taken:
        return replace(report, retracted=False, taken_back_by="")
    of = taken[0].report
    return replace(report, retracted=of.retracted, taken_back_by=of.taken_back_by)


def _taken(reports: Iterable[Report], fallen: Fallen) -> list[TakenBack]:
    pairs = ((report.article, rule) for report in reports for rule in report.rules)
    return [fallen[each] for each in pairs if each in fallen]


def _stage(alert: Alert, finding: Finding) -> Stage:
    if finding.holds is Holds.WITHDRAWN:
        return Stage.WITHDRAWN
    return Stage.CORRECTED if alert.stage is Stage.WITHDRAWN else alert.stage


def _change(before: Alert, after: Alert, *, fallen: Fallen) -> tuple[Turn, tuple[str, ...]]:
    """What the revision does, and its changes in words; none where all is as it was."""
    struck = [each for each in after.reports if each.fallen and not _had_fallen(before, each)]
    backed = [_taking_back(each, fallen) for each in struck]
    if after.stage is Stage.WITHDRAWN:
        again = before.stage is Stage.WITHDRAWN
        words = () if again else backed or ["what it rests on was taken back"]
        return Turn.WITHDRAWN, tuple(dict.fromkeys(f"withdrawn: {each}" for each in words))
    if before.stage is Stage.WITHDRAWN:
        return Turn.CORRECTED, (f"holds again: {after.said}",)
    if before.closed and not after.closed:
        return Turn.CORRECTED, ("not over: what ended it was taken back",)
    facts = tuple(_facts(before, after))
    if struck:
        return Turn.CORRECTED, (*dict.fromkeys(backed), *facts)
    return Turn.UPDATED, facts


def _facts(before: Alert, after: Alert) -> Iterable[str]:
    if before.level != after.level:
        yield f"level {before.level} to {after.level}"
    if before.said != after.said:
        yield f"now: {after.said}"


def _taking_back(report: Report, fallen: Fallen) -> str:
    """`Seoul takes it back (Yonhap)`, `Yonhap corrected its report and tells it no more`."""
    publisher = calm(report.publisher) or "an unknown publisher"
    if report.retracted:
        return f"{publisher} corrected its report and tells it no more"
    denials = [each for one in _taken([report], fallen) for each in one.denials]
    by = next((calm(each.publisher) for each in denials if each.publisher), publisher)
    return f"{calm(report.taken_back_by)} takes it back" + (f" ({by})" if by != report.taken_back_by else "")


def _had_fallen(alert: Alert, report: Report) -> bool:
    return any(each.article == report.article and each.fallen for each in alert.reports)


def _as_evidence(report: Report) -> Report:
    """The report as one of a rule over time: its own level and count say nothing of the whole."""
    return replace(report, level=Level.INFORMATIONAL, count=None)


def _is_new(finding: Finding) -> bool:
    """Whether the last of the evidence is what happened now; the evidence of an absence lies before it."""
    return bool(finding.signs) and finding.signs[-1].date >= finding.date


def _by_article(evidence: Evidence) -> Mapping[str, tuple[Article, tuple[Match, ...]]]:
    found: dict[str, tuple[Article, tuple[Match, ...]]] = {}
    for article, match in evidence:
        _, before = found.get(article.id, (article, ()))
        found[article.id] = article, (*before, match)
    return found

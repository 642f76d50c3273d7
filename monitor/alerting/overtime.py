"""A finding of a rule over time to an alert, so that it is stored, routed and shown like every other."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from monitor.alerting.amend import opened
from monitor.model import Alert, Article, Finding, Holds, Level, Match, Standing

_KEYS_BEGIN = "over-time"


def alert_of(
    finding: Finding,
    evidence: Sequence[tuple[Article, Match]],
    *,
    title: str,
    shadow: bool,
    existing: Alert | None,
    now: dt.datetime,
) -> Alert:
    """The alert of the finding, or `existing` brought up to date; there must be evidence or an alert."""
    changed = {"level": finding.level, "said": finding.said, "closed": finding.holds is Holds.RESOLVED}
    if existing:
        step = 1 if any(getattr(existing, name) != value for name, value in changed.items()) else 0
        return replace(existing, **changed, revision=existing.revision + step, updated=now)  # type: ignore[arg-type]
    key = f"{_KEYS_BEGIN}|{finding.rule}|{finding.zone}|{finding.date}"
    alert_id = hashlib.sha256(key.encode()).hexdigest()[:16]
    parts = [
        opened(alert_id, article, matches, keys=frozenset({key}), now=now)
        for article, matches in _by_article(evidence).values()
    ]
    return replace(
        parts[-1],
        **changed,  # type: ignore[arg-type]  # fields of an alert
        keys=frozenset({key}),
        rules=(finding.rule,),
        titles=(title,),
        date=finding.date,
        count=None,
        standing=parts[-1].standing if _is_new(finding) else Standing.LIVE,
        shadow=shadow,
        actors=tuple(dict.fromkeys(slug for part in parts for slug in part.actors)),
        places=tuple(dict.fromkeys(slug for part in parts for slug in part.places)),
        reports=tuple(
            replace(report, level=Level.INFORMATIONAL, count=None)
            for part in parts
            for report in part.reports
        ),
    )


def _is_new(finding: Finding) -> bool:
    """Whether the last of the evidence is what happened now; the evidence of an absence lies before it."""
    return bool(finding.signs) and finding.signs[-1].date >= finding.date


def _by_article(evidence: Sequence[tuple[Article, Match]]) -> Mapping[str, tuple[Article, tuple[Match, ...]]]:
    found: dict[str, tuple[Article, tuple[Match, ...]]] = {}
    for article, match in evidence:
        _, before = found.get(article.id, (article, ()))
        found[article.id] = article, (*before, match)
    return found

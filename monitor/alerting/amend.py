"""What an alert says, opened by one article and amended by the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from monitor.alerting.denials import bearing
from monitor.alerting.keys import event_date, guessed, settled
from monitor.alerting.origins import is_corroborated
from monitor.alerting.revise import best_status, revised
from monitor.alerting.stories import corrects, sketch
from monitor.alerting.text import calm
from monitor.alerting.weigh import count_told, level_told, weighed
from monitor.model import (
    Alert,
    Article,
    Bearing,
    Count,
    Event,
    Evidence,
    Match,
    Mention,
    Report,
    Stage,
    Standing,
    Status,
)

_STANDINGS = (Standing.LIVE, Standing.BASELINE, Standing.OLD)  # the first that any report has, wins

_WEIGHTS = (Bearing.DISOWNS, Bearing.DENIES, Bearing.RETRACTS)  # of an article's denials the heaviest counts


def opened(
    alert_id: str,
    article: Article,
    matches: Sequence[Match],
    *,
    keys: frozenset[str],
    now: dt.datetime,
    disputed_by: str = "",
) -> Alert:
    """A new alert on the matches of one event, of which there must be one at least.

    `disputed_by` is who denies the event in the same article.
    """
    lead = _lead(matches)
    voices = _voices(matches)
    reports = (replace(_report(article, matches), disputed_by=disputed_by),)
    return Alert(
        id=alert_id,
        keys=settled(keys),
        rules=_unique(match.rule for match in voices),
        titles=tuple({match.rule: match.title for match in voices}.values()),
        level=max(match.level for match in voices),
        status=lead.event.status,
        actors=_slugs(voices, lambda event: event.actors),
        action=lead.event.action.entity.slug,
        objects=_slugs(voices, lambda event: event.objects),
        recipients=_slugs(voices, lambda event: event.recipients),
        places=_slugs(voices, lambda event: event.places),
        date=event_date(article, lead.event),
        count=_count(matches),
        opened=now,
        updated=now,
        standing=article.standing,
        tags=frozenset().union(*(match.tags for match in voices)),
        shadow=lead.shadow,
        trial=lead.trial,
        trial_rules=_unique(match.rule for match in matches if match.trial),
        reports=reports,
        stage=Stage.CORROBORATED if is_corroborated(reports) else Stage.REPORTED,
    )


def amended(
    alert: Alert,
    article: Article,
    matches: Sequence[Match],
    *,
    keys: frozenset[str],
    now: dt.datetime,
    disputed_by: str = "",
) -> Alert:
    """The alert with one report more, or with the article's report renewed.

    The revision rises when what is told changes; a mere further report keeps it.
    """
    fresh = opened(alert.id, article, matches, keys=keys, now=now, disputed_by=disputed_by)
    told = _told(alert, fresh)
    merged = replace(
        told,
        keys=settled(alert.keys | fresh.keys),
        actors=_unique((*alert.actors, *fresh.actors)),
        objects=_unique((*alert.objects, *fresh.objects)),
        recipients=_unique((*alert.recipients, *fresh.recipients)),
        places=_unique((*alert.places, *fresh.places)),
        date=_day(alert, fresh),
        standing=next(s for s in _STANDINGS if s in (alert.standing, fresh.standing)),
        trial_rules=_unique((*alert.trial_rules, *fresh.trial_rules)),
    )
    return _revised(alert, merged, _with_report(alert.reports, fresh.reports[0]), article=article.id, now=now)


def denied(alert: Alert, article: Article, denials: Sequence[Match], *, now: dt.datetime) -> Alert:
    """The alert with an article that denies its event: the reports that this takes back stand no longer."""
    strongest = max(denials, key=lambda each: _WEIGHTS.index(bearing(each)))
    report = replace(_report(article, [strongest]), bearing=bearing(strongest), count=None)
    return _revised(alert, alert, _with_report(alert.reports, report), article=article.id, now=now)


def retracted(alert: Alert, taken: Collection[str], *, now: dt.datetime) -> Alert:
    """The alert after the publisher took back what these articles told: the reports stay, marked as retracted."""
    reports = tuple(
        replace(each, retracted=True) if each.article in taken else each
        for each in alert.reports
        # A denial that was edited away is gone, unless it is all that the alert has.
        if each.article not in taken or each.bearing is Bearing.TELLS or len(alert.reports) == 1
    )
    return _revised(alert, alert, reports, article=min(taken), now=now)


def _revised(
    before: Alert, after: Alert, reports: Sequence[Report], *, article: str, now: dt.datetime
) -> Alert:
    """The alert with what these reports come to; where none stands any more, what they told is kept."""
    reports = weighed(reports)
    live = [each for each in reports if each.stands]
    after = replace(after, reports=reports)
    if live:
        after = replace(
            after,
            status=best_status(live, after.status),
            count=count_told(live) or after.count,
            level=level_told(live, after.rules, after.level),
        )
    return revised(before, after, article=article, now=now)


def _told(alert: Alert, fresh: Alert) -> Alert:
    """The alert with rules and level of both; rules on a lower rung add nothing to what the higher say."""
    if _rung(fresh) < _rung(alert):
        return alert
    if _rung(fresh) > _rung(alert):
        return replace(
            alert,
            rules=fresh.rules,
            titles=fresh.titles,
            level=fresh.level,
            action=fresh.action,
            tags=fresh.tags,
            shadow=fresh.shadow,
            trial=fresh.trial,
        )
    titles = dict(zip((*alert.rules, *fresh.rules), (*alert.titles, *fresh.titles), strict=True))
    return replace(
        alert,
        rules=tuple(titles),
        titles=tuple(titles.values()),
        level=max(alert.level, fresh.level),
        tags=alert.tags | fresh.tags,
    )


def _day(alert: Alert, fresh: Alert) -> dt.date | None:
    """The day first named; as long as none is, the earliest on which it was told."""
    if not _guessed(alert):
        return alert.date
    if not _guessed(fresh) or alert.date is None or fresh.date is None:
        return fresh.date
    return min(alert.date, fresh.date)


def _guessed(alert: Alert) -> bool:
    return all(guessed(key) for key in alert.keys)


def _report(article: Article, matches: Sequence[Match]) -> Report:
    """The article's part, with the sentence of its strongest match and every rule, shadow ones too."""
    lead = _lead(matches)
    return Report(
        article=article.id,
        publisher=article.publisher,
        grade=article.grade,
        url=article.url,
        title=article.title,
        published=article.published,
        fetched=article.fetched,
        sentence=lead.event.sentence,
        evidence=_evidence(lead, matches),
        rules=_unique(match.rule for match in matches),
        level=max(match.level for match in _voices(matches)),
        actors=_unique(mention.entity.slug for mention in lead.event.actors),
        action=lead.event.action.entity.slug,
        objects=_unique(mention.entity.slug for mention in lead.event.objects),
        nominal=lead.event.nominal,
        answering=bool(lead.event.answered),
        count=_count(matches),
        sketch=sketch(article),
        status=lead.event.status,
        source=lead.event.reporter.entity.slug if lead.event.reporter else "",
        side=lead.event.reporter.entity.side if lead.event.reporter else "",
        voice=calm(lead.event.reporter.span.text) if lead.event.reporter else "",
        corrects=corrects(article.title) or corrects(lead.event.sentence.text),
    )


def _evidence(lead: Match, matches: Sequence[Match]) -> tuple[Evidence, ...]:
    """The lead's evidence, and what the others add within the same sentence."""
    others = (
        each for match in matches if match.event.sentence == lead.event.sentence for each in match.evidence
    )
    return tuple(dict.fromkeys((*lead.evidence, *others)))


def _with_report(reports: Sequence[Report], new: Report) -> tuple[Report, ...]:
    old = next((report for report in reports if report.article == new.article), None)
    if old is None:
        return (*reports, new)
    new = replace(new, returned=old.returned or old.retracted)
    return tuple(new if report is old else report for report in reports)


def _lead(matches: Sequence[Match]) -> Match:
    """The match that speaks for all: live, highest, with the day named and the most evidence."""
    return max(
        matches,
        key=lambda match: (
            _rung(match),
            match.level,
            match.event.status == Status.OCCURRED,
            match.event.date_given,
            match.event.count is not None,
            match.score,
        ),
    )


def _voices(matches: Sequence[Match]) -> Sequence[Match]:
    """The matches that may be told: those on the highest rung; the others speak only among themselves."""
    highest = max(map(_rung, matches))
    return [match for match in matches if _rung(match) == highest]


def _rung(told: Match | Alert) -> int:
    """How far its rules have come on the way to being sent: 0 in shadow, 1 in test, 2 in force."""
    return 0 if told.shadow else 1 if told.trial else 2


def _count(matches: Sequence[Match]) -> Count | None:
    return _lead(matches).event.count or next(
        (match.event.count for match in matches if match.event.count), None
    )


def _slugs(matches: Sequence[Match], part: Callable[[Event], Iterable[Mention]]) -> tuple[str, ...]:
    """Slugs of that part of all events, the lead's first."""
    events = [_lead(matches).event, *(match.event for match in matches)]
    return _unique(mention.entity.slug for event in events for mention in part(event))


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))

"""Matches of one article to alerts: which event is it, and do we know it already.

Pure: values in, values out. `sought_keys` says which alerts to load first.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from monitor.alerting.amend import amended, opened
from monitor.alerting.keys import (
    actor_keys,
    event_date,
    event_keys,
    next_day_keys,
    same_day_keys,
    shared_keys,
    sought_keys,
)
from monitor.model import Alert, Article, Match, Report

__all__ = ["event_keys", "group", "sought_keys"]

OPEN_FOR = dt.timedelta(hours=48)  # how long an alert takes in reports that name no day, of the days beside
SAME_TITLE = 92  # of 100, rapidfuzz's ratio: one agency text under two mastheads


def group(
    article: Article, matches: Sequence[Match], existing: Sequence[Alert], *, now: dt.datetime
) -> list[Alert]:
    """The alerts that this article opens or is a report of, each once.

    `existing` are the alerts under `sought_keys(article, matches)` and those that already hold the article.
    An alert that learns nothing comes back as it was, so that grouping twice changes nothing.
    """
    clusters = _clusters(article, _dated(article, matches))
    homes = _homes(article, clusters, existing)
    joined: dict[str, list[Match]] = {}
    for cluster, home in zip(clusters, homes, strict=True):
        if home:
            joined.setdefault(home.id, []).extend(cluster)
    known = {alert.id: alert for alert in existing}
    return [
        *(_open(article, cluster, now) for cluster, home in zip(clusters, homes, strict=True) if not home),
        *(
            amended(known[alert], article, tuple(cluster), keys=_held(article, cluster), now=now)
            for alert, cluster in joined.items()
        ),
    ]


def _open(article: Article, cluster: Sequence[Match], now: dt.datetime) -> Alert:
    keys = _held(article, cluster)
    # The article is part of the id: two workers that open one event at once must not overwrite each other.
    seed = "\x1f".join((article.id, *sorted(keys)))
    return opened(hashlib.sha256(seed.encode()).hexdigest()[:16], article, tuple(cluster), keys=keys, now=now)


def _held(article: Article, cluster: Iterable[Match]) -> frozenset[str]:
    return frozenset().union(*(event_keys(article, match) for match in cluster))


# --- one article: which matches are of one event ---------------------------------------------------


def _dated(article: Article, matches: Sequence[Match]) -> list[Match]:
    """The matches; one that names no day (a title) takes the day that the article names for its actor."""
    return [match if match.event.date_given else _on_named_day(article, match, matches) for match in matches]


def _on_named_day(article: Article, match: Match, matches: Sequence[Match]) -> Match:
    own = event_date(article, match.event)
    named = {other.event.date for other in matches if other.event.date_given and _same_actor(match, other)}
    near = [day for day in named if day and abs(day - own) <= dt.timedelta(days=1)]
    if not near:
        return match
    day = min(near, key=lambda day: (abs(day - own), day))
    return replace(match, event=replace(match.event, date=day, date_given=True))


def _clusters(article: Article, matches: Sequence[Match]) -> list[list[Match]]:
    """The matches, apart by event; matches linked by a third stand together."""
    clusters: list[list[Match]] = []
    for match in matches:
        near = [cluster for cluster in clusters if any(_linked(article, match, other) for other in cluster)]
        merged = [*(each for cluster in near for each in cluster), match]
        clusters = [*(cluster for cluster in clusters if cluster not in near), merged]
    return clusters


def _linked(article: Article, one: Match, other: Match) -> bool:
    if one.event.action.span == other.event.action.span:
        return True
    if event_keys(article, one) & event_keys(article, other):
        return True
    same_day = event_date(article, one.event) == event_date(article, other.event)
    return same_day and one.family == other.family and _same_actor(one, other)


def _same_actor(one: Match, other: Match) -> bool:
    return not set(actor_keys(one.event)).isdisjoint(actor_keys(other.event))


# --- many articles: which alert is of this event ---------------------------------------------------


@dataclass(frozen=True, order=True)
class _Fit:
    """How well an alert fits; the least is the best."""

    step: int  # 0 the same day, 1 a day beside
    strangers: int  # minus the number of keys shared
    apart: dt.timedelta  # between the article and the opening of the alert
    alert: str  # the last resort, so that the choice never wavers


def _homes(
    article: Article, clusters: Sequence[Sequence[Match]], existing: Sequence[Alert]
) -> list[Alert | None]:
    """For each cluster its alert, or None for an event not yet known.

    Where an edit took the keys from under a report, the cluster stays with the alert that the article told
    before, unless another cluster still tells it: then the edit added an event of its own.
    """
    homes = [_home(article, cluster, existing) for cluster in clusters]
    free = [alert for alert in existing if alert not in homes]
    for index, cluster in enumerate(clusters):
        if homes[index] is None and (told := _told_before(article, cluster, free)):
            homes[index] = told
            free.remove(told)
    return homes


def _home(article: Article, cluster: Sequence[Match], existing: Iterable[Alert]) -> Alert | None:
    fits = ((fit, alert) for alert in existing if (fit := _fit(article, cluster, alert)))
    return min(fits, key=lambda pair: pair[0], default=(None, None))[1]


def _fit(article: Article, cluster: Sequence[Match], alert: Alert) -> _Fit | None:
    agree = any(_same_title(article, report) for report in alert.reports)
    same_day = frozenset().union(*(same_day_keys(article, match) for match in cluster))
    beside = frozenset().union(*(next_day_keys(article, match) for match in cluster))
    apart = abs(article.when - _first_told(alert))
    if shared := shared_keys(same_day, alert.keys, places_agree=agree):
        return _Fit(0, -len(shared), apart, alert.id)
    if apart <= OPEN_FOR and (shared := shared_keys(beside, alert.keys, places_agree=agree)):
        return _Fit(1, -len(shared), apart, alert.id)
    return None


def _first_told(alert: Alert) -> dt.datetime:
    """When the first report came out: after an outage, that is long before the alert was opened."""
    return min((report.published or report.fetched for report in alert.reports), default=alert.opened)


def _told_before(article: Article, cluster: Sequence[Match], alerts: Iterable[Alert]) -> Alert | None:
    rules = {match.rule for match in cluster}
    return next(
        (
            alert
            for alert in alerts
            for report in alert.reports
            if report.article == article.id and rules & set(report.rules)
        ),
        None,
    )


def _same_title(article: Article, report: Report) -> bool:
    return fuzz.ratio(article.title.casefold(), report.title.casefold()) >= SAME_TITLE

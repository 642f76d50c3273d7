"""Matches of one article to alerts: which event is it, and do we know it already.

Pure: values in, values out. `sought_keys` says which alerts to load first.
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.alerting.amend import amended, denied, opened, retracted
from monitor.alerting.clusters import clusters as clusters_of
from monitor.alerting.clusters import dated, linked
from monitor.alerting.denials import denied_by
from monitor.alerting.keys import (
    day,
    event_date,
    event_keys,
    guessed,
    moved,
    same_day_keys,
    shared_keys,
    sought_keys,
    story_keys,
)
from monitor.alerting.stories import (
    STORY,
    cites,
    is_copy,
    is_fresh,
    is_one_more,
    looks_back,
    same_figures,
    same_story,
    sketch,
    told_at,
    withdraws,
)
from monitor.alerting.text import calm
from monitor.model import Alert, Article, Bearing, Count, Match, Report

__all__ = ["event_keys", "group", "sought_keys"]

OPEN_FOR = dt.timedelta(hours=48)  # how long an alert takes in reports that name no day, of the days beside
ONE_DAYS_NEWS = dt.timedelta(hours=16)  # from the first headline to the last that still tells it as new


def group(
    article: Article,
    matches: Sequence[Match],
    existing: Sequence[Alert],
    *,
    now: dt.datetime,
    denials: Sequence[Match] = (),
) -> list[Alert]:
    """The alerts that this article opens, is a report of or denies, each once.

    `existing` are the alerts under `sought_keys(article, [*matches, *denials])` and those that already hold the
    article. An alert that learns nothing comes back as it was, so that grouping twice changes nothing.
    """
    if withdraws(article):
        return [
            retracted(alert, taken, now=now) for alert in existing if (taken := _withdrawn_by(article, alert))
        ]
    clusters = clusters_of(article, dated(article, matches))
    homes = _homes(article, clusters, existing)
    joined: dict[str, list[Match]] = {}
    for cluster, home in zip(clusters, homes, strict=True):
        if home:
            joined.setdefault(home.id, []).extend(cluster)
    known = {alert.id: alert for alert in existing}
    others = [each for each in existing if each.id not in joined]
    untold = _denied(article, denials, others)
    left = [each for each in others if each.id not in untold and _told_until_now(article, each)]
    return [
        *(
            _open(article, cluster, _disputed_by(article, cluster, denials), now)
            for cluster, home in zip(clusters, homes, strict=True)
            if not home
        ),
        *(
            amended(
                known[alert],
                article,
                tuple(cluster),
                keys=_added(article, cluster, known[alert]),
                disputed_by=_disputed_by(article, cluster, denials),
                now=now,
            )
            for alert, cluster in joined.items()
        ),
        *(denied(known[alert], article, said, now=now) for alert, said in untold.items()),
        *(retracted(alert, [article.id], now=now) for alert in left),
    ]


def _withdrawn_by(notice: Article, alert: Alert) -> list[str]:
    """The articles of the alert that a notice takes back: the one that it stands in for, and what it gives by name."""
    return [
        each.article
        for each in alert.reports
        if each.article == notice.id
        or (each.bearing is Bearing.TELLS and each.publisher == notice.publisher and cites(notice, each))
    ]


def _denied(article: Article, denials: Iterable[Match], existing: Sequence[Alert]) -> dict[str, list[Match]]:
    """The alerts of whose events the article speaks as untrue, by id, with its denials."""
    untold: dict[str, list[Match]] = {}
    for denial in denials:
        if alert := denied_by(article, denial, existing):
            untold.setdefault(alert.id, []).append(denial)
    return untold


def _told_until_now(article: Article, alert: Alert) -> bool:
    """Whether the alert holds the article as a report, which an edit takes out.

    One that came back after such an edit stays: it is served by two machines, of which one lags behind.
    """
    return any(each.article == article.id and not each.returned for each in alert.reports)


def _open(article: Article, cluster: Sequence[Match], disputed_by: str, now: dt.datetime) -> Alert:
    keys = _held(article, cluster)
    # The article is part of the id: two workers that open one event at once must not overwrite each other.
    seed = "\x1f".join((article.id, *sorted(keys)))
    name = hashlib.sha256(seed.encode()).hexdigest()[:16]
    return opened(name, article, tuple(cluster), keys=keys, disputed_by=disputed_by, now=now)


def _disputed_by(article: Article, cluster: Iterable[Match], denials: Iterable[Match]) -> str:
    """Who denies in the same article what these matches tell, in its words; "" where nobody does."""
    said = (
        denial.event.reporter.span.text
        for match in cluster
        for denial in denials
        if denial.event.reporter and linked(article, match, denial)
    )
    return calm(next(said, ""))


def _held(article: Article, cluster: Iterable[Match]) -> frozenset[str]:
    return frozenset().union(*(event_keys(article, match) for match in cluster))


def _added(article: Article, cluster: Sequence[Match], alert: Alert) -> frozenset[str]:
    """The keys that a report adds; a copy of another's, told on another day, adds none of its own day."""
    keys = _held(article, cluster)
    named = {day(key) for key in keys if not guessed(key)}
    alone = all(report.article == article.id for report in alert.reports)
    if alone or not named or not named.isdisjoint(held := _days(alert, named=True)) or not held:
        return keys
    return moved(keys, alert.keys)


# --- many articles: which alert is of this event ---------------------------------------------------


class _Step(enum.IntEnum):
    """What joins a report to an alert, the strongest first."""

    COPY = 0  # it is a report of it already, or the copy of one
    NAMED = 1  # both name the same day
    STORY = 2  # the same particulars within 72 hours, days not at odds
    GUESSED = 3  # the same day, which one of them does not name
    BESIDE = 4  # the day beside, of which one of them tells late
    BACK = 5  # a day before, to which the report looks back


@dataclass(frozen=True, order=True)
class _Fit:
    """How well an alert fits; the least is the best."""

    step: _Step
    days: int  # between the days of both
    strangers: int  # minus the number of keys shared
    apart: dt.timedelta  # between the article and the opening of the alert
    alert: str  # the last resort, so that the choice never wavers


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What an article tells of one event, as it is compared with alerts."""

    article: Article
    cluster: Sequence[Match]
    sketch: Sequence[int]
    same_day: frozenset[str]  # keys
    story: frozenset[str]  # keys
    days: frozenset[dt.date]
    given: bool  # it names its day
    zoned: bool  # its place has a time zone, else the day guessed is that of Greenwich

    @classmethod
    def of(cls, article: Article, cluster: Sequence[Match], sketched: Sequence[int]) -> _Told:
        return cls(
            article=article,
            cluster=cluster,
            sketch=sketched,
            same_day=frozenset().union(*(same_day_keys(article, match) for match in cluster)),
            story=frozenset().union(*(story_keys(article, match) for match in cluster)),
            days=frozenset(event_date(article, match.event) for match in cluster),
            given=any(match.event.date_given for match in cluster),
            zoned=any(each.entity.timezone for match in cluster for each in match.event.places),
        )

    @property
    def fresh(self) -> bool:
        """Whether it is told as news of the day."""
        title = self.article.title
        return any(
            is_fresh(match.event.action.span, title, nominal=match.event.nominal) for match in self.cluster
        )

    @property
    def count(self) -> Count | None:
        """How many, in the first match that says so."""
        return next((match.event.count for match in self.cluster if match.event.count), None)


def _homes(
    article: Article, clusters: Sequence[Sequence[Match]], existing: Sequence[Alert]
) -> list[Alert | None]:
    """For each cluster its alert, or None for an event not yet known.

    Where an edit took the keys from under a report, the cluster stays with the alert that the article told
    before, unless another cluster still tells it: then the edit added an event of its own.
    """
    sketched = sketch(article)
    homes = [_home(_Told.of(article, cluster, sketched), existing) for cluster in clusters]
    free = [alert for alert in existing if alert not in homes]
    for index, cluster in enumerate(clusters):
        if homes[index] is None and (told := _told_before(article, cluster, free)):
            homes[index] = told
            free.remove(told)
    return homes


def _home(told: _Told, existing: Iterable[Alert]) -> Alert | None:
    fits = ((fit, alert) for alert in existing if (fit := _fit(told, alert)))
    return min(fits, key=lambda pair: pair[0], default=(None, None))[1]


def _fit(told: _Told, alert: Alert) -> _Fit | None:
    """How the alert fits; None where it is of another event."""
    copy = _is_copy(told, alert)
    shared = shared_keys(told.same_day, alert.keys, places_agree=copy)
    near = told.story & alert.keys
    if not shared and not near:
        return None
    step = _step(told, alert, copy=copy, same_day=bool(shared))
    if step is None:
        return None
    days = 0 if shared else min(abs(day(key) - own).days for key in near for own in told.days)
    return _Fit(step, days, -len(shared), abs(told.article.when - _first_told(alert)), alert.id)


def _step(told: _Told, alert: Alert, *, copy: bool, same_day: bool) -> _Step | None:
    named = told.given and not all(guessed(key) for key in alert.keys)
    if copy:
        return _Step.COPY
    if named and same_day:
        return _Step.NAMED
    if named:
        return _Step.STORY if _same_figures(told, alert) else None
    if shared_keys(told.story, alert.keys, places_agree=False) and _same_story(told, alert):
        return _Step.STORY
    if same_day:
        return _Step.GUESSED
    back = _Step.BACK if _looks_back(told, alert) else None
    return _Step.BESIDE if _tells_late(told, alert) else back


def _is_copy(told: _Told, alert: Alert) -> bool:
    """Whether a report of the alert is the same text; the article's own says so unless the days are at odds."""
    named = _days(alert, named=True)
    at_odds = told.given and bool(named) and told.days.isdisjoint(named)
    others = (report for report in alert.reports if report.article != told.article.id)
    if any(is_copy(told.article, each, sketched=told.sketch, at_odds=at_odds) for each in others):
        return True
    rules = {match.rule for match in told.cluster}
    own = (each for each in alert.reports if each.article == told.article.id and not each.retracted)
    return not at_odds and any(not rules.isdisjoint(each.rules) for each in own)


def _same_figures(told: _Told, alert: Alert) -> bool:
    """Whether two headlines give the same figures of one day's bulletin, which is dated by its day or the next."""
    beside = any(abs(day(key) - own) <= dt.timedelta(days=1) for key in alert.keys for own in told.days)
    return beside and any(same_figures(told.article, report) for report in alert.reports)


def _is_akin(told: _Told, alert: Alert) -> bool:
    """Whether what was done, or what it was done with, is the same."""
    deeds = {match.event.action.entity.slug for match in told.cluster}
    things = {each.entity.slug for match in told.cluster for each in match.event.objects}
    held = {each.action for each in alert.reports} | {alert.action}
    held_things = {*alert.objects, *(slug for each in alert.reports for slug in each.objects)}
    return not (deeds.isdisjoint(held) and things.isdisjoint(held_things))


def _same_story(told: _Told, alert: Alert) -> bool:
    """Whether the particulars agree; on another day, one more of the kind or another number is another event."""
    other_day = told.days.isdisjoint(_days(alert))
    if other_day and told.fresh and (_differ(told.count, alert.count) or is_one_more(told.article.title)):
        return False
    if any(same_story(told.article, told.cluster, report) for report in alert.reports):
        return True
    late = other_day and not told.fresh and _tells_late(told, alert)
    return late and told.count is not None and told.count.min > 1 and _equal(told.count, alert.count)


def _equal(one: Count | None, other: Count | None) -> bool:
    return one is not None and other is not None and not _differ(one, other)


def _differ(one: Count | None, other: Count | None) -> bool:
    if one is None or other is None:
        return False
    return (one.min, one.max) != (other.min, other.max)


def _tells_late(told: _Told, alert: Alert) -> bool:
    """Whether one of both is a late report of the other's day, which is the day before.

    The later one must leave its day open. Headlines that say what was just done tell the day's own news, unless
    they come so soon that it is merely past midnight.
    """
    apart = abs(told.article.when - _first_told(alert))
    held, own = min(_days(alert)), min(told.days)
    if abs(held - own) > dt.timedelta(days=1) or apart > OPEN_FOR:
        return False
    later_is_open = not told.given if own > held else not (told.zoned and _days(alert, named=True))
    later_is_fresh = told.fresh if own > held else any(map(_is_fresh, alert.reports))
    return later_is_open and (apart <= ONE_DAYS_NEWS or (not later_is_fresh and _is_akin(told, alert)))


def _looks_back(told: _Told, alert: Alert) -> bool:
    """Whether a report only recalls the alert's event, of a day shortly before: its own day is that of other news."""
    recalls = all(looks_back(match.event) for match in told.cluster)
    latest = max(_days(alert))
    return recalls and dt.timedelta() < min(told.days) - latest <= STORY and _is_akin(told, alert)


def _is_fresh(report: Report) -> bool:
    deed = next((each.span for each in report.evidence if each.role == "action"), report.sentence)
    return is_fresh(deed, report.title, nominal=report.nominal)


def _days(alert: Alert, *, named: bool = False) -> frozenset[dt.date]:
    return frozenset(day(key) for key in alert.keys if not (named and guessed(key)))


def _first_told(alert: Alert) -> dt.datetime:
    """When the first report came out: after an outage, that is long before the alert was opened."""
    return min(map(told_at, alert.reports), default=alert.opened)


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

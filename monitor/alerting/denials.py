"""An article that denies an event: which alert it speaks of, and how much its word weighs. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from monitor.alerting.keys import day, event_date, guessed, same_day_keys, story_keys
from monitor.alerting.stories import STORY, told_at
from monitor.model import Alert, Article, Bearing, Match

_DAY = dt.timedelta(days=1)
_ARGUED = frozenset({"icbm", "slbm", "hypersonic-missile"})  # kinds that are argued over when a launch is not


def denied_by(article: Article, denial: Match, existing: Iterable[Alert]) -> Alert | None:
    """The alert of whose event the denial speaks: the latest that was told before it; None where there is none."""
    spoken_of = (each for each in existing if _speaks_of(article, denial, each))
    return max(
        spoken_of, key=lambda alert: (_last_told(alert, article.when) or alert.opened, alert.id), default=None
    )


def bearing(denial: Match) -> Bearing:
    """What the denial says of the event, by who denies it and how."""
    event = denial.event
    doers = {mention.entity.side for mention in event.actors}
    if event.reporter is not None and event.reporter.entity.side in doers:
        return Bearing.DISOWNS
    return Bearing.RETRACTS if event.taken_back and not _is_of_kind(denial) else Bearing.DENIES


def _speaks_of(article: Article, denial: Match, alert: Alert) -> bool:
    keys, days = alert.keys, {day(key) for key in alert.keys}
    own = any(each.article == article.id for each in alert.reports)  # edited, or read again
    told = article.when if own else _last_told(alert, article.when)
    if told is None or article.when - told > STORY or not _is_of_deed(denial, alert):
        return False
    if denial.event.date_given:
        said = event_date(article, denial.event)
        named = {day(key) for key in keys if not guessed(key)}
        near = any(abs(each - said) <= _DAY for each in days)
        return bool(story_keys(article, denial) & keys) and (said in named or (not named and near))
    # "Did not" of no day is said of today; who denies or retracts speaks of what was told.
    if denial.event.negated and not denial.event.taken_back:
        return bool(same_day_keys(article, denial) & keys)
    return bool(story_keys(article, denial) & keys)


def _is_of_deed(denial: Match, alert: Alert) -> bool:
    """Whether it denies what was told: of jets that entered a zone, "did not violate airspace" denies nothing."""
    event = denial.event
    if event.taken_back or not event.negated:
        return True
    return event.action.entity.slug in {alert.action, *(each.action for each in alert.reports)}


def _last_told(alert: Alert, before: dt.datetime) -> dt.datetime | None:
    """When it was last told before that time; None where it was not told yet."""
    times = (told_at(each) for each in alert.reports if each.bearing is Bearing.TELLS)
    return max((each for each in times if each <= before), default=None)


def _is_of_kind(denial: Match) -> bool:
    """Whether it denies a kind of missile only: "it was no ICBM" leaves a launch."""
    return any(mention.entity.slug in _ARGUED for mention in denial.event.objects)

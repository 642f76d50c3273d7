"""One article: which of its matches are of one event, and of which day. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from monitor.alerting.keys import actor_keys, event_date, event_keys
from monitor.model import Article, Match


def dated(article: Article, matches: Sequence[Match]) -> list[Match]:
    """The matches; one that names no day (a title) takes the day that the article names for its deed."""
    return [match if match.event.date_given else _on_named_day(article, match, matches) for match in matches]


def clusters(article: Article, matches: Sequence[Match]) -> list[list[Match]]:
    """The matches, apart by event; matches linked by a third stand together."""
    found: list[list[Match]] = []
    for match in matches:
        near = [cluster for cluster in found if any(linked(article, match, other) for other in cluster)]
        merged = [*(each for cluster in near for each in cluster), match]
        found = [*(cluster for cluster in found if cluster not in near), merged]
    return found


def linked(article: Article, one: Match, other: Match) -> bool:
    """Whether both tell one event: by the same word, under a key of both, or as the same doer's of one day."""
    if one.event.action.span == other.event.action.span:
        return True
    if event_keys(article, one) & event_keys(article, other):
        return True
    same_day = event_date(article, one.event) == event_date(article, other.event)
    return same_day and one.family == other.family and _same_actor(one, other)


def _on_named_day(article: Article, match: Match, matches: Sequence[Match]) -> Match:
    own = event_date(article, match.event)
    named = {other.event.date for other in matches if other.event.date_given and _same_deed(match, other)}
    near = [day for day in named if day and abs(day - own) <= dt.timedelta(days=1)]
    if not near:
        return match
    day = min(near, key=lambda day: (abs(day - own), day))
    return replace(match, event=replace(match.event, date=day, date_given=True))


def _same_deed(one: Match, other: Match) -> bool:
    """Whether the day of one dates the other: a warning of Thursday dates no launch."""
    alike = one.family == other.family or one.event.action.entity == other.event.action.entity
    return alike and _same_actor(one, other)


def _same_actor(one: Match, other: Match) -> bool:
    return not set(actor_keys(one.event)).isdisjoint(actor_keys(other.event))

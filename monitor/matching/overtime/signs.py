"""A match as a sign."""

from __future__ import annotations

import datetime as dt

from monitor.model import Article, Match, Sign

_LONGEST = 90  # characters of what was said, in a headline


def sign_of(article: Article, match: Match) -> Sign:
    """What rules over time look at; an event without a date took place when it was told."""
    event = match.event
    told = article.when.date()
    mentions = (*event.actors, *event.objects, *event.recipients, *event.places, event.action)
    said = article.title or event.sentence.text
    return Sign(
        rule=match.rule,
        date=min(event.date or told, told + dt.timedelta(days=1)),  # the local day may be one ahead
        seen=told,
        article=article.id,
        publisher=article.publisher,
        grade=article.grade,
        reporter=event.reporter.entity.slug if event.reporter else "",
        count=event.count.min if event.count else None,
        slugs=frozenset(each.entity.slug for each in mentions),
        words=f"{article.title} {event.sentence.text}".casefold(),
        said=said if len(said) <= _LONGEST else said[: _LONGEST - 1].rsplit(" ", 1)[0] + "…",
    )

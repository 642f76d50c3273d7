"""How much an event weighs in its article: where it is told, and how much stands behind it."""

from __future__ import annotations

import enum

from monitor.model import LEAD, Event

# Each kind of evidence adds a fixed part, so that more evidence never lowers the score.
_SCORE_BASE = 0.5
_SCORE_TITLE = 0.15  # told in the title
_SCORE_LEAD = 0.05  # told in the first sentences of the text
_SCORE_TAIL = -0.1  # told only far down, where articles look back and aside
_SCORE_GRAMMAR = 0.15  # every role comes from grammar, none from position or context
_SCORE_EACH = 0.05  # object, place, date in the text, count
_TAIL = 5  # sentences before it


class Section(enum.Enum):
    """A part of an article, by how much of its news it tells."""

    TITLE = enum.auto()
    LEAD = enum.auto()
    BODY = enum.auto()
    TAIL = enum.auto()


_SCORE_OF_SECTION = {
    Section.TITLE: _SCORE_TITLE,
    Section.LEAD: _SCORE_LEAD,
    Section.BODY: 0.0,
    Section.TAIL: _SCORE_TAIL,
}


def score(event: Event) -> float:
    """0.4 to 1: see the constants above."""
    total = _SCORE_BASE
    total += _SCORE_OF_SECTION[section_of(event)]
    total += _SCORE_GRAMMAR * (not event.inferred)
    extras = (event.objects, event.places, event.date_given, event.count)
    total += _SCORE_EACH * sum(bool(extra) for extra in extras)
    return round(total, 2)


def section_of(event: Event) -> Section:
    """Where in the article it is told."""
    if event.sentence.field == "title":
        return Section.TITLE
    if event.nth < LEAD:
        return Section.LEAD
    return Section.BODY if event.nth < _TAIL else Section.TAIL

"""What is told in passing: some rules pass it over, for a single word in the body of a text often misleads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.matching.bare import by_role, failures, slugs_of
from monitor.matching.rule import Rule
from monitor.model import Event, Kind, Mention, Reading, Span


def is_passing(
    rule: Rule, events: Sequence[Event], reading: Reading, named: Mapping[Span, Sequence[Mention]]
) -> bool:
    """Whether the events on which a rule holds are told in passing.

    That is: by one word of the text that fits one alternative, under a title that does not tell it and names no such
    deed; and aside, in a clause or a noun that hangs on other news, or of a doer whom the title does not name.
    `named` holds the mentions of each event's sentence.
    """
    words = {(event.sentence.field, event.action.span) for event in events}
    if not reading.titled or len(words) > 1 or events[0].sentence.field == "title":
        return False
    deeds = {event.action.entity.slug for event in events}
    titled = [each.entity for each in reading.mentions if each.span.field == "title"]
    if any(entity.slug in deeds for entity in titled):
        return False
    doers = {actor.entity.side for event in events for actor in event.actors}
    known = not doers.isdisjoint(entity.side for entity in titled if entity.kind is Kind.ACTOR)
    if known and not any(event.aside for event in events):
        return False
    everywhere = slugs_of(reading.mentions)
    fitting = {
        number
        for event in events
        for number, condition in enumerate(rule.when)
        if event.action.entity.slug in condition.action
        and not failures(
            condition, event, by_role(event, slugs_of(named[event.sentence]), everywhere), less_than=1
        )
    }
    return len(fitting) == 1

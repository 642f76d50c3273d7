"""Why a rule fired on a text or stayed silent: every condition with what it looked at. Pure.

It is told by the very functions that judge, so that the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.matching.judge import (
    Outcome,
    RuleIndex,
    evaluate,
    judge,
    looks_back,
    mentions_by_sentence,
)
from monitor.matching.parts import Part, parts
from monitor.matching.rule import Condition, Rule
from monitor.model import Because, Event, Match, Mention, Reading


@dataclass(frozen=True, kw_only=True)
class Told:
    """One alternative, guard or raised level, part by part."""

    number: int  # from 1, in the order of the file
    parts: tuple[Part, ...]
    level: str = ""  # of a raised level

    @property
    def held(self) -> bool:
        """Whether every part holds."""
        return not self.failed

    @property
    def failed(self) -> tuple[Part, ...]:
        """The parts that do not hold."""
        return tuple(part for part in self.parts if part.failed)


@dataclass(frozen=True, kw_only=True)
class EventTold:
    """One event of the text, with the alternatives that its action belongs to."""

    event: Event
    alternatives: tuple[Told, ...]  # the nearest first
    guards: tuple[Told, ...]
    raised: tuple[Told, ...]
    outcome: Outcome  # what the judge makes of it

    @property
    def fires(self) -> bool:
        """Whether the rule fires on this event."""
        return self.outcome.held

    @property
    def silencing(self) -> tuple[Told, ...]:
        """The guards that hold."""
        return tuple(guard for guard in self.guards if guard.held)

    @property
    def background(self) -> bool:
        """Whether it stands where articles tell what went before."""
        return looks_back(self.event)


@dataclass(frozen=True, kw_only=True)
class Missing:
    """An alternative that no event came near to: what the text has no word for."""

    number: int
    roles: Mapping[str, frozenset[str]]  # role to the slugs of which none is mentioned


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Everything about one rule and one text."""

    match: Match | None
    because: tuple[Because, ...]  # of the nearest miss
    events: tuple[EventTold, ...]  # the one that fires or comes nearest first
    missing: tuple[Missing, ...]  # where there is no event
    retired: bool = False  # the rule judges nothing, whatever holds

    @property
    def passing(self) -> bool:
        """Whether all holds, of what is told only in passing."""
        return Because.PASSING in self.because

    @property
    def flips(self) -> Part | None:
        """The single condition that would have to hold for the rule to fire; None where it is not one alone."""
        if self.match or self.retired or self.passing or not self.events:
            return None
        nearest = self.events[0]
        failed = nearest.alternatives[0].failed
        if len(failed) != 1 or nearest.background:
            return None
        # A guard that fails in the same condition alone would hold as soon as the condition does.
        waits = (
            all(part.role == failed[0].role == "status" for part in guard.failed) for guard in nearest.guards
        )
        return None if any(waits) else failed[0]


def explain(rule: Rule, reading: Reading) -> Explanation:
    """Why the rule fires on the reading, or why not."""
    verdict = judge(reading, RuleIndex.of([rule]))
    by_sentence = mentions_by_sentence(reading)
    events = [
        _told(rule, event, by_sentence[event.sentence], reading)
        for event in reading.events
        if any(event.action.entity.slug in condition.action for condition in rule.when)
    ]
    miss = verdict.near_misses[0] if verdict.near_misses else None
    return Explanation(
        match=verdict.matches[0] if verdict.matches else None,
        because=(miss.because, *miss.also) if miss else (),
        events=tuple(sorted(events, key=_distance)),
        missing=() if events else tuple(_missing(rule, reading)),
        retired=rule.status == "retired",
    )


def names_of(slugs: frozenset[str], lists: Mapping[str, frozenset[str]]) -> list[str]:
    """The slugs as a person would write them: whole lists as $list, the rest one by one."""
    left, names = set(slugs), []
    for name, members in sorted(lists.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        if members and members <= slugs and members & left:
            names.append(f"${name}")
            left -= members
    return [*names, *sorted(left)]


def _told(rule: Rule, event: Event, sentence: Sequence[Mention], reading: Reading) -> EventTold:
    def of(condition: Condition, number: int, level: str = "") -> Told:
        found = parts(condition, event, sentence, reading.mentions)
        return Told(number=number, parts=tuple(found), level=level)

    alternatives = [
        of(condition, number)
        for number, condition in enumerate(rule.when, start=1)
        if event.action.entity.slug in condition.action
    ]
    guards = [of(guard, number) for number, guard in enumerate(rule.unless, start=1)]
    raised = [of(c, number, str(level)) for number, (level, c) in enumerate(rule.raise_to, start=1)]
    return EventTold(
        event=event,
        alternatives=tuple(sorted(alternatives, key=lambda told: len(told.failed))),
        guards=tuple(guards),
        raised=tuple(raised),
        outcome=evaluate(rule, event, sentence, reading.mentions),
    )


def _distance(told: EventTold) -> tuple[bool, int, bool]:
    stopped = bool(told.silencing) or told.background
    return not told.fires, len(told.alternatives[0].failed), stopped


def _missing(rule: Rule, reading: Reading) -> list[Missing]:
    """For each alternative what is not mentioned at all; those that lack least first."""
    named = {mention.entity.slug for mention in reading.mentions}
    found = []
    for number, condition in enumerate(rule.when, start=1):
        roles = {
            role: slugs
            for role in ("actor", "together", "action", "object", "recipient", "place", "mentions", "topic")
            if (slugs := getattr(condition, role)) and slugs.isdisjoint(named)
        }
        found.append(Missing(number=number, roles=roles))
    return sorted(found, key=lambda each: len(each.roles))

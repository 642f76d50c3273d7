"""How much of a condition fails, by slugs alone, before anything is told of it: nearly all that is judged ends here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from monitor.matching.parts import recipients
from monitor.matching.patterns import found
from monitor.matching.rule import Condition
from monitor.model import Event, Mention

Slugs = Mapping[str, frozenset[str]]  # by role


def nearest_of(
    alternatives: Sequence[Condition], event: Event, slugs: Slugs, *, most: int
) -> tuple[Condition | None, int]:
    """The alternative in which least fails, by slugs alone, and how much; None where more than `most` fails in each."""
    nearest, least = None, most + 1
    for condition in alternatives:
        failed = failures(condition, event, slugs, less_than=least)
        if failed < least:
            nearest, least = condition, failed
    return nearest, least


def failures(condition: Condition, event: Event, slugs: Slugs, *, less_than: int) -> int:
    """How much of the condition fails, as `parts` would tell; counted no further than to `less_than`."""
    failed = int(bool(condition.status) and event.status not in condition.status)
    for role, asked in condition.roles:
        if failed >= less_than:
            return failed
        failed += asked.isdisjoint(slugs[role])
    for _, patterns in condition.worded:
        if failed >= less_than:
            return failed
        failed += not found(patterns, event.sentence.text)
    return failed


def by_role(event: Event, sentence: frozenset[str], article: frozenset[str]) -> Slugs:
    """Slugs of the mentions that could fill each role."""
    actors = slugs_of(event.actors)
    return {
        "actor": actors,
        "together": actors,
        "object": slugs_of(event.objects),
        "recipient": slugs_of(recipients(event)),
        "place": slugs_of(event.places),
        "mentions": sentence,
        "topic": article,
    }


def slugs_of(mentions: Iterable[Mention]) -> frozenset[str]:
    """The entries that are mentioned."""
    return frozenset(mention.entity.slug for mention in mentions)

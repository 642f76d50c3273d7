"""How each thing that a condition asks for fares on one event. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from monitor.matching import patterns
from monitor.matching.rule import Condition
from monitor.model import Because, Event, Evidence, Mention, Span, Status

_BECAUSE_OF_STATUS = {
    Status.PLANNED: Because.PLANNED,
    Status.THREATENED: Because.THREATENED,
    Status.HYPOTHETICAL: Because.HYPOTHETICAL,
    Status.HISTORICAL: Because.HISTORICAL,
    Status.DENIED: Because.DENIED,
    Status.OCCURRED: Because.NO_EVENT,
    Status.CLAIMED: Because.NO_EVENT,
}
BECAUSE_OF_ROLE = {
    "actor": Because.ACTOR,
    "together": Because.ACTOR,
    "object": Because.OBJECT,
    "recipient": Because.RECIPIENT,
    "place": Because.PLACE,
    "mentions": Because.TOPIC,
    "topic": Because.TOPIC,
}
_EVIDENCE_ROLES = {"together": "actor", "mentions": "topic"}


@dataclass(frozen=True, kw_only=True)
class Part:
    """One thing that a condition asks for, what it looked at, and how it fared."""

    role: str  # status, action, actor, together, object, recipient, place, mentions, topic, text
    asked: frozenset[str]  # slugs, statuses or patterns, of which one is enough
    mentions: Sequence[Mention] = ()  # what could fill a role
    cue: Span | None = None  # the word that decided
    evidence: tuple[Evidence, ...] = ()
    failed: Because | None = None  # None: it holds
    other: str = ""  # what else was looked at: the status, the action's word, the sentence

    @property
    def looked_at(self) -> tuple[str, ...]:
        """The words that it was asked of, each once."""
        named = dict.fromkeys(mention.span.text for mention in self.mentions)
        return (self.other,) if self.other else tuple(named)


def parts(
    condition: Condition, event: Event, sentence: Sequence[Mention], article: Sequence[Mention]
) -> list[Part]:
    """How each thing that the condition asks for fared; all must hold."""
    asked = []
    if condition.status:
        asked.append(_status_part(condition, event))
    if condition.action:
        asked.append(_action_part(condition, event))
    asked += [_role_part(*each) for each in _roles(condition, event, sentence, article)]
    asked += [_worded_part(key, patterns, condition, event) for key, patterns in condition.worded]
    return asked


def recipients(event: Event) -> tuple[Mention, ...]:
    """To whom it was done, as the sentence tells; where it does not, every other actor in it."""
    return event.recipients or event.others


def worded(asked: Iterable[str], sentence: Span) -> Span | None:
    """What the patterns find in the sentence."""
    found = patterns.first(asked, sentence.text)
    if found is None:
        return None
    start, end = found
    at = sentence.start
    return Span(field=sentence.field, start=at + start, end=at + end, text=sentence.text[start:end])


def _status_part(condition: Condition, event: Event) -> Part:
    part = Part(role="status", asked=frozenset(condition.status), other=event.status)
    if event.status in condition.status:
        return part
    reason = Because.EXERCISE if event.exercise else _BECAUSE_OF_STATUS[event.status]
    failed = Because.NEGATED if event.negated and reason is Because.DENIED else reason
    return replace(part, failed=failed, cue=event.status_cue)


def _action_part(condition: Condition, event: Event) -> Part:
    held = event.action.entity.slug in condition.action
    return Part(
        role="action",
        asked=condition.action,
        other=event.action.span.text,
        cue=event.action.span if held else None,
        failed=None if held else Because.NO_EVENT,
    )


def _role_part(role: str, slugs: frozenset[str], mentions: Sequence[Mention]) -> Part:
    hit = next((m for m in mentions if m.entity.slug in slugs), None)
    return Part(
        role=role,
        asked=slugs,
        mentions=mentions,
        cue=hit.span if hit else None,
        evidence=(Evidence(span=hit.span, role=_EVIDENCE_ROLES.get(role, role)),) if hit else (),
        failed=None if hit else BECAUSE_OF_ROLE[role],
    )


def _worded_part(key: str, asked: frozenset[str], condition: Condition, event: Event) -> Part:
    found = worded(asked, event.sentence)
    return Part(
        role=key,
        asked=condition.words if key == "words" else condition.text,
        other=event.sentence.text,
        cue=found,
        evidence=(Evidence(span=found, role="topic"),) if found else (),
        failed=None if found else Because.TOPIC,
    )


def _roles(
    condition: Condition, event: Event, sentence: Sequence[Mention], article: Sequence[Mention]
) -> Iterable[tuple[str, frozenset[str], Sequence[Mention]]]:
    """Each role that the condition asks for, with the mentions that could fill it."""
    sources: tuple[tuple[str, Sequence[Mention]], ...] = (
        ("actor", event.actors),
        ("together", event.actors),
        ("object", event.objects),
        ("recipient", recipients(event) if condition.recipient else ()),
        ("place", event.places),
        ("mentions", sentence),
        ("topic", article),
    )
    for role, mentions in sources:
        slugs: frozenset[str] = getattr(condition, role)
        if slugs:
            yield role, slugs, mentions

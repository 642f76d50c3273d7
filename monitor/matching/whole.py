"""The event of a match as the whole article tells it: titles leave out the day, the number and often one side.

Nothing here decides whether a rule holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from monitor.matching.rule import Rule
from monitor.model import Event, Kind, Mention


def as_whole(
    event: Event,
    others: Sequence[Event],
    rule: Rule,
    article: Sequence[Mention],
    *,
    asked: bool = False,
) -> Event:
    """The event with what `others`, the further events on which the rule holds, and the article add to it.

    `asked`: the rule asked for the very actor of the sentence, and no other is put in his place unless he only answers.
    """
    completed = _demanded(_directed(_completed(event, others), others), rule)
    telling = _sides(each.reporter for each in (event, *others) if each.reporter)
    own = asked and completed.actors and not event.action.entity.answers
    done = completed if own else _done_by(completed, rule, article)
    return _facing(_led(done, rule), others, rule, telling, article)


def _completed(event: Event, others: Sequence[Event]) -> Event:
    """With the day, the number and the source that other sentences give it."""
    same = [other for other in others if other.action.entity == event.action.entity]
    dated = next((other for other in same if other.date_given), None)
    sourced = next((other for other in same if other.reporter), None)
    counted = next(
        (other for other in others if other.count and other.objects[:1] == event.objects[:1]), None
    )
    if dated is not None and not event.date_given:
        event = replace(event, date=dated.date, date_given=True)
    if sourced is not None and event.reporter is None:
        event = replace(event, reporter=sourced.reporter)
    if counted is not None and event.count is None:
        event = replace(event, count=counted.count)
    return event


def _directed(event: Event, others: Sequence[Event]) -> Event:
    """As the deed of who began it, with the recipient that other sentences name where its own names none."""
    told = [other.turned() for other in others]
    turned = event.turned()
    if event.action.entity.answers and not event.answered:
        deed = next((t for t, o in zip(told, others, strict=True) if _starts(o)), None)
        return replace(turned, actors=deed.actors, recipients=deed.recipients) if deed else turned
    if turned.recipients:
        return turned
    same = (other for other in told if other.recipients and _sides(other.actors) == _sides(turned.actors))
    other = next(same, None)
    return replace(turned, recipients=other.recipients) if other else turned


def _starts(event: Event) -> bool:
    """Whether the event itself tells who began."""
    return bool(event.answered or (event.actors and not event.action.entity.answers))


def _demanded(event: Event, rule: Rule) -> Event:
    """As the demand of who says that another should do it: "Trump says Seoul should pay"."""
    if not event.asked_by or (rule.doers and not any(m.entity.slug in rule.doers for m in event.asked_by)):
        return event
    return replace(event, actors=event.asked_by, recipients=event.actors, reporter=None)


def _done_by(event: Event, rule: Rule, article: Sequence[Mention]) -> Event:
    """As the deed of one whose deeds the rule is about, where the sentence seems to name another for its doer.

    "Seoul's military said GPS signals were jammed": the rule is about the North, and the article names it. The other
    is the one it was done to, if grammar told him: "Philippine boat rammed", with the Chinese ship one sentence on.
    """
    if not rule.doers or any(mention.entity.slug in rule.doers for mention in event.actors):
        return event
    near = [m for m in (*event.recipients, *event.others, *article) if _is_one_of(m, rule.doers)]
    doing = tuple(near[:1] or (Mention(span=event.action.span, entity=each) for each in rule.presumed))
    if not doing:
        return event
    sides = _sides(doing)
    told = () if "actor" in event.inferred else event.actors
    besides = [m for m in (*event.recipients, *told) if m.entity.side not in sides]
    return replace(event, actors=doing, recipients=tuple(dict.fromkeys(besides)))


def _led(event: Event, rule: Rule) -> Event:
    """Of what two do to each other, the rule's own doer first: "Manila and Beijing tussle"."""
    if not rule.doers or not _sides(event.recipients) <= _sides(event.actors):
        return event

    def is_other(mention: Mention) -> bool:
        return mention.entity.slug not in rule.doers

    actors = tuple(sorted(event.actors, key=is_other))
    recipients = tuple(sorted(event.recipients, key=is_other, reverse=True))
    return replace(event, actors=actors, recipients=recipients)


def _is_one_of(mention: Mention, actors: frozenset[str]) -> bool:
    return mention.entity.kind is Kind.ACTOR and mention.entity.slug in actors


def _facing(
    event: Event, others: Sequence[Event], rule: Rule, telling: frozenset[str], article: Sequence[Mention]
) -> Event:
    """With whom its sentence or another sets against the doer, else the one other side that the article names.

    Of several none is taken, nor one who only tells of the deed (`telling`, sides), nor one that stands in the
    sentence: there grammar had its say.
    """
    if any(mention.entity.country for mention in event.recipients) or not event.actors:
        return event
    doing = _sides(event.actors)
    meant = next((each for each in rule.presumed_to if each.side not in doing), None)
    other = (m for m in (*event.others, *article) if m.entity.side not in doing)
    named = tuple(m for m in other if _is_one_of(m, rule.suffering))[:1]
    for faced in (_faced(event, doing), named, *(_faced(each, doing) for each in others)):
        if faced:
            return replace(event, recipients=(*faced, *event.recipients))
    if event.recipients:
        return event
    if meant is not None:
        return replace(event, recipients=(Mention(span=event.action.span, entity=meant),))
    facing = [
        m for m in article if m.entity.kind is Kind.ACTOR and m.entity.country and m.entity.side not in doing
    ]
    sides = _sides(facing)
    if len(sides) != 1 or sides & telling.union(*(_sides(each.others) for each in (event, *others))):
        return event
    return replace(event, recipients=tuple(facing[:1]))


def _faced(event: Event, doing: frozenset[str]) -> tuple[Mention, ...]:
    """Whom the event's sentence sets against the doer, but for who tells of it."""
    return tuple(m for m in event.facing if m.entity.side not in doing and m != event.reporter)


def _sides(mentions: Iterable[Mention]) -> frozenset[str]:
    return frozenset(mention.entity.side for mention in mentions)

"""Simpler ways to read, to measure ours against: keywords without grammar, and the order of names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.evaluation.figures import Figures
from monitor.evaluation.tally import Labelled
from monitor.model import Event, Kind, Mention, Need, Reading, Verdict

Countries = frozenset[str]  # ISO 3166 alpha-2
Directed = tuple[Countries, Countries]  # who acts, on whom


@dataclass(frozen=True, kw_only=True)
class Direction:
    """How often one way to read said who acts on whom, and how often it was right in both."""

    items: int = 0  # with both labelled
    both: int = 0  # with both found
    right: int = 0

    @property
    def found(self) -> float | None:
        """Share of the items with both found; None when there was no item."""
        return self.both / self.items if self.items else None

    @property
    def accuracy(self) -> float | None:
        """Share that is right of the items with both found; None when there was none."""
        return self.right / self.both if self.both else None

    def as_dict(self) -> dict[str, object]:
        """For --json: counts and shares."""
        return {
            "items": self.items,
            "both": self.both,
            "right": self.right,
            "found": self.found,
            "accuracy": self.accuracy,
        }


def keywords(
    labelled: Sequence[Labelled], readings: Iterable[Reading], needs: Mapping[str, Sequence[Need]]
) -> dict[str, Figures]:
    """Figures of rules that fire on keywords: on one mention, anywhere, of each part of an alternative.

    `needs` are the alternatives of each rule; readings must be ungated, so that they hold every mention.
    """
    sure = [
        (item.labels, _slugs(reading)) for item, reading in zip(labelled, readings, strict=True) if item.sure
    ]
    return {rule: _keyword_figures(rule, alternatives, sure) for rule, alternatives in needs.items()}


def directions(labelled: Iterable[Labelled], said: Iterable[Directed | None]) -> Direction:
    """What was said of each item against its labels; one country right on each side is enough."""
    told = [
        (item, directed)
        for item, directed in zip(labelled, said, strict=True)
        if item.sure and item.actors and item.recipients
    ]
    both = [(item, directed) for item, directed in told if directed]
    right = sum(
        not item.actors.isdisjoint(actors) and not item.recipients.isdisjoint(recipients)
        for item, (actors, recipients) in both
    )
    return Direction(items=len(told), both=len(both), right=right)


def read_direction(reading: Reading, verdict: Verdict) -> Directed | None:
    """Ours: actor and recipient of the first match that has both; where none has, of the first event that has.

    Of the events those count whose actor grammar tells, and beside a match those of its own actor. What one does to
    another goes before what two of the same sentence do with each other.
    """
    matched = next(filter(None, (_directed(match.event) for match in verdict.matches)), None)
    if matched is not None:
        return matched
    doing = frozenset().union(*(_countries(match.event.actors) for match in verdict.matches))
    told = [
        (event, directed)
        for event in reading.events
        if "actor" not in event.inferred
        and (directed := _literal(event))
        and (not doing or doing & directed[0])
    ]
    nearest = [(event, directed) for event, directed in told if event.sentence == told[0][0].sentence]
    one_way = sorted(
        nearest,
        key=lambda each: (not each[1][0].isdisjoint(each[1][1]), each[0].nominal and not each[0].recipients),
    )
    return one_way[0][1] if one_way else None


def mentioned_order(reading: Reading) -> Directed | None:
    """The baseline: the first country named among the actors acts on the second."""
    named = (mention.entity for mention in reading.mentions if mention.entity.kind is Kind.ACTOR)
    first, second, *_ = [*dict.fromkeys(entity.country for entity in named if entity.country), "", ""]
    return (frozenset({first}), frozenset({second})) if second else None


def _directed(event: Event) -> Directed | None:
    actors, recipients = _countries(event.actors), _countries(event.recipients)
    return (actors, recipients) if actors and recipients else None


def _literal(event: Event) -> Directed | None:
    """As the words say it: who accuses is the one who acts."""
    whole = event if event.action.entity.answers else event.turned()
    return _directed(whole) or _directed(replace(whole, recipients=event.facing))


def _countries(mentions: Iterable[Mention]) -> Countries:
    return frozenset(mention.entity.country for mention in mentions if mention.entity.country)


def _slugs(reading: Reading) -> frozenset[str]:
    return frozenset(mention.entity.slug for mention in reading.mentions)


def _keyword_figures(
    rule: str, alternatives: Sequence[Need], sure: Sequence[tuple[frozenset[str], frozenset[str]]]
) -> Figures:
    wanted = [rule in labels for labels, _ in sure]
    fired = [any(_named(need, slugs) for need in alternatives) for _, slugs in sure]
    right = sum(want and fire for want, fire in zip(wanted, fired, strict=True))
    return Figures(labelled=sum(wanted), found=sum(fired), right=right)


def _named(need: Need, slugs: frozenset[str]) -> bool:
    return not any(map(slugs.isdisjoint, (*need.sentence, *need.article)))

"""Which conditions of rules and which entries of lists ever met anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.matching.judge import RuleIndex, holds, mentions_by_sentence
from monitor.matching.load import Pack
from monitor.matching.rule import Condition, Rule
from monitor.matching.source import Path_
from monitor.model import Event, Mention, Reading


class Part(NamedTuple):
    """One condition of one rule."""

    rule: str
    key: str  # as in the file: when, when.any.0, unless.2, alert.raise_to.critical
    condition: Condition

    @property
    def path(self) -> Path_:
        """Where it stands in the file."""
        return tuple(int(step) if step.isdecimal() else step for step in self.key.split("."))


@dataclass(kw_only=True)
class Coverage:
    """What was met so far, as readings come."""

    pack: Pack
    rules: Sequence[Rule]
    met: set[tuple[str, str]] = field(default_factory=set)  # rule and key
    entries: set[str] = field(default_factory=set)  # slugs

    def __post_init__(self) -> None:
        self._index = RuleIndex.of(self.rules)
        shared = {condition for conditions in self.pack.guards.values() for condition in conditions}
        self._parts = {rule.id: tuple(_parts(rule, shared)) for rule in self.rules}

    def add(self, reading: Reading, *, named: Iterable[str] = ()) -> None:
        """Count one article: its reading, and the slugs of all that it names."""
        self.entries.update(named)
        by_sentence = mentions_by_sentence(reading)
        for event in reading.events:
            for rule in self._index.by_action.get(event.action.entity.slug, ()):
                self._judge(rule, event, by_sentence[event.sentence], reading.mentions)

    @property
    def idle(self) -> list[Part]:
        """Conditions that never held, rule by rule. Guards count where they silenced something."""
        return [
            part for parts in self._parts.values() for part in parts if (part.rule, part.key) not in self.met
        ]

    @property
    def unnamed(self) -> Mapping[str, Sequence[str]]:
        """By list: its entries that nothing ever named, of the lists that the rules ask for."""
        asked = {slug for parts in self._parts.values() for part in parts for slug in _slugs(part.condition)}
        lists = {name: slugs & asked - self.entries for name, slugs in self.pack.vocabulary.lists.items()}
        seen: set[str] = set()
        found: dict[str, Sequence[str]] = {}
        for name, slugs in sorted(lists.items(), key=lambda item: len(self.pack.vocabulary.lists[item[0]])):
            if (
                slugs - seen
            ):  # the smallest list that holds an entry names it; lists that include that one do not
                found[name] = sorted(slugs - seen)
                seen |= slugs
        return found

    def _judge(
        self, rule: Rule, event: Event, sentence: Sequence[Mention], article: Sequence[Mention]
    ) -> None:
        own = (*event.actors, *event.objects, *event.recipients, *event.places)  # what raises a level
        met = {
            part.key
            for part in self._parts[rule.id]
            if holds(
                part.condition,
                event,
                *((own, own) if part.key.startswith("alert") else (sentence, article)),
            )
        }
        if any(key.startswith("when") for key in met):
            self.met.update((rule.id, key) for key in met)


def _parts(rule: Rule, shared: set[Condition]) -> Iterator[Part]:
    for index, condition in enumerate(rule.when):
        yield Part(rule.id, "when" if len(rule.when) == 1 else f"when.any.{index}", condition)
    for index, condition in enumerate(rule.unless):
        if condition not in shared:
            yield Part(rule.id, f"unless.{index}", condition)
    for level, condition in rule.raise_to:
        yield Part(rule.id, f"alert.raise_to.{level}", condition)


def _slugs(condition: Condition) -> Iterator[str]:
    for role in ("actor", "together", "action", "object", "recipient", "place", "mentions", "topic"):
        yield from getattr(condition, role)

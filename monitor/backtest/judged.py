"""Articles judged by one set of rules or two, on all cores; what was read once is remembered."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from monitor.backtest.pool import spread
from monitor.backtest.readings import Readings
from monitor.extraction.extractor import Extractor
from monitor.matching.judge import RuleIndex, judge
from monitor.matching.load import Pack
from monitor.matching.overtime.rule import OverTime
from monitor.matching.rule import Rule
from monitor.model import Article, Need, Verdict, Vocabulary

BATCH = 256  # articles
Judged = tuple[Article, tuple[Verdict, ...]]  # one of each side


@dataclass(frozen=True, kw_only=True)
class Side:
    """A set of rules, and which of them are asked about; none named: all."""

    pack: Pack
    rules: frozenset[str] = frozenset()

    def asks(self, rule: str) -> bool:
        """Whether alerts of that rule count."""
        return not self.rules or rule in self.rules

    @property
    def over_time(self) -> list[OverTime]:
        """The rules over time that are asked about."""
        return [each for each in self.pack.over_time if self.asks(each.id) and each.status != "retired"]

    @property
    def needs(self) -> list[Need]:
        """What these rules cannot do without, for the gate."""
        return [condition.need for rule in self.judged for condition in rule.when]

    @property
    def judged(self) -> list[Rule]:
        """The event rules that are asked about, and those whose matches the rules over time look at."""
        beneath = frozenset[str]().union(*(each.rules for each in self.over_time))
        return [each for each in self.pack.rules if self.asks(each.id) or each.id in beneath]


def judged(
    articles: Iterable[Article],
    sides: Sequence[Side],
    *,
    model: str,
    memory: Path,
    processes: int | None = None,
) -> Iterator[list[Judged]]:
    """Batches of articles with the verdict of each side, in order; `processes` None: one for each core."""
    waiting = iter(articles)
    batches = iter(lambda: list(itertools.islice(waiting, BATCH)), [])
    return spread(partial(Judges, on_shared_lists(sides), model, memory), batches, processes=processes)


def on_shared_lists(sides: Sequence[Side]) -> tuple[Side, ...]:
    """The sides, those on equal lists on the very same: what differs is mostly a rule, and lists are long to read."""
    done: list[Side] = []
    for side in sides:
        equal = (each.pack.vocabulary for each in done if _alike(each.pack.vocabulary, side.pack.vocabulary))
        vocabulary = next(equal, side.pack.vocabulary)
        done.append(replace(side, pack=replace(side.pack, vocabulary=vocabulary)))
    return tuple(done)


def _alike(one: Vocabulary, other: Vocabulary) -> bool:
    """Whether both find the same things by the same spellings, in which entities are not compared."""
    if one is other:
        return True
    same = (one.lists, one.inside, one.entities) == (other.lists, other.inside, other.entities)
    return same and all(
        (each.terms, each.near) == (other.entities[slug].terms, other.entities[slug].near)
        for slug, each in one.entities.items()
    )


class Judges:
    """A reader and the rules of each side."""

    def __init__(self, sides: Sequence[Side], model: str, memory: Path | None) -> None:
        readings = Readings(memory) if memory else None
        # Sides on the same lists share a reader that lets through what any of them needs: the gate changes no match.
        needs: dict[int, list[Need]] = defaultdict(list)
        for side in sides:
            needs[id(side.pack.vocabulary)] += side.needs
        lists = {id(side.pack.vocabulary): side.pack.vocabulary for side in sides}
        readers = {
            name: Extractor(vocabulary, dict.fromkeys(needs[name]), model=model, memory=readings)
            for name, vocabulary in lists.items()
        }
        self._sides = [(readers[id(side.pack.vocabulary)], RuleIndex.of(side.judged)) for side in sides]

    def __call__(self, batch: Sequence[Article], *, misses: bool = False) -> list[Judged]:
        """Each article of the batch with the verdict of every side; near misses where they are asked for."""
        read = {
            id(reader): reader.read(batch) for reader in dict.fromkeys(reader for reader, _ in self._sides)
        }
        verdicts = [
            [judge(reading, index, misses=misses) for reading in read[id(reader)]]
            for reader, index in self._sides
        ]
        return list(zip(batch, zip(*verdicts, strict=True), strict=True))

"""Articles judged by one set of rules or two, on all cores; what was read once is remembered."""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import signal
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from multiprocessing.synchronize import Event as EventType
from pathlib import Path

from monitor.backtest.readings import Readings
from monitor.extraction.extractor import Extractor
from monitor.matching.judge import RuleIndex, judge
from monitor.matching.load import Pack
from monitor.matching.overtime.rule import OverTime
from monitor.matching.rule import Rule
from monitor.model import Article, Need, Verdict, Vocabulary

BATCH = 256  # articles
_AHEAD = 3  # batches waiting for each process
Judged = tuple[Article, tuple[Verdict, ...]]  # one of each side, without near misses
_Start = tuple["Sequence[Side]", str, Path]  # sides, model, memory


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
    start: _Start = (_on_shared_lists(sides), model, memory)
    waiting = iter(articles)
    batches = iter(lambda: list(itertools.islice(waiting, BATCH)), [])
    count = processes or os.cpu_count() or 1
    first = list(itertools.islice(batches, 2))
    if count == 1 or len(first) < 2:  # noqa: PLR2004 - one batch is read before other processes have started
        judges = _Judges(*start)
        yield from (judges.all(batch) for batch in itertools.chain(first, batches))
        return
    context = multiprocessing.get_context("spawn")  # a forked child may hold locks of this one's threads
    stop = context.Event()
    with ProcessPoolExecutor(count, context, _begin, (stop, *start)) as pool:
        try:
            yield from _in_order(pool, itertools.chain(first, batches), ahead=count * _AHEAD)
        except BaseException:  # Ctrl-C too: what is under way is kept, what waits is left for the next run
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise


def _on_shared_lists(sides: Sequence[Side]) -> tuple[Side, ...]:
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


def _in_order(pool: Executor, batches: Iterable[list[Article]], *, ahead: int) -> Iterator[list[Judged]]:
    """The results in the order of the batches, with so many under way."""
    waiting: list[Future[list[Judged]]] = []
    for batch in batches:
        with _undisturbed():
            waiting.append(pool.submit(_work, batch))
        if len(waiting) >= ahead:
            yield waiting.pop(0).result()
    yield from (each.result() for each in waiting)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold Ctrl-C off: a process that is started meanwhile does not hear of it, not even while it is loading."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Judges:
    """A reader and the rules of each side."""

    def __init__(self, sides: Sequence[Side], model: str, memory: Path) -> None:
        readings = Readings(memory)
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

    def all(self, batch: Sequence[Article]) -> list[Judged]:
        """Each article of the batch with the verdict of every side."""
        read = {
            id(reader): reader.read(batch) for reader in dict.fromkeys(reader for reader, _ in self._sides)
        }
        verdicts = [
            [judge(reading, index, misses=False) for reading in read[id(reader)]]
            for reader, index in self._sides
        ]
        return list(zip(batch, zip(*verdicts, strict=True), strict=True))


class _Work:
    """What a process works with; its judges are made at the first batch."""

    def __init__(self, stop: EventType, start: _Start) -> None:
        self._stop = stop
        self._start = start

    def all(self, batch: Sequence[Article]) -> list[Judged]:
        """The batch judged, unless it is too late for that: nobody waits for it then."""
        return [] if self._stop.is_set() else self._judges.all(batch)

    @cached_property
    def _judges(self) -> _Judges:
        return _Judges(*self._start)


_of_this_process: list[_Work] = []


def _begin(stop: EventType, *start: *_Start) -> None:
    # Ctrl-C reaches the whole group; the first process sees to it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _of_this_process.append(_Work(stop, start))


def _work(batch: list[Article]) -> list[Judged]:
    return _of_this_process[0].all(batch)

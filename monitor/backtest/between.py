"""Two sets of rules over the same articles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from monitor.backtest.compare import Difference, compare
from monitor.backtest.judged import Judged, Side, judged
from monitor.backtest.record import Record
from monitor.backtest.replay import Held, replay
from monitor.model import Article, Feed, Verdict


def gathered(
    batches: Iterable[Sequence[Judged]], sides: int, feeds: Sequence[Feed]
) -> tuple[list[Held], Record]:
    """For each side the articles of which it has something to say; and on which days anything came."""
    found: list[list[tuple[Article, Verdict]]] = [[] for _ in range(sides)]
    record = Record(feeds=feeds)
    for batch in batches:
        for article, verdicts in batch:
            for side, verdict in zip(found, verdicts, strict=True):
                if verdict.matches or verdict.denials:
                    side.append((article, verdict))
        record.add(article for article, _ in batch)
    return list(found), record


def difference(
    past: Iterable[Article],
    before: Side,
    after: Side,
    *,
    feeds: Sequence[Feed],
    model: str,
    memory: Path,
    processes: int | None = None,
) -> Difference:
    """What `after` changes of what `before` would have told; see `judged` for the rest."""
    sides = (before, after)
    batches = judged(past, sides, model=model, memory=memory, processes=processes)
    held, record = gathered(batches, len(sides), feeds)
    first, second = (replay(each, side, record) for each, side in zip(held, sides, strict=True))
    return compare(first, second)

"""Two sets of rules over the same articles, in one call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from monitor.backtest.compare import Difference, compare
from monitor.backtest.judged import Side, judged
from monitor.backtest.replay import replay
from monitor.model import Article, Match


def difference(
    past: Iterable[Article],
    before: Side,
    after: Side,
    *,
    model: str,
    memory: Path,
    processes: int | None = None,
) -> Difference:
    """What `after` changes of what `before` would have told; see `judged` for the rest."""
    held: tuple[list[tuple[Article, Sequence[Match]]], ...] = ([], [])
    for batch in judged(past, [before, after], model=model, memory=memory, processes=processes):
        for article, matches in batch:
            for side, found in zip(held, matches, strict=True):
                side.append((article, found))
    return compare(replay(held[0]), replay(held[1]))

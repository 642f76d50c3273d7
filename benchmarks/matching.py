"""`monitor match` against the naive way, each as a whole process less its start-up."""

from __future__ import annotations

import statistics
from functools import cache
from pathlib import Path

from benchmarks.corpus import Corpus, write
from benchmarks.process import MONITOR, PYTHON, run
from benchmarks.table import Row, times

_NAIVE = (*PYTHON, str(Path(__file__).with_name("naive.py")))
# Sentences that pass the gate, one of them foreign: start-up then holds all that is loaded once, on both sides.
_FIRST = (
    "“North Korea fired a ballistic missile on Tuesday”, the ministry said.",
    "Selon l'état-major, le régime a tiré dans la nuit : North Korea fired a missile, une troisième fois cette année.",
)
_RUNS = 5  # the median counts; of the naive way one, for it is long


def measure(corpus: Corpus) -> list[Row]:
    """Articles a second of both, and what starting up costs."""
    first = _first(corpus)
    ours = _median(*MONITOR, "match", corpus.sample, out=corpus.folder / "ours") - startup(corpus)
    naive_startup = _median(*_NAIVE, first, out=corpus.folder / "naive")
    naive = run(*_NAIVE, corpus.sample, out=corpus.folder / "naive").cpu - naive_startup
    return [
        Row(
            what="monitor match, articles a second of CPU, less start-up",
            ours=f"{corpus.size / ours:,.0f}",
            against=f"naive way {corpus.size / naive:,.0f}",
            ratio=times(naive, ours),
            aim="20x",
        ),
        Row(
            what="start-up with the model, CPU",
            ours=f"{startup(corpus):.2f} s",
            against=f"naive way {naive_startup:.2f} s",
            ratio=times(naive_startup, startup(corpus)),
        ),
    ]


@cache
def startup(corpus: Corpus) -> float:
    """CPU seconds of `monitor match` on next to nothing."""
    return _median(*MONITOR, "match", _first(corpus), out=corpus.folder / "startup")


def _first(corpus: Corpus) -> Path:
    file = corpus.folder / "first.jsonl"
    write(file, [{"id": text, "text": text, "published": "2022-03-05"} for text in _FIRST])
    return file


def _median(*command: str | Path, out: Path) -> float:
    return statistics.median(run(*command, out=out).cpu for _ in range(_RUNS))

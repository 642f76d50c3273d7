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
_RUNS = 5  # of what is short; the median counts


def measure(corpus: Corpus) -> list[Row]:
    """Seconds an article of both, ours on every article of the news, and what starting up costs."""
    everything = corpus.folder / "everything.jsonl"
    size = write(everything, corpus.news())
    ours = net(corpus, everything) / size
    naive = naively(corpus, corpus.sample) / corpus.size
    return [
        Row(
            what=f"monitor match on {size:,} entries, CPU an entry, less start-up",
            ours=f"{ours * 1e6:,.0f} us",
            against=f"naive way, on the sample {naive * 1e6:,.0f} us",
            ratio=times(naive, ours),
            aim="60x",
        ),
        Row(
            what="start-up with the model, CPU",
            ours=f"{startup(corpus):.2f} s",
            against=f"naive way {naive_startup(corpus):.2f} s",
            ratio=times(naive_startup(corpus), startup(corpus)),
        ),
    ]


def net(corpus: Corpus, file: Path) -> float:
    """CPU seconds of `monitor match` on the file, less start-up; each time that of the same minute."""
    first, out = _first(corpus), corpus.folder / "ours"
    spent = (
        run(*MONITOR, "match", file, out=out).cpu - run(*MONITOR, "match", first, out=out).cpu
        for _ in range(_RUNS)
    )
    return max(statistics.median(spent), 1e-6)


def naively(corpus: Corpus, file: Path) -> float:
    """The same, the naive way; once, for it is long."""
    out = corpus.folder / "naive"
    return run(*_NAIVE, file, out=out).cpu - run(*_NAIVE, _first(corpus), out=out).cpu


@cache
def naive_startup(corpus: Corpus) -> float:
    """CPU seconds of the naive way on next to nothing."""
    return _median(*_NAIVE, _first(corpus), out=corpus.folder / "naive")


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

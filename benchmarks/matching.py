"""`monitor match` against the naive way, each as a whole process from the moment at which it is ready."""

from __future__ import annotations

import itertools
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rich.progress import track

from benchmarks.corpus import Corpus, Told, write
from benchmarks.process import MONITOR, PYTHON, Spent, run, run_on
from benchmarks.table import Row, times
from monitor.cli.match import BATCH

RUNS = 5  # the median counts
_NAIVE = (*PYTHON, str(Path(__file__).with_name("naive.py")))
# Sentences that pass the gate, one of them foreign: start-up then holds all that is loaded once, on both sides.
_FIRST = (
    "“North Korea fired a ballistic missile on Tuesday”, the ministry said.",
    "Selon l'état-major, le régime a tiré dans la nuit : North Korea fired a missile, une troisième fois cette année.",
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Articles in a file."""

    file: Path
    size: float  # in whatever the cost is wanted for: articles, so many words


def measure(corpus: Corpus) -> list[Row]:
    """CPU an article of both, ours on every article of the news, and what starting up costs."""
    everything = corpus.folder / "everything.jsonl"
    ours = Sample(file=everything, size=write(everything, corpus.news()))
    sample = pieces(list(corpus.drawn()), corpus.folder / "drawn")
    spent = in_turn(corpus, ours={"ours": ours}, naively={"naive": sample})
    return [
        Row(
            what=f"monitor match on {ours.size:,} entries, CPU an entry, less start-up",
            ours=f"{statistics.median(spent['ours']) * 1e6:,.0f} us",
            against=f"naive way, on the sample {statistics.median(spent['naive']) * 1e6:,.0f} us",
            ratio=ratio(spent["naive"], spent["ours"]),
            aim="60x",
        ),
        Row(
            what="start-up with the model, CPU",
            ours=f"{startup(corpus):.2f} s",
            against=f"naive way {_naive_startup(corpus):.2f} s",
            ratio=times(_naive_startup(corpus), startup(corpus)),
        ),
    ]


def pieces(articles: Sequence[Told], name: Path, *, size: float | None = None) -> Sequence[Sample]:
    """The articles in as many files as there are runs; `size`: of them all, their number unless told."""
    parts = [articles[at::RUNS] for at in range(RUNS)]
    files = [name.with_name(f"{name.name}-{at}.jsonl") for at in range(RUNS)]
    whole = len(articles) if size is None else size
    return [
        Sample(file=file, size=write(file, part) / len(articles) * whole)
        for file, part in zip(files, parts, strict=True)
    ]


def in_turn(
    corpus: Corpus, *, ours: Mapping[str, Sample], naively: Mapping[str, Sequence[Sample]]
) -> Mapping[str, Sequence[float]]:
    """CPU seconds for each article, or whatever sizes count, in each run, by the names of the samples.

    The naive way is long: it gets another piece in each run. A machine is not equally quick for a quarter of an hour,
    so both sides are run in turn, and what is near in time is compared.
    """
    spent = defaultdict(list)
    for at in track(range(RUNS), description="in turn", transient=True):
        for name, sample in ours.items():
            spent[name].append(_net(corpus, sample.file) / sample.size)
        for name, parts in naively.items():
            spent[name].append(_naive_net(corpus, parts[at].file) / parts[at].size)
    return spent


def ratio(more: Sequence[float], less: Sequence[float]) -> str:
    """How many times more, in the median of the runs."""
    return times(statistics.median(a / b for a, b in zip(more, less, strict=True)), 1)


@cache
def startup(corpus: Corpus) -> float:
    """CPU seconds of `monitor match` on next to nothing."""
    first = _first(corpus, lines=len(_FIRST))
    return statistics.median(
        run(*MONITOR, "match", first, out=corpus.folder / "startup").cpu for _ in range(RUNS)
    )


def _net(corpus: Corpus, file: Path) -> float:
    """CPU seconds of `monitor match` on the file, which answers a batch at a time."""
    first = _first(corpus, lines=BATCH)
    return run_on(*MONITOR, "match", first=first, rest=file, out=corpus.folder / "ours").rest


def _naive_net(corpus: Corpus, file: Path) -> float:
    """The same, the naive way."""
    return _naively(corpus, file).rest


@cache
def _naive_startup(corpus: Corpus) -> float:
    """CPU seconds of the naive way on next to nothing; once, for it is long."""
    return _naively(corpus, _first(corpus, lines=len(_FIRST))).start


def _naively(corpus: Corpus, file: Path) -> Spent:
    first = _first(corpus, lines=len(_FIRST))
    return run_on(*_NAIVE, str(len(_FIRST)), first=first, rest=file, out=corpus.folder / "naive")


def _first(corpus: Corpus, *, lines: int) -> Path:
    file = corpus.folder / f"first-{lines}.jsonl"
    texts = itertools.islice(itertools.cycle(_FIRST), lines)
    write(file, ({"id": text, "text": text, "published": "2022-03-05"} for text in texts))
    return file

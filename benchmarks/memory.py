"""Peak memory of `monitor match`."""

from __future__ import annotations

from benchmarks.corpus import Corpus
from benchmarks.process import MONITOR, run
from benchmarks.table import Row

_MEGABYTE = 10**6


def measure(corpus: Corpus) -> list[Row]:
    """The most that it held on the sample."""
    used = run(*MONITOR, "match", corpus.sample, out=corpus.folder / "memory")
    return [
        Row(
            what="monitor match, peak memory",
            ours=f"{used.peak / _MEGABYTE:,.0f} MB",
            aim="under 400 MB",
        )
    ]

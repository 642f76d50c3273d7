"""Archives of many files: a backtest of one changed rule on one process, on all cores, by Ray, and once it is kept.

Each file is the recorded year, moved by as many weeks as make it a year of its own, so that nothing is remembered
from one to the next.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.backtest import RULE, with_changed
from benchmarks.corpus import Corpus, Told, write
from benchmarks.process import MONITOR, Usage, run
from benchmarks.table import Row, times

_FILES, _MANY = 4, 20
_WEEKS = dt.timedelta(weeks=52)


def measure(corpus: Corpus) -> list[Row]:
    """Four years, by each of the ways."""
    return _measure(corpus, _FILES)


def measure_everything(corpus: Corpus) -> list[Row]:
    """Twenty, a million articles."""
    return _measure(corpus, _MANY)


def _measure(corpus: Corpus, files: int) -> list[Row]:
    archive = corpus.folder / "archive"
    archive.mkdir()
    size = sum(write(archive / f"{number:02}.jsonl", _moved(corpus, number)) for number in range(files))
    cores = os.cpu_count() or 1
    one = _judged(archive, corpus.folder / "one", "--processes", "1")
    all_cores = _judged(archive, corpus.folder / "all")
    again = _judged(archive, corpus.folder / "all", again=True)
    by_ray = _judged(archive, corpus.folder / "ray", "--ray", "local")
    what = f"backtest over an archive of {size:,} articles in {files} files"
    return [
        Row(
            what=f"{what}, {cores} processes, wall",
            ours=f"{all_cores.wall:.0f} s",
            against=f"one process {one.wall:.0f} s",
            ratio=times(one.wall, all_cores.wall),
        ),
        Row(what="the same, CPU an article", ours=f"{all_cores.cpu / size * 1e6:,.0f} us"),
        Row(
            what="the same by Ray on this machine, one core left to it, wall",
            ours=f"{by_ray.wall:.0f} s",
            against=f"one process {one.wall:.0f} s",
            ratio=times(one.wall, by_ray.wall),
        ),
        Row(
            what="the same again, results of every file kept, wall",
            ours=f"{again.wall:.0f} s",
            against=f"the first time {all_cores.wall:.0f} s",
            ratio=times(all_cores.wall, again.wall),
        ),
    ]


def _moved(corpus: Corpus, years: int) -> Iterator[Told]:
    """The recorded news, so many years of whole weeks later."""
    for told in corpus.news():
        published = dt.datetime.fromisoformat(told["published"]) + years * _WEEKS
        yield {**told, "id": f"{years}-{told['id']}", "published": published.isoformat()}


def _judged(archive: Path, folder: Path, *options: str, again: bool = False) -> Usage:
    """What a backtest of the changed rule used, in a folder of its own."""
    if not again:
        with_changed(folder / "rules")
    asked: Sequence[str | Path] = (RULE, archive, "--rules", folder / "rules", *options)
    return run(*MONITOR, "rules", "backtest", *asked, out=folder / "out")

"""The gate against no gate: the same matches, and what it saves."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from rich.progress import track

from benchmarks.corpus import Corpus, write
from benchmarks.matching import startup
from benchmarks.process import MONITOR, run
from benchmarks.table import Row, times

_CHUNK = 2_500  # articles that one pair of processes reads
_AT_ONCE = 2
_SHOWN = 5  # differences


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """One file of articles, read with the gate and without."""

    articles: int
    matched: int  # articles with a match
    differing: tuple[str, ...]  # ids
    gated: float  # CPU seconds
    ungated: float


def measure(corpus: Corpus) -> list[Row]:
    """Both on the sample."""
    compared = _compare(corpus.sample)
    gated, ungated = compared.gated - startup(corpus), compared.ungated - startup(corpus)
    cost = Row(
        what="CPU with the gate, sample, less start-up",
        ours=f"{gated:,.1f} s",
        against=f"without it {ungated:,.1f} s",
        ratio=times(ungated, gated),
    )
    return [_same([compared], which="sample"), cost]


def measure_everything(corpus: Corpus) -> list[Row]:
    """Both on every article there is, two pairs of processes at a time; what it costs, start-up would blur."""
    began = perf_counter()
    files = list(_chunks(corpus))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        compared = list(track(pool.map(_compare, files), total=len(files), description="gate on and off"))
    wall = Row(what="this comparison, wall", ours=f"{perf_counter() - began:,.0f} s")
    return [_same(compared, which="all articles"), wall]


def _chunks(corpus: Corpus) -> Iterator[Path]:
    articles = corpus.everything()
    for number in itertools.count():
        file = corpus.folder / f"chunk{number}.jsonl"
        if not write(file, itertools.islice(articles, _CHUNK)):
            return
        yield file


def _compare(file: Path) -> _Compared:
    on, off = file.with_suffix(".on"), file.with_suffix(".off")
    gated = run(*MONITOR, "match", file, out=on)
    ungated = run(*MONITOR, "match", "--no-gate", file, out=off)
    pairs = list(zip(_answers(on), _answers(off), strict=True))
    return _Compared(
        articles=len(pairs),
        matched=sum('"rule"' in one for one, _ in pairs),
        differing=tuple(json.loads(one)["id"] for one, other in pairs if one != other),
        gated=gated.cpu,
        ungated=ungated.cpu,
    )


def _answers(file: Path) -> list[str]:
    with file.open(encoding="utf-8") as lines:
        return list(lines)


def _same(compared: Sequence[_Compared], *, which: str) -> Row:
    """Whether all articles match the same both ways."""
    articles = sum(each.articles for each in compared)
    matched = sum(each.matched for each in compared)
    differing = [found for each in compared for found in each.differing]
    shown = f"{len(differing)} differ: {', '.join(differing[:_SHOWN])}" if differing else "all the same"
    return Row(
        what=f"matches with the gate, {which}",
        ours=f"{articles:,} compared, {matched:,} with matches",
        against=f"without it: {shown}",
        aim="all the same",
        broken=bool(differing),
    )

"""The articles to measure on: a random tenth of recorded news, or the demo's week where there is none."""

from __future__ import annotations

import gzip
import itertools
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.demo.sample import load_week

RECORDED = Path(__file__).resolve().parents[1] / "../shared/data"
NEWS = "news-2022.jsonl.gz"
FILES = (NEWS, "labelled-dev.jsonl", "launch-reports-2022.jsonl")
SEED = 2022
Told = dict[str, Any]  # an article as the line of a file tells it
_TIMELESS = (
    "2022-07-01T00:00:00+00:00"  # for articles without a time, so that every run reads them on one day
)
_OFTEN = 10  # copies of the demo's week: once is too short to measure


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Files of JSON lines, as `monitor match` reads them."""

    folder: Path  # where benchmarks put their files
    sample: Path
    size: int  # articles of the sample
    about: str  # which articles these are, for people
    recorded: bool

    @classmethod
    def find(cls, folder: Path) -> Corpus:
        """The corpus of this machine, its sample written to `folder`."""
        sample = folder / "sample.jsonl"
        recorded = (RECORDED / NEWS).exists()
        if recorded:
            total = sum(1 for _ in _read(RECORDED / NEWS))
            size = total // 10
            chosen = set(random.Random(SEED).sample(range(total), size))  # noqa: S311 - a sample, no secret
            write(sample, (told for number, told in enumerate(_read(RECORDED / NEWS)) if number in chosen))
            about = f"Articles: {size:,} of {total:,} entries of {NEWS}, drawn with seed {SEED}."
        else:
            size = write(sample, itertools.chain.from_iterable(_week() for _ in range(_OFTEN)))
            about = f"No recorded news at {RECORDED}: articles are the demo's week, {_OFTEN} times over."
        return cls(folder=folder, sample=sample, size=size, about=about, recorded=recorded)

    def drawn(self) -> Iterator[Told]:
        """Every article of the sample."""
        return _read(self.sample)

    def news(self) -> Iterator[Told]:
        """Every entry of the recorded news."""
        return _read(RECORDED / NEWS if self.recorded else self.sample)

    def everything(self) -> Iterator[Told]:
        """Every article there is."""
        there = [RECORDED / name for name in FILES if (RECORDED / name).exists()]
        return itertools.chain.from_iterable(
            _read(file) for file in (there if self.recorded else [self.sample])
        )


def write(path: Path, articles: Iterable[Told]) -> int:
    """Write the articles as JSON lines; how many they were."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for count, told in enumerate(articles, start=1):  # noqa: B007 - the last number is the answer
            file.write(json.dumps(told) + "\n")
    return count


def _read(file: Path) -> Iterator[Told]:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            yield {**told, "published": told.get("published") or _TIMELESS}


def _week() -> Iterator[Told]:
    for feed in load_week():
        for told in feed.entries:
            yield {
                "id": f"{feed.id}/{told.id}",
                "title": told.title,
                "text": told.text,
                "published": told.published.isoformat(),
            }

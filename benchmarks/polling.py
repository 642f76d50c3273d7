"""A round of feeds of which 95 % have nothing new, against asking and parsing each of them whole."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.corpus import Corpus
from benchmarks.process import MONITOR, PYTHON, Usage, run
from benchmarks.table import Point, Row, times

_HERE = Path(__file__).parent
_FEEDS = 1_000
_MANY = 10_000
_HOSTS = 250  # a feed in forty shares its host


def measure(corpus: Corpus) -> list[Row]:
    """A thousand feeds."""
    return _measure(corpus, feeds=_FEEDS, items=20, aim="under 30 s")


def measure_many(corpus: Corpus) -> list[Row]:
    """Ten thousand, of few items: their first round stores them all, and only the second is measured."""
    return _measure(corpus, feeds=_MANY, items=2, aim="under 60 s")


def _measure(corpus: Corpus, *, feeds: int, items: int, aim: str) -> list[Row]:
    """The second round of `monitor poll`, start-up included, and the naive way over the same feeds."""
    with feeds_on_loopback(items) as base:
        urls = _urls(base, feeds)
        config = config_of(corpus.folder / "config.toml", base, feeds)
        _poll(config, urls)
        before = _unchanged(base)
        ours = _poll(config, urls)
        unchanged = _unchanged(base) - before
        naive = _naive(corpus.folder / "urls", urls)
    return [
        Row(
            what=f"monitor poll, {feeds:,} feeds, {unchanged:,} times 304, wall",
            ours=f"{ours.wall:,.1f} s",
            against=f"naive way {naive.wall:,.1f} s",
            ratio=times(naive.wall, ours.wall),
            aim=aim,
            point=Point(picture="feeds", at=f"{feeds:,}", value=ours.wall),
        ),
        Row(
            what="the same, CPU",
            ours=f"{ours.cpu:,.1f} s",
            against=f"naive way {naive.cpu:,.1f} s",
            ratio=times(naive.cpu, ours.cpu),
        ),
    ]


def _urls(base: str, feeds: int) -> list[str]:
    port = base.rpartition(":")[2]
    return [f"http://127.0.{number % _HOSTS}.1:{port}/{number}" for number in range(feeds)]


@contextmanager
def feeds_on_loopback(items: int = 20, *, telling: bool = False) -> Iterator[str]:
    """The feeds, of so many items each, while the block runs; gives their base URL.

    One of them is `telling`: it holds what is to be parsed.
    """
    told = ["telling"] if telling else []
    with subprocess.Popen(
        [*PYTHON, str(_HERE / "feedserver.py"), str(items), *told], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.terminate()


def config_of(path: Path, base: str, count: int) -> Path:
    """A config of so many of the feeds, written to `path`."""
    head = '[storage]\nurl = "sqlite:///bench.db"\n[poll]\nallow_networks = ["127.0.0.0/8"]\n'
    feeds = (
        f'[[feeds]]\nid = "feed-{number}"\nurl = "{url}"\nname = "Feed {number}"\npublisher = "Nobody"\n'
        for number, url in enumerate(_urls(base, count))
    )
    path.write_text(head + "".join(feeds), encoding="utf-8")
    return path


def _poll(config: Path, urls: list[str]) -> Usage:
    """One round of these feeds, due or not."""
    return run(*MONITOR, "poll", "--config", config, *urls, out=config.with_name("polled"))


def _unchanged(base: str) -> int:
    """How often the server has answered 304."""
    return _answers(base).get("304", 0)


def polled(base: str) -> int:
    """How often the server has answered."""
    return sum(_answers(base).values())


def _answers(base: str) -> dict[str, int]:
    answers: dict[str, int] = json.loads(httpx.get(f"{base}/asked").content)
    return answers


def _naive(file: Path, urls: list[str]) -> Usage:
    file.write_text("\n".join(urls), encoding="utf-8")
    return run(*PYTHON, str(_HERE / "naivepoll.py"), file, out=file.with_suffix(".naive"))

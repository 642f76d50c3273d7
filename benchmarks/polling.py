"""A round of a thousand feeds that have nothing new, against asking and parsing each of them whole."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.corpus import Corpus
from benchmarks.process import MONITOR, PYTHON, Usage, run
from benchmarks.table import Row, times

_HERE = Path(__file__).parent
_FEEDS = 1_000


def measure(corpus: Corpus) -> list[Row]:
    """The second round of `monitor poll`, start-up included, and the naive way over the same feeds."""
    with feeds_on_loopback() as base:
        urls = [f"{base}/{number}" for number in range(_FEEDS)]
        config = _config(corpus.folder / "config.toml", urls)
        _poll(config, urls)
        before = _unchanged(base)
        ours = _poll(config, urls)
        unchanged = _unchanged(base) - before
        naive = _naive(corpus.folder / "urls", urls)
    return [
        Row(
            what=f"monitor poll, {_FEEDS:,} feeds, {unchanged:,} times 304, wall",
            ours=f"{ours.wall:,.1f} s",
            against=f"naive way {naive.wall:,.1f} s",
            ratio=times(naive.wall, ours.wall),
            aim="under 30 s",
        ),
        Row(
            what="the same, CPU",
            ours=f"{ours.cpu:,.1f} s",
            against=f"naive way {naive.cpu:,.1f} s",
            ratio=times(naive.cpu, ours.cpu),
        ),
    ]


@contextmanager
def feeds_on_loopback() -> Iterator[str]:
    """The feeds, while the block runs; gives their base URL."""
    with subprocess.Popen(
        [*PYTHON, str(_HERE / "feedserver.py")], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.terminate()


def _config(path: Path, urls: list[str]) -> Path:
    head = '[storage]\nurl = "sqlite:///bench.db"\n[poll]\nallow_networks = ["127.0.0.1/32"]\n'
    feeds = (
        f'[[feeds]]\nid = "feed-{number}"\nurl = "{url}"\nname = "Feed {number}"\npublisher = "Nobody"\n'
        for number, url in enumerate(urls)
    )
    path.write_text(head + "".join(feeds), encoding="utf-8")
    return path


def _poll(config: Path, urls: list[str]) -> Usage:
    """One round of these feeds, due or not."""
    return run(*MONITOR, "poll", "--config", config, *urls, out=config.with_name("polled"))


def _unchanged(base: str) -> int:
    """How often the server has answered 304."""
    return int(json.loads(httpx.get(f"{base}/asked").content).get("304", 0))


def _naive(file: Path, urls: list[str]) -> Usage:
    file.write_text("\n".join(urls), encoding="utf-8")
    return run(*PYTHON, str(_HERE / "naivepoll.py"), file, out=file.with_suffix(".naive"))

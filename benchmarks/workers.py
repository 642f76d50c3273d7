"""`python -m benchmarks.workers`: two workers that analyse against one, on the same queue of articles."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import rich.console

from benchmarks.corpus import Corpus
from benchmarks.postgres import databases
from benchmarks.process import MONITOR
from benchmarks.table import Row, table
from monitor import __version__
from monitor.cli.articles import article, opened, records
from monitor.history import utc_now
from monitor.model import Article
from monitor.storage import Database, articles

_RUNS = 3  # of each, by turns; the median counts
_FROM, _TO = (
    0.9,
    0.1,
)  # of the queue between which the clock runs: start-up and the last jobs are no part of it
_PATIENCE = 600.0  # seconds


def measure(corpus: Corpus, new: Callable[[], str]) -> list[Row]:
    """Articles a second of wall time, by one worker and by two."""
    told = load(corpus.sample)
    speeds: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(_RUNS):
        for processes, found in speeds.items():
            found.append(_speed(new(), told, processes, corpus.folder))
    one, two = (statistics.median(found) for found in speeds.values())
    spread = ", ".join(f"{b / a:.2f}" for a, b in zip(*speeds.values(), strict=True))
    return [
        Row(
            what="two analyse workers, articles a second, wall",
            ours=f"{two:,.0f}",
            against=f"one worker {one:,.0f}",
            ratio=f"{two / one:.2f}x",
            aim="1.7x",
        ),
        Row(what="the same, run by run", ours=spread),
        Row(what="others at work on this machine, load average", ours=f"{os.getloadavg()[1]:.1f}"),
    ]


def load(file: Path) -> list[Article]:
    """The articles of a file of JSON lines."""
    with opened(file) as lines:
        return [article(each, now=utc_now()) for each in records(lines, name=file.name)]


def _speed(url: str, told: Sequence[Article], processes: int, folder: Path) -> float:
    """Articles a second that so many workers read."""
    database = Database(url, jobs=True)
    with database.write() as conn:
        articles.add(conn, told)
    config = folder / "config.toml"
    config.write_text(f'[storage]\nurl = "{url}"\n[workers]\nbacklog = 1000000\n', encoding="utf-8")
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    environment.pop("MONITOR_CONFIG", None)
    command = [*MONITOR, "worker", "--roles", "analyse", "--config", str(config)]
    with (folder / "workers.log").open("wb") as log:
        started = [
            subprocess.Popen(command, stdout=log, stderr=log, env=environment) for _ in range(processes)
        ]
        try:
            began, first = _until(database, _FROM * len(told), started)
            ended, last = _until(database, _TO * len(told), started)
        finally:
            for each in started:
                each.terminate()
            for each in started:
                each.wait()
            database.close()
    return (first - last) / (ended - began)


def _until(database: Database, fewer: float, started: Sequence[subprocess.Popen[bytes]]) -> tuple[float, int]:
    """When no more articles wait than that, and how many do; RuntimeError where a worker ended."""
    end = time.perf_counter() + _PATIENCE
    while time.perf_counter() < end:
        with database.read() as conn:
            waiting = articles.backlog(conn)
        if waiting <= fewer:
            return time.perf_counter(), waiting
        if any(each.poll() is not None for each in started):
            raise RuntimeError("a worker ended by itself")
        time.sleep(0.05)
    raise TimeoutError(f"{waiting} articles wait still after {_PATIENCE:.0f} s")


def main() -> int:
    """Print the ratio."""
    out = rich.console.Console()
    if not out.is_terminal:
        out.width = 120
    with tempfile.TemporaryDirectory(prefix="bongsu-bench-") as folder, databases() as new:
        corpus = Corpus.find(Path(folder))
        rows = measure(corpus, new)
    about = f"{corpus.about}\n{os.cpu_count()} cores, which the workers share with PostgreSQL and with what measures."
    out.print(table(rows, title=f"Bongsu {__version__}, workers", caption=about))
    return 0


if __name__ == "__main__":
    sys.exit(main())

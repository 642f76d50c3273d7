"""`python -m benchmarks workers`: two workers that analyse against one, on the same queue of articles."""

from __future__ import annotations

import itertools
import os
import random
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.corpus import SEED, Corpus, write
from benchmarks.postgres import cpu, databases, settle
from benchmarks.process import MONITOR
from benchmarks.table import Row
from monitor.archive import article, opened, records
from monitor.history import utc_now
from monitor.model import Article
from monitor.storage import Database, articles

_RUNS = 3  # of each, by turns; the median counts
_QUEUE = 20_000  # articles, so that starting up is a small part
# Of the queue between which the clock runs: start-up and the last jobs are no part of it.
_FROM, _TO = 0.9, 0.1
_SHOWN = 2_000  # characters of a worker's log, where it ended by itself
_PATIENCE = 600.0  # seconds
_LOOK = 0.2  # seconds between two looks at the queue and at who waits: each costs PostgreSQL something
_WAITS = (
    "SELECT count(*) FILTER (WHERE wait_event_type = 'Lock'), count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE ANY ('{active,idle in%}')"
)


@dataclass(frozen=True, kw_only=True)
class Speed:
    """How fast so many workers were, and what it took."""

    speed: float  # articles a second
    workers: float  # CPU seconds an article
    server: float  # CPU seconds an article, of PostgreSQL
    locked: float  # the part of all time in transactions that was spent on locks that another held, 0 to 1


def measure(corpus: Corpus) -> list[Row]:
    """Articles a second of wall time, by one worker and by two."""
    told = load(_queue(corpus))
    found: dict[int, list[Speed]] = {1: [], 2: []}
    with databases() as new:
        for _ in range(_RUNS):
            for processes, speeds in found.items():
                speeds.append(_speed(new(), told, processes, corpus.folder))
    one, two = (statistics.median(each.speed for each in speeds) for speeds in found.values())
    spread = ", ".join(f"{b.speed / a.speed:.2f}" for a, b in zip(*found.values(), strict=True))
    return [
        Row(
            what="two analyse workers, articles a second, wall",
            ours=f"{two:,.0f}",
            against=f"one worker {one:,.0f}",
            ratio=f"{two / one:.2f}x",
            aim="1.7x",
        ),
        Row(what="the same, run by run", ours=spread),
        _compared("CPU an article, the workers' own", found, lambda each: each.workers),
        _compared("CPU an article, PostgreSQL's", found, lambda each: each.server),
        Row(
            what="time in transactions spent on another's lock",
            ours=f"{statistics.median(each.locked for each in found[2]):.1%}",
            against=f"one worker {statistics.median(each.locked for each in found[1]):.1%}",
        ),
        Row(what="others at work on this machine, load average", ours=f"{os.getloadavg()[1]:.1f}"),
    ]


def load(file: Path) -> list[Article]:
    """The articles of a file of JSON lines."""
    with opened(file) as lines:
        return [article(each, now=utc_now()) for each in records(lines, name=file.name)]


def _queue(corpus: Corpus) -> Path:
    """Articles of the recorded news in no order: each job then costs about as much as another."""
    told = list(corpus.news())
    random.Random(SEED).shuffle(told)  # noqa: S311 - an order, no secret
    file = corpus.folder / "queue.jsonl"
    write(file, itertools.islice(told, _QUEUE))
    return file


def _compared(what: str, found: dict[int, list[Speed]], part: Callable[[Speed], float]) -> Row:
    one, two = (statistics.median(map(part, speeds)) * 1e6 for speeds in found.values())
    return Row(what=f"{what}, two workers", ours=f"{two:,.0f} us", against=f"one worker {one:,.0f} us")


def _speed(url: str, told: Sequence[Article], processes: int, folder: Path) -> Speed:
    """What so many workers do on a queue of their own."""
    database = Database(url, jobs=True)
    with database.write() as conn:
        articles.add(conn, told)
    settle(url)
    config = folder / "config.toml"
    config.write_text(f'[storage]\nurl = "{url}"\n[workers]\nbacklog = 1000000\n', encoding="utf-8")
    log = folder / "workers.log"
    with log.open("wb") as written, _started(config, processes, written.fileno()) as started:
        server = cpu(url)
        began, first = _until(database, _FROM * len(told), started, log)
        before = (_cpu(started), server())
        with _watched(url) as waits:
            ended, last = _until(database, _TO * len(told), started, log)
        after = (_cpu(started), server())
    database.close()
    done = first - last
    return Speed(
        speed=done / (ended - began),
        workers=(after[0] - before[0]) / done,
        server=(after[1] - before[1]) / done,
        locked=sum(locked for locked, _ in waits) / max(1, sum(busy for _, busy in waits)),
    )


@contextmanager
def _started(config: Path, processes: int, log: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many workers, until the block ends."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    environment.pop("MONITOR_CONFIG", None)
    command = [*MONITOR, "worker", "--roles", "analyse", "--config", str(config)]
    started = [subprocess.Popen(command, stdout=log, stderr=log, env=environment) for _ in range(processes)]
    try:
        yield started
    finally:
        for each in started:
            each.terminate()
        for each in started:
            each.wait()


@contextmanager
def _watched(url: str) -> Iterator[list[tuple[int, int]]]:
    """At each look how many connections waited for a lock, and how many were in a transaction."""
    seen: list[tuple[int, int]] = []
    over = threading.Event()

    def look() -> None:
        with psycopg.connect(url, autocommit=True) as conn:
            while not over.wait(_LOOK):
                seen.extend(conn.execute(_WAITS).fetchall())

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        over.set()
        looking.join()


def _until(
    database: Database, fewer: float, started: Sequence[subprocess.Popen[bytes]], log: Path
) -> tuple[float, int]:
    """When no more articles wait than that, and how many do; RuntimeError where a worker ended."""
    end = time.perf_counter() + _PATIENCE
    while time.perf_counter() < end:
        with database.read() as conn:
            waiting = articles.backlog(conn)
        if waiting <= fewer:
            return time.perf_counter(), waiting
        if any(each.poll() is not None for each in started):
            said = log.read_text(encoding="utf-8", errors="replace")[-_SHOWN:]
            raise RuntimeError(f"a worker ended by itself: {said}")
        time.sleep(_LOOK)
    raise TimeoutError(f"{waiting} articles wait still after {_PATIENCE:.0f} s")


def _cpu(started: Sequence[subprocess.Popen[bytes]]) -> float:
    """CPU seconds that these processes used so far."""
    stats = [Path(f"/proc/{each.pid}/stat").read_text().rpartition(") ")[2].split() for each in started]
    return sum(int(each[11]) + int(each[12]) for each in stats) / os.sysconf("SC_CLK_TCK")

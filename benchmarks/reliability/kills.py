"""kill -9 of a service at random moments, on both databases: nothing lost, nothing told twice."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from feedserver import FeedServer, Item, feed_server
from postgres import Postgres

from benchmarks.reliability.figure import Figure, Progress
from benchmarks.reliability.receiver import Ledger, receiver
from benchmarks.reliability.worker import config, word
from monitor.history import open_database
from monitor.model import DeliveryState
from monitor.storage import Database, deliveries

START = dt.datetime(2026, 3, 11, 23, 0, tzinfo=dt.UTC)
STEP = dt.timedelta(minutes=3)  # from one life to the next: every lease has run out
SEED = 9
_FEEDS = ("a", "b")
_SHOWN = 60  # entries of a feed
_IDLE = 8  # lives in which nothing was told, before they are given more time: this machine is slow just now


class Lives:
    """Lives of one service, one after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._in: IO[str] = process.stdin
        self._out: IO[str] = process.stdout

    def begin(self, now: dt.datetime, *, once: bool = False) -> int:
        """The process of a new life."""
        self._in.write(f"{now.isoformat()} {'once' if once else 'on'}\n")
        self._in.flush()
        return int(self._out.readline())

    def ended(self) -> int:
        """How the life ended, once it has: 0, or less by the signal."""
        return int(self._out.readline())


def measure(kills: int, postgres: Postgres | None, progress: Progress) -> Iterator[Figure]:
    """So many kills on SQLite, and as many on PostgreSQL where there is one."""
    with tempfile.TemporaryDirectory(prefix="bongsu-kills-") as folder:
        url = f"sqlite:///{folder}/monitor.db"
        yield on(url, kills, lambda at, _: progress(at, 2 * kills))
    if postgres is None:
        yield Figure(what="kill -9, PostgreSQL", tried="-", harm={}, note="no PostgreSQL here")
        return
    with postgres.database(migrated=False) as url:
        yield on(url, kills, lambda at, _: progress(kills + at, 2 * kills))


def on(url: str, kills: int, progress: Progress) -> Figure:
    """So many kills on that database."""
    with feed_server() as feeds, receiver() as ledger:
        told = {
            "database": url,
            "sink": ledger.url,
            "feeds": [publish(feeds, name, []) for name in _FEEDS],
            "events": kills,
        }
        with open_database(config(told), now=START) as database, lives(told) as service:
            met = _suffer(service, feeds, ledger, kills, progress)
            return _figure(database, ledger, kills, met)


def publish(feeds: FeedServer, name: str, told: Sequence[tuple[int, dt.datetime]]) -> str:
    """Put up a feed that tells of these events, the newest first; its address."""
    old: Item = ("old", "Nothing of note", START - dt.timedelta(days=1))
    items = [(f"{name}-{number}", f"{word(number)} fired", at) for number, at in reversed(told)]
    return feeds.publish(name, [*items, old])


@contextmanager
def lives(told: dict[str, object]) -> Iterator[Lives]:
    """A process that begins lives, while the block runs."""
    command = [sys.executable, "-m", "benchmarks.reliability.worker", json.dumps(told)]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    ) as process:
        try:
            yield Lives(process)
        finally:
            process.stdin.close() if process.stdin else None
            process.terminate()


def _suffer(service: Lives, feeds: FeedServer, ledger: Ledger, kills: int, progress: Progress) -> int:
    """One new event before each kill; how many lives were met while they lived."""
    draw = random.Random(SEED)  # noqa: S311 - moments, no secret
    longest, idle, told_before = (
        2 * _through(service, START),
        0,
        0,
    )  # the baseline tells how fast this machine is
    told: list[tuple[int, dt.datetime]] = []
    met = 0
    for number in range(kills):
        now = START + (number + 1) * STEP
        told = [*told, (number, now)][-_SHOWN:]
        for name in _FEEDS:
            publish(feeds, name, told)
        child = service.begin(now)
        time.sleep(draw.uniform(0.0, longest))
        os.kill(child, signal.SIGKILL)
        met += service.ended() == -signal.SIGKILL
        idle = 0 if len(ledger.times) > told_before else idle + 1
        told_before = len(ledger.times)
        if idle == _IDLE:
            longest, idle = 1.5 * longest, 0
        progress(number + 1, kills)
    for number in (1, 2):  # a server may only just notice that the last life is gone
        _through(service, START + (kills + number) * STEP)
    return met


def _through(service: Lives, now: dt.datetime) -> float:
    """A life that nobody ends; how many seconds it took."""
    service.begin(now, once=True)
    began = time.monotonic()
    if ended := service.ended():
        raise RuntimeError(f"a life that nobody ended, ended with {ended}")
    return time.monotonic() - began


def _figure(database: Database, ledger: Ledger, kills: int, met: int) -> Figure:
    with database.read() as conn:
        kept = {each.id: each for each in deliveries.listed(conn)}
    unsent = sum(each.state is not DeliveryState.SENT for each in kept.values())
    unmarked = sum(not kept[each].repeated for each in ledger.again)
    return Figure(
        what=f"kill -9 at a random moment, {'PostgreSQL' if database.path is None else 'SQLite'}",
        tried=f"{met:,} kills, {kills:,} events",
        harm={
            "lost": ledger.lost(word(number) for number in range(kills)),
            "doubled": ledger.doubled,
            "left unsent": unsent,
            "repeats unmarked": unmarked,
            "damaged": int(not _whole(database.path)),
        },
        note=f"{len(ledger.again):,} messages came again under their ids",
    )


def _whole(path: Path | None) -> bool:
    """Whether SQLite finds its file whole; PostgreSQL has no such check."""
    if path is None:
        return True
    with closing(sqlite3.connect(path)) as conn:
        return bool(conn.execute("PRAGMA integrity_check").fetchone() == ("ok",))

"""Two instances of the service on one PostgreSQL, whose leader is killed and frozen in turn: each event told once."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from feedserver import feed_server
from postgres import Postgres

from benchmarks.reliability import TESTS
from benchmarks.reliability.figure import Figure, Progress
from benchmarks.reliability.instance import hasty
from benchmarks.reliability.kills import publish
from benchmarks.reliability.receiver import Ledger, receiver
from benchmarks.reliability.worker import word
from monitor.history import open_database
from monitor.model import DeliveryState
from monitor.storage import Database, deliveries, feeds
from monitor.storage.leader import number

_FEEDS = ("a", "b")
_TURNS = 4  # of the leader: killed, frozen, killed, frozen
_PATIENCE = 300.0  # seconds, after which what has not come counts as lost
_WHAT = "two instances on one PostgreSQL, the leader killed or frozen"
_Process = subprocess.Popen[bytes]


def measure(items: int, postgres: Postgres | None, progress: Progress) -> list[Figure]:
    """So many events, where there is a PostgreSQL."""
    if postgres is None:
        return [Figure(what=_WHAT, tried="-", harm={}, note="no PostgreSQL here")]
    with postgres.database(migrated=False) as url:
        return [on(url, items, progress)]


def on(url: str, items: int, progress: Progress) -> Figure:
    """Two instances, of which the leader comes to harm whenever a share of the events is being told."""
    with ExitStack() as stack:
        server, ledger = stack.enter_context(feed_server()), stack.enter_context(receiver())
        told = {
            "database": url,
            "sink": ledger.url,
            "feeds": [publish(server, name, []) for name in _FEEDS],
            "events": items,
        }
        database = stack.enter_context(open_database(hasty(told), now=dt.datetime.now(dt.UTC)))
        leader = stack.enter_context(_instance(told))
        _wait(lambda: number(database) == 1)
        standby = stack.enter_context(_instance(told))
        _wait(lambda: _past_baseline(database))
        share = items // _TURNS
        for turn in range(_TURNS):
            before, new = (
                ledger.times.total(),
                range(turn * share, items if turn == _TURNS - 1 else (turn + 1) * share),
            )
            for name in _FEEDS:
                publish(server, name, [(each, dt.datetime.now(dt.UTC)) for each in new])
            _wait(lambda before=before: ledger.times.total() > before)  # type: ignore[misc]  # its type is known
            _harm(leader, frozen=bool(turn % 2))
            _wait(lambda turn=turn: number(database) == turn + 2)  # type: ignore[misc]  # same
            if turn % 2:
                leader.send_signal(signal.SIGCONT)
            else:
                leader = stack.enter_context(_instance(told))
            leader, standby = standby, leader
            _wait(lambda new=new: not ledger.lost(map(word, new)))  # type: ignore[misc]  # same
            progress(turn + 1, _TURNS)
        _wait(lambda: not _left(database))
        ended = [_stopped(each) for each in (leader, standby)]
        return _figure(ledger, items, left=_left(database), ended=sum(map(bool, ended)))


def _figure(ledger: Ledger, items: int, *, left: int, ended: int) -> Figure:
    again = len(ledger.again)
    return Figure(
        what=_WHAT,
        tried=f"{items:,} events in two feeds, {_TURNS} times",
        harm={
            "lost": ledger.lost(word(each) for each in range(items)),
            "doubled": ledger.doubled,
            "left unsent": left,
            "ended badly": ended,
        },
        note=f"{again} {'message' if again == 1 else 'messages'} came again under their ids",
    )


@contextmanager
def _instance(told: dict[str, object]) -> Iterator[_Process]:
    """One more instance, killed at the end if it still runs."""
    path = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    words = [sys.executable, "-m", "benchmarks.reliability.instance", json.dumps(told)]
    with subprocess.Popen(words, env={**os.environ, "PYTHONPATH": path}) as child:
        try:
            yield child
        finally:
            child.kill()


def _harm(leader: _Process, *, frozen: bool) -> None:
    leader.send_signal(signal.SIGSTOP if frozen else signal.SIGKILL)
    if not frozen:
        leader.wait()


def _stopped(child: _Process) -> int:
    child.send_signal(signal.SIGTERM)
    return child.wait(_PATIENCE)


def _past_baseline(database: Database) -> bool:
    with database.read() as conn:
        return sum(bool(state.first_polled) for state in feeds.states(conn).values()) == len(_FEEDS)


def _left(database: Database) -> int:
    with database.read() as conn:
        return sum(each.state is not DeliveryState.SENT for each in deliveries.listed(conn))


def _wait(true: Callable[[], bool]) -> None:
    """Until it is true, or it has taken too long: what is missing is counted at the end."""
    end = time.monotonic() + _PATIENCE
    while not true() and time.monotonic() < end:
        time.sleep(0.02)

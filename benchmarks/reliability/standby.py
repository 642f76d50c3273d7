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
from sqlalchemy import text

from benchmarks.reliability import TESTS
from benchmarks.reliability.figure import Figure, Progress
from benchmarks.reliability.instance import hasty
from benchmarks.reliability.kills import publish
from benchmarks.reliability.receiver import Ledger, receiver
from benchmarks.reliability.worker import word
from monitor.history import open_database
from monitor.model import DeliveryState
from monitor.storage import Database, deliveries, feeds

_FEEDS = ("a", "b")
_TURNS = 4  # of the leader: killed, frozen, killed, frozen
_PATIENCE = 300.0  # seconds, after which what has not come counts as lost
_EACH = 0.25  # seconds more for each event: both instances poll, look and send on the same cores
_WHAT = "two instances on one PostgreSQL, the leader killed or frozen"
_HOLDER = text(
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted "
    "AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND objsubid = 2 AND CAST(objid AS bigint) = CAST(hashtext('timer') AS bigint) & 4294967295"
)
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
        running = {name: stack.enter_context(_instance(told, name)) for name in ("0", "1")}
        _wait(lambda: bool(_leader(database)) and _past_baseline(database))
        share = items // _TURNS
        for turn in range(_TURNS):
            before, new = (
                ledger.times.total(),
                range(turn * share, items if turn == _TURNS - 1 else (turn + 1) * share),
            )
            for name in _FEEDS:
                publish(server, name, [(each, dt.datetime.now(dt.UTC)) for each in new])
            _wait(lambda before=before: ledger.times.total() > before)  # type: ignore[misc]  # its type is known
            _succeeded(database, running, frozen=bool(turn % 2))
            if not turn % 2:
                name = str(2 + turn)
                running[name] = stack.enter_context(_instance(told, name))
            _wait(lambda new=new: not ledger.lost(map(word, new)), more=_EACH * share)  # type: ignore[misc]  # same
            progress(turn + 1, _TURNS)
        _wait(lambda: not _left(database))
        ended = [_stopped(each) for each in running.values()]
        return _figure(ledger, items, left=_left(database), ended=sum(map(bool, ended)))


def _succeeded(database: Database, running: dict[str, _Process], *, frozen: bool) -> None:
    """The one that leads comes to harm, and is gone or woken up once another leads.

    Who leads is asked anew each time: on a machine that is busy a leader may have been too slow, and was replaced.
    """
    _wait(lambda: _leader(database) in running)
    name = _leader(database)
    leader = running[name]
    leader.send_signal(signal.SIGSTOP if frozen else signal.SIGKILL)
    if not frozen:
        leader.wait()
        del running[name]
    _wait(lambda: _leader(database) in running.keys() - {name})
    if frozen:
        leader.send_signal(signal.SIGCONT)


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
def _instance(told: dict[str, object], name: str) -> Iterator[_Process]:
    """One more instance, killed at the end if it still runs; the server knows its connections by the name."""
    path = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    words = [sys.executable, "-m", "benchmarks.reliability.instance", json.dumps(told)]
    with subprocess.Popen(words, env={**os.environ, "PYTHONPATH": path, "PGAPPNAME": name}) as child:
        try:
            yield child
        finally:
            child.kill()


def _leader(database: Database) -> str:
    """The name of the instance that holds the lock on leadership; "" for none."""
    with database.read() as conn:
        return str(conn.execute(_HOLDER).scalar() or "")


def _stopped(child: _Process) -> int:
    child.send_signal(signal.SIGTERM)
    return child.wait(_PATIENCE)


def _past_baseline(database: Database) -> bool:
    with database.read() as conn:
        return sum(bool(state.first_polled) for state in feeds.states(conn).values()) == len(_FEEDS)


def _left(database: Database) -> int:
    with database.read() as conn:
        return sum(each.state is not DeliveryState.SENT for each in deliveries.listed(conn))


def _wait(true: Callable[[], bool], *, more: float = 0.0) -> None:
    """Until it is true, or it took too long, by seconds `more` than usual: what is missing is counted at the end."""
    end = time.monotonic() + _PATIENCE + more
    while not true() and time.monotonic() < end:
        time.sleep(0.02)

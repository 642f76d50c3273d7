"""Two that poll, analyse and deliver on one database at once, as no lock lets two services: each event told once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack

from feedserver import feed_server
from postgres import Postgres

from benchmarks.reliability.figure import Figure, Progress
from benchmarks.reliability.kills import START, STEP, lives, publish
from benchmarks.reliability.receiver import receiver
from benchmarks.reliability.worker import config, word
from monitor.history import open_database
from monitor.model import DeliveryState
from monitor.storage import deliveries

_FEEDS = ("a", "b")


def measure(items: int, postgres: Postgres | None, progress: Progress) -> Iterator[Figure]:
    """So many events on SQLite, and as many on PostgreSQL where there is one."""
    with tempfile.TemporaryDirectory(prefix="bongsu-two-") as folder:
        yield on(f"sqlite:///{folder}/monitor.db", items)
    progress(1, 2)
    if postgres is None:
        yield Figure(what="two services on one PostgreSQL", tried="-", harm={}, note="no PostgreSQL here")
        return
    with postgres.database(migrated=False) as url:
        yield on(url, items)
    progress(2, 2)


def on(url: str, items: int) -> Figure:
    """Two services that begin at once on a database where so many events wait in each of two feeds."""
    with ExitStack() as stack:
        feeds, ledger = stack.enter_context(feed_server()), stack.enter_context(receiver())
        told = {
            "database": url,
            "sink": ledger.url,
            "feeds": [publish(feeds, name, []) for name in _FEEDS],
            "events": items,
        }
        database = stack.enter_context(open_database(config(told), now=START))
        both = [stack.enter_context(lives(told)) for _ in range(2)]
        both[0].begin(START, once=True)  # the baseline
        ended = [both[0].ended()]
        now = START + STEP
        for name in _FEEDS:
            publish(feeds, name, [(number, now) for number in range(items)])
        for each in both:
            each.begin(now, once=True)
        ended += [each.ended() for each in both]
        with database.read() as conn:
            left = sum(each.state is not DeliveryState.SENT for each in deliveries.listed(conn))
    return Figure(
        what=f"two services on one {'PostgreSQL' if database.path is None else 'SQLite file'}",
        tried=f"{items:,} events in two feeds",
        harm={
            "lost": ledger.lost(word(number) for number in range(items)),
            "doubled": ledger.doubled,
            "sent again": len(ledger.again),
            "left unsent": left,
            "ended early": sum(map(bool, ended)),
        },
    )

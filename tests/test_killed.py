"""kill -9 at each moment of a deed: afterwards all of it is done or none, and the next try does it once."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from builders import NOW, subscription
from feedserver import FeedServer, feed_server

from benchmarks.reliability.receiver import Ledger, receiver
from monitor.links import Links, Purpose
from monitor.model import DeliveryState
from monitor.storage import Database, alerts, articles, deliveries, keys, migrate, subscriptions
from monitor.storage.query import AlertQuery
from monitor.storage.tables import REVISION

TESTS = Path(__file__).parent
STEP = dt.timedelta(minutes=30)
WAIT = dt.timedelta(minutes=1)  # more than an article waits for its page
READER = subscription(id="reader", channel="mail", target="ryu@example.org", asked=NOW, confirmed=False)


class Deeds:
    """A process that does deeds on one database and is killed while it does."""

    def __init__(
        self, process: subprocess.Popen[str], database: Database, feeds: FeedServer, sink: Ledger
    ) -> None:
        self.process = process
        self.database = database
        self.feeds = feeds
        self.sink = sink
        self.now = NOW

    def do(self, deed: str, *, killed_at: int = 0) -> bool:
        """Whether it came to its end."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{deed} {killed_at} {self.now.isoformat()}\n")
        self.process.stdin.flush()
        ended = int(self.process.stdout.readline())
        assert ended in {0, -signal.SIGKILL}
        return ended == 0

    def kills(self, deed: str, *, every: int = 1) -> Iterator[int]:
        """Kill the deed at each moment that it has, time going on in between; after each, the test looks."""
        moment = 1
        while not self.do(deed, killed_at=moment):
            yield moment
            moment += every
            self.now += STEP
        assert moment > 1, "it was never killed"

    def through(self, *deeds: str) -> None:
        """Do them to their end, some time later."""
        for deed in deeds:
            self.now += STEP
            assert self.do(deed)


@pytest.fixture
def deeds(empty_url: str, tmp_path: Path) -> Iterator[Deeds]:
    with feed_server() as feeds, receiver() as sink, _process(empty_url, feeds, sink, tmp_path) as process:
        feeds.publish("a", [("old", "Nothing of note", NOW - dt.timedelta(days=1))])
        database = Database(empty_url)
        yield Deeds(process, database, feeds, sink)
        database.close()


@contextmanager
def _process(url: str, feeds: FeedServer, sink: Ledger, folder: Path) -> Iterator[subprocess.Popen[str]]:
    told = {"database": url, "feed": feeds.url("a"), "sink": sink.url, "folder": str(folder)}
    with subprocess.Popen(
        [sys.executable, str(TESTS / "killed.py"), json.dumps(told)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def publish(deeds: Deeds, *titles: str) -> None:
    deeds.feeds.publish("a", [(title, f"{title} fired", deeds.now) for title in titles])


@pytest.mark.fault("CR10")
def test_a_migration_is_done_whole_or_not_at_all(deeds: Deeds) -> None:
    for _ in deeds.kills("upgrade", every=40):
        with deeds.database._engine.begin() as conn:
            assert migrate.current(conn) == ""
    with deeds.database.read() as conn:
        assert migrate.current(conn) == REVISION


@pytest.mark.fault("CR01")
def test_a_poll_that_was_killed_asks_for_the_whole_again(deeds: Deeds) -> None:
    deeds.through("poll")
    publish(deeds, "SRBM")
    deeds.now += STEP
    for _ in deeds.kills("poll", every=2):
        with deeds.database.read() as conn:
            kept = [each.title for each in articles.pending(conn, limit=9)]
        if "SRBM fired" not in kept:
            assert deeds.feeds.asked[-1][1] == 200  # what it had, it would not be given again
    with deeds.database.read() as conn:
        assert [each.title for each in articles.pending(conn, limit=9)].count("SRBM fired") == 1


def test_an_article_whose_page_was_being_read_when_it_was_killed_is_analysed_all_the_same(
    deeds: Deeds,
) -> None:
    deeds.through("poll", "analyse")
    deeds.feeds.pages["/SRBM"] = (
        b"<p>" + b"SRBM fired, and this is what the whole article says of it. </p><p>" * 20
    )
    moment, ended = -2, False
    while not ended:
        moment += 3
        deeds.now += STEP
        title = f"SRBM fired {moment}"
        # After the first one it is an edit.
        deeds.feeds.publish("a", [("SRBM", title, deeds.now)], site=deeds.feeds.base)
        assert deeds.do("poll")
        with deeds.database.read() as conn:
            assert articles.pending(conn, limit=9, now=deeds.now) == []  # it waits for its page
        ended = deeds.do("pages", killed_at=moment)
        deeds.now += WAIT
        with deeds.database.read() as conn:
            (waiting,) = articles.pending(conn, limit=9, now=deeds.now)
        assert waiting.title == title
        assert waiting.text == f"{title}." or "what the whole article says" in waiting.text
        assert deeds.do("analyse")
    assert moment > 3, "it was never killed"
    assert "what the whole article says" in waiting.text
    with deeds.database.read() as conn:
        assert articles.pending(conn, limit=9) == []
        assert len(alerts.search(conn, AlertQuery())) == 1


@pytest.mark.fault("CR02", "CR03", "CR04")
def test_an_analysis_that_was_killed_opens_one_alert(deeds: Deeds) -> None:
    deeds.through("poll")
    publish(deeds, "SRBM")
    deeds.through("poll")
    for _ in deeds.kills("analyse", every=7):
        pass
    with deeds.database.read() as conn:
        assert len(alerts.search(conn, AlertQuery())) == 1
        assert len(deliveries.listed(conn)) == 1


@pytest.mark.fault("CR11")
def test_letting_go_of_what_is_old_that_was_killed_leaves_nothing_dangling_and_forgets_no_entry(
    deeds: Deeds,
) -> None:
    deeds.through("poll")
    publish(deeds, "SRBM", "ICBM")
    deeds.through("poll", "analyse")
    for _ in deeds.kills("prune", every=2):
        with deeds.database.read() as conn:
            (first, second) = alerts.search(conn, AlertQuery())
            assert (len(first.reports), len(second.reports)) == (1, 1)
    publish(deeds, "SRBM", "ICBM")
    deeds.through("poll", "analyse")
    with deeds.database.read() as conn:
        assert len(alerts.search(conn, AlertQuery())) == 2
        assert len(deliveries.listed(conn)) == 2


@pytest.mark.fault("CR06", "CR08")
def test_a_digest_that_was_killed_comes_whole_and_under_one_id(deeds: Deeds) -> None:
    deeds.through("poll")
    publish(deeds, "SRBM", "ICBM")
    deeds.through("poll", "analyse")
    deeds.now += dt.timedelta(hours=1)
    for _ in deeds.kills("deliver", every=4):
        pass
    deeds.through("deliver")
    assert len(deeds.sink.times) == 1
    with deeds.database.read() as conn:
        found = deliveries.listed(conn)
    assert len(found) == 2
    assert {(each.state, each.repeated) for each in found} == {(DeliveryState.SENT, True)}


@pytest.mark.fault("CR12")
@pytest.mark.parametrize("purpose", [Purpose.CONFIRM, Purpose.LEAVE])
def test_a_link_still_serves_when_its_use_was_killed(deeds: Deeds, purpose: Purpose) -> None:
    deeds.through("upgrade")
    with deeds.database.write() as conn:
        subscriptions.add(conn, READER)
        links = Links(key=keys.signing_key(conn), address="https://alerts.example.org")
    page = links.to(purpose, READER).removeprefix(links.address)
    for _ in deeds.kills(page, every=3):
        with deeds.database.read() as conn:
            assert subscriptions.get(conn, READER.id) in {None, READER, replace(READER, confirmed=True)}
    assert deeds.do(page)
    with deeds.database.read() as conn:
        found = subscriptions.get(conn, READER.id)
    assert found == (replace(READER, confirmed=True) if purpose is Purpose.CONFIRM else None)

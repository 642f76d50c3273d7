"""Several workers on one PostgreSQL: the work of one service, shared, whatever becomes of some of them."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from builders import article, delivery, event, feed, subscription
from crash import WORDS
from fakes import FakeChannel, FakeReader
from feedserver import FeedServer, feed_server
from postgres import Postgres
from sqlalchemy import text

from monitor.app import App
from monitor.config import Config
from monitor.errors import UsageError
from monitor.matching.load import Pack, load_pack
from monitor.model import Article
from monitor.storage import (
    Database,
    alerts,
    articles,
    deliveries,
    feeds,
    jobs,
    matches,
    setbacks,
    subscriptions,
)
from monitor.storage.jobs import Work
from monitor.storage.query import AlertQuery
from monitor.worker import Worker

TESTS = Path(__file__).parent
RULES = TESTS / "data" / "rules"
FEEDS = [f"feed-{letter}" for letter in "abcdef"]
PATIENCE = 40.0  # seconds, on a machine that is busy with other tests
pytestmark = pytest.mark.xdist_group("postgresql")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack([RULES])


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    with postgres.database(migrated=True) as found:
        yield found


@pytest.fixture
def queue(url: str) -> Iterator[Database]:
    """A database that is kept for workers."""
    opened = Database(url, jobs=True)
    yield opened
    opened.close()


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        yield running


# --- in this process -------------------------------------------------------------------------------


@asynccontextmanager
async def working(url: str, pack: Pack, channel: FakeChannel, **workers: object) -> AsyncIterator[Worker]:
    """A worker of all kinds at work."""
    config = Config.model_validate(
        {
            "storage": {"url": url},
            "scheduler": {"tick": 0.05},
            "subscriptions": [{"id": "desk", "channel": "console"}],
            "workers": workers,
        }
    )
    reader = FakeReader({"SRBM": event()})
    opened = App.open(config, pack=pack, reader=lambda: reader, channels={"console": channel}, jobs=True)
    async with opened as app:
        stop, worker = asyncio.Event(), Worker(app, list(Work))
        serving = asyncio.create_task(worker.serve(stop))
        try:
            yield worker
        finally:
            stop.set()
            await serving


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - another process, or the database, gives no event
            await asyncio.sleep(0.02)


def counted(database: Database) -> dict[str, int]:
    with database.read() as conn:
        return jobs.count(conn)


def fresh(title: str = "SRBM fired", key: str = "1") -> Article:
    return article(title=title, key=key, fetched=dt.datetime.now(dt.UTC))


async def test_a_worker_analyses_and_delivers_what_is_stored(url: str, queue: Database, pack: Pack) -> None:
    channel = FakeChannel()
    with queue.write() as conn:
        subscriptions.sync(conn, [subscription()])
        articles.add(conn, [fresh()])
    assert counted(queue) == {"analyse": 1}
    async with working(url, pack, channel):
        await until(lambda: bool(channel.messages) and not counted(queue))
    with queue.read() as conn:
        assert articles.pending(conn, limit=9) == []
        assert [str(each.state) for each in deliveries.listed(conn)] == ["sent"]


async def test_rows_that_came_without_a_job_are_found(url: str, pack: Pack) -> None:
    database, channel = Database(url), FakeChannel()
    with database.write() as conn:
        articles.add(conn, [fresh()])
    assert counted(database) == {}
    async with working(url, pack, channel):
        await until(lambda: bool(channel.messages))
    database.close()


async def test_an_article_that_cannot_be_read_is_set_aside_and_the_worker_stays(
    url: str, queue: Database, pack: Pack
) -> None:
    channel = FakeChannel()

    def aside() -> int:
        with queue.read() as conn:
            return len(setbacks.set_aside(conn))

    with queue.write() as conn:
        articles.add(conn, [fresh("poison", "p"), fresh()])
    async with working(url, pack, channel):
        await until(lambda: bool(channel.messages) and aside() == 1)


@pytest.mark.fault("CR03")
def test_there_is_a_job_exactly_when_there_is_the_row(queue: Database) -> None:
    with suppress(ZeroDivisionError), queue.write() as conn:
        articles.add(conn, [fresh()])
        deliveries.enqueue(conn, [])
        assert jobs.count(conn) == {"analyse": 1}
        raise ZeroDivisionError
    with queue.read() as conn:
        assert (articles.backlog(conn), jobs.count(conn)) == (0, {})
    with queue.write() as conn:
        articles.add(conn, [fresh()])
    with queue.read() as conn:
        assert (articles.backlog(conn), jobs.count(conn)) == (1, {"analyse": 1})
        assert articles.without_job(conn, limit=9) == []


def test_a_delivery_that_is_held_back_gets_its_job_when_it_is_due(queue: Database) -> None:
    now = dt.datetime.now(dt.UTC)
    with queue.write() as conn:
        conn.execute(text("SET session_replication_role = replica"))  # without its alert
        deliveries.enqueue(conn, [delivery(id="later", next_at=now), delivery(id="now")])
        assert jobs.count(conn) == {"deliver": 1}
        due = deliveries.without_job(conn, now=now, limit=9, lease=dt.timedelta(minutes=2))
    assert due == [("later", "console")]


def test_few_jobs_of_one_channel_are_done_at_once_so_that_others_find_room(queue: Database) -> None:
    due = [(f"mail {at}", "mail") for at in range(200)] + [("press 1", "press")]
    with queue.write() as conn:
        jobs.defer_deliveries(conn, due)
        found = conn.execute(text("SELECT lock, args -> 'ids' AS ids FROM procrastinate_jobs")).all()
    assert {each.lock.rpartition(" ")[0] for each in found} == {"channel mail", "channel press"}
    assert len({each.lock for each in found if "mail" in each.lock}) == 2
    assert sorted(name for each in found for name in each.ids) == sorted(name for name, _ in due)


def test_a_batch_of_rows_is_shared_out_in_jobs_of_a_size(queue: Database) -> None:
    with queue.write() as conn:
        assert jobs.defer(conn, Work.ANALYSE, (str(number) for number in range(120))) == 3
        assert jobs.count(conn) == {"analyse": 3}


def test_two_workers_never_poll_one_host_at_once(queue: Database) -> None:
    with queue.write() as conn:
        jobs.defer_polls(conn, [(str(number), "one.example") for number in range(120)])
        jobs.defer_polls(conn, [("other", "two.example")])
    fetched = text("SELECT lock FROM procrastinate_fetch_job_v2(NULL, NULL)")
    with queue.write() as conn:
        held = [conn.execute(fetched).scalar() for _ in range(3)]
    assert held[0] != held[1]
    assert held[2] is None


async def test_feeds_wait_while_too_many_articles_do(
    url: str, queue: Database, pack: Pack, server: FeedServer
) -> None:
    config = Config.model_validate({"storage": {"url": url}, "workers": {"backlog": 1}})
    with queue.write() as conn:
        feeds.add(conn, feed(url=server.url("a")), now=dt.datetime.now(dt.UTC))
        articles.add(conn, [fresh()])
    async with App.open(config, pack=pack, reader=lambda: FakeReader({}), jobs=True) as app:
        worker = Worker(app, [])
        await worker._stand()
        await worker._hand_out()
        assert counted(queue) == {"analyse": 1}
        await app.analyse()
        await worker._hand_out()
        assert counted(queue) == {"analyse": 1, "poll": 1}
        worker._leader.release()


async def test_on_sqlite_a_worker_says_what_to_do_instead(tmp_path: Path, pack: Pack) -> None:
    config = Config.model_validate({"storage": {"url": f"sqlite:///{tmp_path / 'test.db'}"}})
    async with App.open(config, pack=pack) as app:
        with pytest.raises(UsageError, match="on SQLite `monitor run` does everything"):
            Worker(app, list(Work))


# --- in processes of their own ---------------------------------------------------------------------


@dataclass
class Site:
    """One installation: a database, feeds, and the processes that work on it."""

    url: str
    folder: Path
    server: FeedServer
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = Database(self.url)
        (self.folder / "config.json").write_text(json.dumps(self._config()), encoding="utf-8")
        for name in FEEDS:
            self.server.publish(name, [("old", "Nothing of note", dt.datetime.now(dt.UTC))])

    def _config(self) -> dict[str, object]:
        listed = [
            {"id": name, "url": self.server.url(name), "name": name, "publisher": name, "interval": "1s"}
            for name in FEEDS
        ]
        return {
            "storage": {"url": self.url},
            "poll": {"allow_networks": ["127.0.0.1/32"]},
            "scheduler": {"tick": 0.1},
            "workers": {"stalled_after": "2s"},
            "delivery": {"lease": "3s", "timeout": "2s"},
            "subscriptions": [{"id": "desk", "channel": "console"}],
            "feeds": listed,
        }

    def start(self, mode: str) -> subprocess.Popen[bytes]:
        words = [sys.executable, str(TESTS / "workers.py"), mode]
        files = [str(self.folder / "config.json"), str(self.folder / "sent")]
        path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
        with self.log(len(self.started)).open("wb") as log:
            child = subprocess.Popen(
                [*words, *files], env={**os.environ, "PYTHONPATH": path}, stdout=log, stderr=subprocess.STDOUT
            )
        self.started.append(child)
        return child

    def log(self, number: int) -> Path:
        return self.folder / f"log-{number}"

    def said(self, number: int) -> str:
        return self.log(number).read_text(encoding="utf-8")

    def publish(self, words: tuple[str, ...]) -> None:
        """Put up reports of these events in every feed, each feed in another order."""
        now = dt.datetime.now(dt.UTC)
        for at, name in enumerate(FEEDS):
            items = [(f"{name} {word}", f"{word} fired", now) for word in words[at:] + words[:at]]
            self.server.publish(name, items)

    def past_the_baseline(self) -> bool:
        with self.database.read() as conn:
            return sum(bool(state.first_polled) for state in feeds.states(conn).values()) == len(FEEDS)

    def reports(self) -> int:
        """How many articles are told of in alerts."""
        with self.database.read() as conn:
            return sum(len(alert.reports) for alert in alerts.search(conn, AlertQuery(limit=None)))

    def done(self, words: tuple[str, ...]) -> bool:
        with self.database.read() as conn:
            waiting = [str(each.state) for each in deliveries.listed(conn)]
        return self.reports() == len(words) * len(FEEDS) and waiting == ["sent"] * len(words)

    def stop(self, child: subprocess.Popen[bytes]) -> int:
        child.send_signal(signal.SIGTERM)
        return child.wait(timeout=PATIENCE)

    def outcome(self) -> tuple[Counter[str], Counter[str], Counter[str]]:
        """Matches by article and rule, alerts by event with their number of reports, messages by event."""
        with self.database.read() as conn:
            history = alerts.search(conn, AlertQuery(limit=None))
            told = [report for alert in history for report in alert.reports]
            found = [(each, matches.for_article(conn, each.article)) for each in told]
            names = {alert.id: f"{alert.date} {len(alert.reports)}" for alert in history}
        held = Counter(f"{each.title} {each.publisher} {m.rule}" for each, v in found for m in v.matches)
        lines = (self.folder / "sent").read_text(encoding="utf-8").splitlines()
        return held, Counter(names.values()), Counter(names[line.split()[1]] for line in lines)


@contextmanager
def site(url: str, folder: Path, server: FeedServer) -> Iterator[Site]:
    """An installation; what it started is ended, each process by its id."""
    folder.mkdir()
    running = Site(url, folder, server)
    try:
        yield running
    finally:
        for child in running.started:
            if child.poll() is None:
                child.kill()
                child.wait()
        running.database.close()


def wait_for(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def test_three_workers_do_what_one_service_does(
    postgres: Postgres, server: FeedServer, tmp_path: Path
) -> None:
    outcomes = []
    for mode, processes in (("run", 1), ("worker", 3)):
        with ExitStack() as stack:
            url = stack.enter_context(postgres.database(migrated=True))
            here = stack.enter_context(site(url, tmp_path / mode, server))
            for _ in range(processes):
                here.start(mode)
            wait_for(here.past_the_baseline)
            here.publish(WORDS)
            wait_for(lambda here=here: here.done(WORDS))  # type: ignore[misc]  # its type is known
            assert [here.stop(each) for each in here.started] == [0] * processes
            outcomes.append(here.outcome())
    one, three = outcomes
    assert three == one
    held, told, sent = one
    assert set(held.values()) == {1}
    assert len(held) == len(WORDS) * len(FEEDS)
    assert sent == told


@pytest.mark.fault("CR02", "CR04")
def test_the_others_finish_what_a_killed_and_a_frozen_worker_had_begun(
    url: str, server: FeedServer, tmp_path: Path
) -> None:
    with site(url, tmp_path / "site", server) as here:
        leader = here.start("worker")
        wait_for(lambda: "worker.leads" in here.said(0))
        victim, survivor = here.start("worker"), here.start("worker")
        wait_for(here.past_the_baseline)
        wait_for(lambda: all("worker.started" in here.said(each) for each in range(3)))
        here.publish(WORDS[:5])
        wait_for(lambda: here.reports() > 0)
        leader.send_signal(signal.SIGSTOP)
        victim.kill()
        here.publish(WORDS)  # which only a new leader has polled
        wait_for(lambda: here.done(WORDS))
        assert "worker.leads" in here.said(2)
        before = here.outcome()
        leader.send_signal(signal.SIGCONT)
        wait_for(lambda: "worker.anew" in here.said(0))
        assert here.stop(leader) == 0
        assert here.stop(survivor) == 0
        assert here.outcome() == before
        held, told, sent = before
        assert "Traceback" not in here.said(0) + here.said(2)
    assert set(held.values()) == {1}
    assert len(held) == len(WORDS) * len(FEEDS)
    assert set(sent) == set(told)

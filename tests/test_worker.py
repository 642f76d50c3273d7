"""Several workers on one PostgreSQL: the work of one service, shared, whatever becomes of some of them."""

from __future__ import annotations

import asyncio
import datetime as dt
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest
from builders import article, delivery, event, feed, subscription
from crash import WORDS
from fakes import FakeChannel, FakeReader
from feedserver import FeedServer, feed_server
from installation import FEEDS, PATIENCE, site, wait_for
from postgres import Postgres
from sqlalchemy import text

from monitor.app import App
from monitor.config import Config
from monitor.errors import StorageError, UsageError
from monitor.jobs import Jobs
from monitor.matching.load import Pack, load_pack
from monitor.model import Article
from monitor.storage import (
    Database,
    articles,
    deliveries,
    feeds,
    jobs,
    setbacks,
    subscriptions,
)
from monitor.storage.jobs import Work
from monitor.worker import Worker

TESTS = Path(__file__).parent
RULES = TESTS / "data" / "rules"
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


async def test_who_cannot_look_for_dead_workers_says_why_and_looks_again(queue: Database) -> None:
    here = Jobs(queue, {}, at_once={}, stalled_after=dt.timedelta(seconds=1))
    async with here.open():
        with queue.write() as conn:
            conn.execute(text("ALTER TABLE procrastinate_workers RENAME TO elsewhere"))
        with pytest.raises(StorageError, match="lacks a part of its schema; run `monitor db upgrade`"):
            await here.retry_stalled()
        with queue.write() as conn:
            conn.execute(text("ALTER TABLE elsewhere RENAME TO procrastinate_workers"))
        assert await here.retry_stalled() == 0


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
        assert jobs.defer(conn, Work.ANALYSE, (str(number) for number in range(450))) == 3
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


@pytest.mark.fault("IN01")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_second_service_stands_by_and_takes_over_when_the_first_dies_or_freezes(
    url: str, server: FeedServer, tmp_path: Path, how: signal.Signals
) -> None:
    with site(url, tmp_path / "site", server) as here:
        first = here.start("run")
        wait_for(lambda: "service.leads" in here.said(0))
        second = here.start("run")
        wait_for(lambda: "service.stands_by" in here.said(1))
        wait_for(here.past_the_baseline)
        here.publish(WORDS[:5])
        wait_for(lambda: here.reports() > 0)
        assert "feed.polled" not in here.said(1)
        first.send_signal(how)
        here.publish(WORDS)  # which only the second has polled
        wait_for(lambda: here.done(WORDS))
        assert "service.leads" in here.said(1)
        before = here.outcome()
        if how is signal.SIGSTOP:
            said = len(here.said(0))
            first.send_signal(signal.SIGCONT)
            wait_for(lambda: "service.stands_by" in here.said(0))
            assert here.said(0)[said:].count("delivery.sent") <= 1  # the one it was about when it froze
            assert here.stop(first) == 0
        assert here.stop(second) == 0
        held, told, sent = here.outcome()
        assert (held, told) == before[:2]
        assert (sent - before[2]).total() <= 1
    assert set(held.values()) == {1}
    assert len(held) == len(WORDS) * len(FEEDS)
    assert set(sent) == set(told)


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

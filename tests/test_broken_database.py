"""A database that breaks in the midst of the work: nothing lost, one alert, and no article blamed for it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from builders import NOW, article, event, subscription
from commitproxy import commit_proxy
from fakes import FakeChannel, FakeReader
from postgres import Postgres
from sqlalchemy.event import listen, remove

from monitor import outbox, pipeline
from monitor.app import web_client
from monitor.config import Config
from monitor.errors import StorageError
from monitor.feeds.child import ParserPool
from monitor.matching.judge import RuleIndex
from monitor.matching.load import load_pack
from monitor.model import DeliveryState
from monitor.pipeline import Parts
from monitor.storage import Database, alerts, articles, deliveries, setbacks, subscriptions
from monitor.storage.query import AlertQuery

RULES = Path(__file__).parent / "data" / "rules"
HOUR = dt.timedelta(hours=1)


def parts_on(database: Database, channel: FakeChannel) -> Parts:
    config = Config()
    reader = FakeReader({"SRBM": event()})
    return Parts(
        config=config,
        database=database,
        client=web_client(config),
        parse=ParserPool().parse,
        reader=lambda: reader,
        rules=RuleIndex.of(load_pack([RULES]).rules),
        names={},
        channels={"console": channel},
        random=lambda: 0.5,
    )


def fill(database: Database, title: str = "SRBM fired") -> None:
    """One article that waits, and who is to be told."""
    with database.write() as conn:
        subscriptions.sync(conn, [subscription()])
        articles.add(conn, [article(title=title)])


def told_once(database: Database, channel: FakeChannel) -> None:
    with database.read() as conn:
        assert len(alerts.search(conn, AlertQuery())) == 1
        assert [each.state for each in deliveries.listed(conn)] == [DeliveryState.SENT]
        assert setbacks.set_aside(conn) == []
    assert len({message.delivery.id for message in channel.messages}) == 1


@contextmanager
def broken_at(database: Database, url: str, statement: str) -> Iterator[list[str]]:
    """The server ends every connection just before that statement, once for each item of the list."""
    left: list[str] = []

    def end(conn: object, cursor: object, said: str, *_: object) -> None:
        del conn, cursor
        if left and said.startswith(statement):
            left.pop()
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            with psycopg.connect(url) as other:
                other.execute(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE {others}")

    listen(database._engine, "before_cursor_execute", end)
    try:
        yield left
    finally:
        remove(database._engine, "before_cursor_execute", end)


@pytest.mark.fault("DB05")
@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize("statement", ["INSERT INTO alerts", "INSERT INTO deliveries", "UPDATE articles"])
async def test_work_whose_connection_is_ended_is_done_again_whole_however_often(
    postgres: Postgres, statement: str
) -> None:
    channel = FakeChannel()
    with postgres.database(migrated=True) as url:
        database = Database(url)
        fill(database)
        parts = parts_on(database, channel)
        with broken_at(database, url, statement) as left:
            for _ in range(5):  # more often than an article is tried that cannot be read
                left.append("once")
                with pytest.raises(StorageError, match="broke the connection"):
                    await pipeline.analyse(parts, now=NOW)
            with database.read() as conn:
                assert alerts.search(conn, AlertQuery()) == []
            await pipeline.analyse(parts, now=NOW)
        await outbox.deliver(parts, now=NOW)
        told_once(database, channel)
        database.close()


@pytest.mark.fault("DB06")
@pytest.mark.xdist_group("postgresql")
async def test_a_commit_whose_answer_the_network_loses_is_not_made_twice(postgres: Postgres) -> None:
    channel = FakeChannel()
    with postgres.database(migrated=True) as url, commit_proxy(url) as (proxy, through):
        direct, database = Database(url), Database(through)
        fill(direct)
        parts = parts_on(database, channel)
        now = NOW
        for step in (pipeline.analyse, outbox.deliver, outbox.deliver):
            proxy.losing = True
            with suppress(StorageError):
                await step(parts, now=now)
            now += HOUR
        proxy.losing = False
        await pipeline.analyse(parts, now=now)
        await outbox.deliver(parts, now=now + HOUR)
        assert proxy.lost == 3
        told_once(direct, channel)
        database.close()
        direct.close()


@contextmanager
def no_room(database: Database) -> Iterator[None]:
    """The file grows no more, until the block ends."""

    def confine(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    database.close()
    listen(database._engine, "connect", confine)
    try:
        yield
    finally:
        remove(database._engine, "connect", confine)
        database.close()


@pytest.mark.fault("DB01")
async def test_a_disk_that_is_full_for_long_stops_the_work_and_blames_no_article(tmp_path: Path) -> None:
    database, channel = Database(f"sqlite:///{tmp_path / 'monitor.db'}"), FakeChannel()
    database.upgrade()
    fill(database, "SRBM fired" + " and more" * 20_000)
    parts = parts_on(database, channel)
    with no_room(database):
        for _ in range(5):
            with pytest.raises(StorageError, match="free some space"):
                await pipeline.analyse(parts, now=NOW)
            await outbox.deliver(parts, now=NOW)
    assert channel.messages == []  # nothing leaves that is not on the disk
    await pipeline.analyse(parts, now=NOW)
    await outbox.deliver(parts, now=NOW)
    told_once(database, channel)
    database.close()

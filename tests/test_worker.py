"""Several workers on one PostgreSQL; the tests start real ones."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from builders import article, event, subscription
from fakes import FakeChannel, FakeReader
from postgres import Postgres

from monitor.app import App
from monitor.config import Config
from monitor.matching.load import Pack, load_pack
from monitor.storage import Database, articles, deliveries, jobs, subscriptions
from monitor.storage.jobs import Work
from monitor.worker import Worker

RULES = Path(__file__).parent / "data" / "rules"
pytestmark = pytest.mark.xdist_group("postgresql")
PATIENCE = 20.0  # seconds, on a machine that is busy with other tests


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


@asynccontextmanager
async def working(url: str, pack: Pack, channel: FakeChannel, *kinds: Work) -> AsyncIterator[Worker]:
    """A worker at work, in this process."""
    config = Config.model_validate(
        {
            "storage": {"url": url},
            "scheduler": {"tick": 0.05},
            "subscriptions": [{"id": "desk", "channel": "console"}],
        }
    )
    reader = FakeReader({"SRBM": event()})
    async with App.open(
        config, pack=pack, reader=lambda: reader, channels={"console": channel}, jobs=True
    ) as app:
        stop, worker = asyncio.Event(), Worker(app, kinds)
        serving = asyncio.create_task(worker.serve(stop))
        try:
            yield worker
        finally:
            stop.set()
            await serving


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.02)


def counted(database: Database) -> dict[str, int]:
    with database.read() as conn:
        return jobs.count(conn)


async def test_a_worker_analyses_and_delivers_what_is_stored(url: str, queue: Database, pack: Pack) -> None:
    channel = FakeChannel()
    with queue.write() as conn:
        subscriptions.sync(conn, [subscription()])
        articles.add(conn, [article(title="SRBM fired", fetched=dt.datetime.now(dt.UTC))])
    assert counted(queue) == {"analyse": 1}
    async with working(url, pack, channel, *Work):
        await until(lambda: bool(channel.messages) and not counted(queue))
    with queue.read() as conn:
        assert articles.pending(conn, limit=9) == []
        assert [str(each.state) for each in deliveries.listed(conn)] == ["sent"]

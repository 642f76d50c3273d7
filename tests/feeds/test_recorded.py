"""Real feed documents, served over loopback and polled as the service does it, children and all."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import io
import threading
import warnings
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import feedparser
import pytest
from builders import NOW, feed

from monitor.feeds.child import ParserPool
from monitor.feeds.encoding import decode
from monitor.feeds.poll import Intake, poll
from monitor.http import Client
from monitor.model import FeedState

RECORDED = Path(__file__).resolve().parents[2] / "../shared/data/feeds"
FILES = sorted(RECORDED.iterdir()) if RECORDED.is_dir() else []
HOUR = dt.timedelta(hours=1)
PARTS = 4  # so that several test processes share the files

pytestmark = pytest.mark.skipif(not FILES, reason=f"no recorded feeds at {RECORDED}")


class Shelf:
    """Where every file lies by its name."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.unchanged: set[str] = set()  # names of files of which we said so


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    bodies = {file.name: file.read_bytes() for file in FILES}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.removeprefix("/")
            body = bodies[name]
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == etag:
                served.unchanged.add(name)
                self.send_response(304)
                body = b""
            else:
                self.send_response(200)
            self.send_header("ETag", etag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = Shelf(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield served
        server.shutdown()
        thread.join()


class Reader:
    """Polls files of the shelf as feeds, and finds what is wrong with how they come in."""

    def __init__(self, client: Client, pool: ParserPool, shelf: Shelf) -> None:
        self.client = client
        self.pool = pool
        self.shelf = shelf

    async def poll(self, file: Path, state: FeedState, stored: Mapping[str, str], now: dt.datetime) -> Intake:
        def known(keys: Sequence[str]) -> Mapping[str, str]:
            return {key: stored[key] for key in keys if key in stored}

        return await poll(
            self.client,
            feed(id="recorded", url=f"{self.shelf.base}/{file.name}"),
            state,
            now=now,
            known=known,
            max_age=dt.timedelta(days=7),
            parse=self.pool.parse,
        )

    async def faults(self, file: Path) -> list[str]:
        """In words; none is as it should be."""
        first = await self.poll(file, FeedState(feed="recorded"), {}, NOW)
        stored = {article.key: article.content_hash for article in first.articles}
        again = await self.poll(file, first.state, stored, NOW + HOUR)
        whole = await self.poll(file, replace(first.state, etag=None), stored, NOW + HOUR)
        entries = entries_of(file)
        readable = first.state.failures == 0
        found = {
            f"{len(stored)} articles of {len(entries)} entries": distinct(entries)
            <= len(stored)
            <= len(entries),
            f"readable: {readable} ({first.state.error})": readable == bool(entries),
            "an article comes twice": not again.articles and not whole.articles,
            "an article changed by itself": not again.changed and not whole.changed,
            "304 is not asked for": first.state.error is not None or file.name in self.shelf.unchanged,
        }
        return [f"{file.name}: {fault}" for fault, right in found.items() if not right]


@pytest.fixture
async def reader(shelf: Shelf) -> AsyncIterator[Reader]:
    async with (
        Client(user_agent="tests", allow_networks=["127.0.0.1/32"], per_host=8) as client,
        ParserPool() as pool,
    ):
        yield Reader(client, pool, shelf)


def entries_of(file: Path) -> list[dict[str, object]]:
    """What feedparser alone reads from the file."""
    text = decode(file.read_bytes(), content_type=None).strip()
    with warnings.catch_warnings(action="ignore"):
        found = feedparser.parse(io.BytesIO(text.encode()), sanitize_html=False, resolve_relative_uris=False)
    return list(found["entries"])


def distinct(entries: Sequence[dict[str, object]]) -> int:
    """How many of the entries differ in what tells entries apart."""
    return len({tuple(str(dict.get(each, name)) for name in ("id", "link", "title")) for each in entries})


@pytest.mark.parametrize("part", range(PARTS))
async def test_every_recorded_feed_gives_its_entries_and_gives_them_once(part: int, reader: Reader) -> None:
    async with asyncio.TaskGroup() as tasks:
        looking = [tasks.create_task(reader.faults(file)) for file in FILES[part::PARTS]]
    assert [fault for looked in looking for fault in looked.result()] == []

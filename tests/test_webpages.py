"""Pages of articles in the whole service: a feed that gives summaries, a real server, a real child, a real database."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from builders import event
from fakes import FakeChannel, FakeClock, FakeReader
from feedserver import FeedServer, feed_server

from monitor.app import App
from monitor.config import Config
from monitor.matching.load import load_pack
from monitor.model import Article, Reading
from monitor.storage import articles, feeds, webpages

START = dt.datetime(2026, 3, 11, 22, 0, tzinfo=dt.UTC)
RULES = Path(__file__).parent / "data" / "rules"
TOLD = "A short-range missile was fired from the coast at dawn, said those who saw it on the SRBM range. "
PAGE = f"<html><body><article>{'<p>' + TOLD + '</p>'}{'<p>More of it follows here, in some detail.</p>' * 20}</article>"


class TextReader(FakeReader):
    """Finds its event in the text alone."""

    def _reading(self, article: Article) -> Reading:
        return super()._reading(replace(article, title=article.text))


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        running.pages["/robots.txt"] = b"User-agent: *\nDisallow: /private"
        yield running


class Desk:
    """One installation that follows one feed of summaries."""

    def __init__(self, url: str, server: FeedServer) -> None:
        self.url = url
        self.server = server
        self.clock = FakeClock(START)
        self.channel = FakeChannel()
        self.reader = FakeReader({"SRBM": event()})
        self.feed: dict[str, object] = {"full_text": True}

    def publish(self, *keys: str, site: str = "") -> None:
        items = [(key, f"SRBM on the {key}", self.clock.now) for key in keys]
        self.server.publish("a", items, site=site or self.server.base)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[App]:
        feed = {"id": "a", "url": self.server.url("a"), "name": "A", "publisher": "A", **self.feed}
        config = Config.model_validate(
            {
                "storage": {"url": self.url},
                "poll": {"allow_networks": ["127.0.0.1/32"]},
                "subscriptions": [{"id": "desk", "channel": "console"}],
                "feeds": [feed],
            }
        )
        async with App.open(
            config,
            clock=self.clock,
            pack=load_pack([RULES]),
            reader=lambda: self.reader,
            channels={"console": self.channel},
        ) as app:
            self.publish()
            await app.round()  # the baseline
            self.clock.move(minutes=20)
            yield app

    def page_asked(self, path: str) -> int:
        return [each for each, _ in self.server.asked].count(path)


@pytest.fixture
def desk(empty_url: str, server: FeedServer) -> Desk:
    return Desk(empty_url, server)


def the_one(app: App) -> Article:
    with app.parts.database.read() as conn:
        (found,) = articles.latest(conn, limit=9)
    return found


def whys(app: App) -> list[str]:
    with app.parts.database.read() as conn:
        return [why for _, told in webpages.since(conn, START).values() for why in told]


async def test_the_page_is_read_before_the_article_is_judged(desk: Desk) -> None:
    desk.reader = TextReader({"from the coast": event(), "SRBM": event()})
    desk.server.pages["/range"] = PAGE.encode()
    async with desk.opened() as app:
        desk.publish("range")
        done = await app.round()
        assert done.delivered.sent == 1
        assert TOLD.strip() in the_one(app).text
        assert whys(app) == []
        desk.clock.move(minutes=20)
        again = await app.round()  # the feed says the same: that is no edit
        assert (again.polled.articles, again.delivered.sent) == (0, 0)
        assert desk.page_asked("/range") == 1


async def test_a_feed_is_taken_as_it_is_unless_its_pages_are_asked_for(desk: Desk) -> None:
    desk.feed = {}
    desk.server.pages["/range"] = PAGE.encode()
    async with desk.opened() as app:
        desk.publish("range")
        assert (await app.round()).delivered.sent == 1
        assert desk.page_asked("/range") == 0


async def test_what_concerns_no_rule_and_what_was_there_before_is_not_asked_for(desk: Desk) -> None:
    desk.reader = FakeReader({"ICBM": event()})
    desk.server.publish("a", [("old", "ICBM on the old", START)], site=desk.server.base)
    async with desk.opened() as app:
        desk.publish("range")
        assert (await app.round()).analysed.articles == 1
        assert desk.page_asked("/range") + desk.page_asked("/old") == 0
        assert whys(app) == []


@pytest.mark.parametrize("key", ["private/a", "missing"])
async def test_where_there_is_no_page_the_summary_is_judged_in_the_same_round(desk: Desk, key: str) -> None:
    async with desk.opened() as app:
        desk.publish(key)
        assert (await app.round()).delivered.sent == 1
        assert desk.page_asked(f"/{key}") == (key == "missing")
        (why,) = whys(app)
        assert ("robots.txt" in why) or ("404" in why)


async def test_a_site_that_keeps_everybody_waiting_holds_up_no_page_of_another(desk: Desk) -> None:
    desk.server.pages["/range"] = PAGE.encode()
    desk.reader = TextReader({"SRBM": event()})
    async with desk.opened() as app:
        with desk.server.silent("coast"):
            desk.publish("coast", site=desk.server.base.replace("127.0.0.1", "localhost"))
            await app.poll()
            first = asyncio.create_task(app.read_pages())
            await asyncio.sleep(0)  # it has taken up the page of the coast
            desk.clock.move(minutes=20)
            desk.publish("range")
            await app.poll()
            read = await app.read_pages()
            assert (read.read, read.failed) == (1, 0)
            assert not first.done()
            first.cancel()


async def test_an_article_is_judged_in_time_though_nobody_asks_for_its_page(desk: Desk) -> None:
    async with desk.opened() as app:
        desk.publish("range")
        await app.poll()
        assert (await app.analyse()).articles == 0
        desk.clock.move(seconds=31)
        assert (await app.analyse()).alerts == 1
        await app.read_pages()
        assert desk.page_asked("/range") == 0


async def test_a_page_that_comes_too_late_changes_nothing(desk: Desk) -> None:
    desk.server.pages["/range"] = PAGE.encode()
    async with desk.opened() as app:
        desk.publish("range")
        await app.poll()
        asked = app.clock()
        desk.clock.move(seconds=31)
        assert (await app.analyse()).alerts == 1
        desk.clock.now = asked  # as if the page had been asked for before
        await app.read_pages()
        assert the_one(app).text == "SRBM on the range."


async def test_a_server_in_trouble_is_asked_twice_and_the_alert_is_not_late(desk: Desk) -> None:
    desk.server.broken.add("/range")
    async with desk.opened() as app:
        desk.publish("range")
        await app.poll()
        for _ in range(3):
            await app.read_pages()
        assert desk.page_asked("/range") == 2
        assert (await app.analyse()).alerts == 1
        assert "500" in whys(app)[0]


async def test_a_host_that_refuses_pages_for_a_while_is_not_polled_either(desk: Desk) -> None:
    desk.server.statuses["/range"] = 429, {"Retry-After": "7200"}
    async with desk.opened() as app:
        desk.publish("range")
        assert (await app.round()).delivered.sent == 1
        with app.parts.database.read() as conn:
            due = feeds.states(conn)["a"].next_due
        assert due
        assert due >= desk.clock.now + dt.timedelta(hours=2)

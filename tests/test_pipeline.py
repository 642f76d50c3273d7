"""The whole flow: feeds from a real server, a real database, channels that remember."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from builders import event, mention
from fakes import FakeChannel, FakeClock, FakeReader
from feedserver import FeedServer, Item, feed_server
from pydantic import SecretStr
from sqlalchemy.event import listen, remove

from monitor import pipeline
from monitor.app import App
from monitor.config import Config
from monitor.errors import DeliveryError, StorageError
from monitor.health import HEARTBEAT
from monitor.matching.load import Pack, load_pack
from monitor.model import (
    Acknowledgement,
    Alert,
    Article,
    Count,
    Delivery,
    DeliveryState,
    Digest,
    Event,
    Kind,
    Level,
    Message,
    Notice,
    Reading,
    Reason,
    Silence,
    Stage,
    Standing,
    Subscription,
    Thread,
    Verdict,
)
from monitor.outbox import deliver as send_due
from monitor.pipeline import Analysed, Delivered
from monitor.recording import record
from monitor.storage import (
    Connection,
    Database,
    acknowledgements,
    alerts,
    articles,
    deliveries,
    feeds,
    matches,
    notices,
    service,
    setbacks,
    silences,
    subscriptions,
)
from monitor.storage.query import AlertQuery

START = dt.datetime(2026, 3, 11, 22, 0, tzinfo=dt.UTC)
RULES = Path(__file__).parent / "data" / "rules"
SRBM = event(date_given=True, date=dt.date(2026, 3, 12))
ICBM = replace(SRBM, objects=(mention("icbm", Kind.OBJECT, text="ballistic missiles"),), count=None)
SALVO = replace(SRBM, count=Count(min=1, max=1, text="one"))
EVENTS = {
    "Salvo": SALVO,
    "SRBM": SRBM,
    "ICBM": ICBM,
    "Japan": replace(SRBM, actors=(mention("japan", Kind.ACTOR),)),
}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack([RULES])


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        yield running


class World:
    """One installation, opened as often as a test likes, on one clock."""

    def __init__(self, folder: Path, server: FeedServer, pack: Pack) -> None:
        self.folder = folder
        self.server = server
        self.pack = pack
        self.clock = FakeClock(START)
        self.reader = FakeReader(EVENTS)
        self.channel = FakeChannel()
        self.feeds = ["a"]
        self.min_level = "informational"
        self.wishes: dict[str, object] = {}  # of the subscription
        self.web: dict[str, object] = {}

    def config(self) -> Config:
        return Config.model_validate(
            {
                "poll": {"allow_networks": ["127.0.0.1/32"]},
                "scheduler": {"tick": 0.05},
                "web": self.web,
                "subscriptions": [
                    {"id": "desk", "channel": "console", "min_level": self.min_level, **self.wishes}
                ],
                "feeds": [
                    {"id": name, "url": self.server.url(name), "name": name, "publisher": name.upper()}
                    for name in self.feeds
                ],
            },
            context={"folder": self.folder},
        )

    @asynccontextmanager
    async def app(self) -> AsyncIterator[App]:
        async with App.open(
            self.config(),
            clock=self.clock,
            pack=self.pack,
            reader=lambda: self.reader,
            channels={"console": self.channel},
            draw=lambda: 0.5,
        ) as app:
            yield app

    def publish(self, *items: Item, feed: str = "a") -> None:
        self.server.publish(feed, items)

    async def publishes_a_launch(self, app: App) -> None:
        """The first feed tells of a launch, when every feed was polled once."""
        await self.past_the_baseline(app)
        self.publish(item("SRBM fired", at=self.clock.now))

    async def past_the_baseline(self, app: App) -> None:
        """A first round on feeds with nothing in them, then the time for another."""
        for name in self.feeds:
            self.server.publish(name, [("old", "Nothing of note", START - dt.timedelta(days=1))])
        await app.round()
        self.clock.move(hours=1)

    def told(self) -> list[str]:
        return [message.alert.reports[0].title for message in self.channel.messages]


class Overtaken(FakeReader):
    """Reads, after somebody else did something."""

    def __init__(self, events: Mapping[str, Event], first: Callable[[Sequence[Article]], None]) -> None:
        super().__init__(events)
        self.first = first

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        self.first(articles)
        return super().read(articles)


@pytest.fixture
def world(tmp_path: Path, server: FeedServer, pack: Pack) -> World:
    return World(tmp_path, server, pack)


def item(title: str, key: str = "1", *, at: dt.datetime = START) -> Item:
    return key, title, at


def history(app: App) -> Sequence[Alert]:
    with app.parts.database.read() as conn:
        return alerts.search(conn, AlertQuery())


def outbox(app: App) -> Sequence[Delivery]:
    with app.parts.database.read() as conn:
        return deliveries.listed(conn)


async def test_an_article_that_matches_is_told_once(world: World) -> None:
    async with world.app() as app:
        await world.publishes_a_launch(app)
        first = await app.round()
        world.clock.move(hours=1)
        second = await app.round()
    assert world.told() == ["SRBM fired"]
    assert (first.polled.articles, first.analysed.alerts, first.delivered.sent) == (1, 1, 1)
    assert (second.polled.articles, second.analysed.articles, second.delivered.sent) == (0, 0, 0)
    assert world.server.asked[-1] == ("/a", 304)


@pytest.mark.fault("DB09")
@pytest.mark.parametrize("address", ["", "https://alerts.example.org"])
async def test_a_message_leads_to_the_page_of_its_alert_where_there_are_pages(
    world: World, address: str
) -> None:
    world.web = {"address": address}
    async with world.app() as app:
        await world.past_the_baseline(app)
        world.publish(item("SRBM fired", at=world.clock.now))
        await app.round()
        (told,) = history(app)
    (message,) = world.channel.messages
    assert message.page == (f"{address}/alerts/{told.id}" if address else "")


async def test_the_first_poll_is_a_baseline_that_is_stored_and_not_sent(world: World) -> None:
    async with world.app() as app:
        world.publish(item("SRBM fired"))
        await app.round()
        (alert,) = history(app)
        with app.parts.database.read() as conn:
            (decision,) = deliveries.decided(conn, alert.id)
    assert world.told() == []
    assert alert.standing is Standing.BASELINE
    assert decision.reason is Reason.BASELINE


@pytest.mark.fault("DD04")
async def test_a_second_report_amends_the_alert_and_sends_nothing(world: World) -> None:
    world.feeds = ["a", "b"]
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.round()
        world.publish(item("Seoul: SRBM launched", at=world.clock.now), feed="b")
        world.clock.move(hours=1)
        await app.round()
        (alert,) = history(app)
    assert [report.publisher for report in alert.reports] == ["A", "B"]
    assert world.told() == ["SRBM fired"]


async def test_a_report_that_raises_the_level_is_told_again(world: World) -> None:
    world.feeds = ["a", "b"]
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.round()
        world.publish(item("It was an ICBM", at=world.clock.now), feed="b")
        world.clock.move(hours=1)
        await app.round()
    assert [message.delivery.reason for message in world.channel.messages] == [
        Reason.FIRST,
        Reason.LEVEL_RAISED,
    ]
    assert world.channel.messages[-1].alert.level is Level.CRITICAL


async def test_a_near_miss_is_kept_with_its_reason(world: World) -> None:
    async with world.app() as app:
        await world.past_the_baseline(app)
        world.publish(item("Japan fired", at=world.clock.now))
        await app.round()
        with app.parts.database.read() as conn:
            ((article, miss),) = matches.recent_near_misses(conn)
    assert (article.title, miss.because) == ("Japan fired", "actor")
    assert world.told() == []


async def test_an_alert_below_the_wished_level_is_stored_with_its_reason(world: World) -> None:
    world.min_level = "critical"
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.round()
        (alert,) = history(app)
        with app.parts.database.read() as conn:
            assert [each.reason for each in deliveries.decided(conn, alert.id)] == [Reason.FILTERED]
    assert world.told() == []


@pytest.mark.fault("CR15", "RU21")
async def test_an_article_that_cannot_be_read_is_set_aside_and_blocks_no_other(world: World) -> None:
    async with world.app() as app:
        await world.past_the_baseline(app)
        world.publish(item("poison", "p", at=world.clock.now), item("SRBM fired", at=world.clock.now))
        await app.round()
        with app.parts.database.read() as conn:
            (found,) = setbacks.set_aside(conn)
            assert articles.pending(conn, limit=9) == []
    assert world.told() == ["SRBM fired"]
    assert (found.attempts, found.error) == (3, "cannot be read")


@pytest.mark.fault("HT08")
async def test_a_feed_that_fails_stops_no_other_and_is_asked_again_later(world: World) -> None:
    world.feeds = ["a", "b"]
    async with world.app() as app:
        await world.past_the_baseline(app)
        world.server.broken.add("/a")
        world.publish(item("SRBM fired", at=world.clock.now), feed="b")
        done = await app.round()
        with app.parts.database.read() as conn:
            state = feeds.states(conn)["a"]
        assert done.polled.failed == 1
        assert state.failures == 1
        assert "500" in (state.error or "")
        world.server.broken.clear()
        world.publish(item("ICBM fired", at=world.clock.now))
        world.clock.move(days=1)
        await app.round()
    assert world.told() == ["SRBM fired", "SRBM fired"]  # the second amends the first


@pytest.mark.fault("EM08", "SL05")
@pytest.mark.fault("HT16")
async def test_a_feed_that_asks_for_patience_puts_off_the_others_of_its_host_for_an_hour_at_most(
    world: World,
) -> None:
    world.feeds = ["a", "b"]
    world.publish()
    world.publish(feed="b")
    async with world.app() as app:
        await app.poll()
        with app.parts.database.read() as conn:
            asking = [(each, feeds.states(conn)[each.id]) for each in feeds.all(conn) if each.id == "a"]
        world.server.statuses["/a"] = (429, {"Retry-After": "86400"})
        world.server.asked.clear()
        await app.poll_these(asking)
        world.clock.move(minutes=50)
        await app.poll()
        assert world.server.asked == [("/a", 429)]
        world.clock.move(minutes=11)
        await app.poll()
    assert world.server.asked == [("/a", 429), ("/b", 304)]


async def test_a_delivery_that_fails_is_tried_again_until_it_is_sent(world: World) -> None:
    world.channel = FakeChannel(DeliveryError("busy"), RuntimeError("unforeseen"))
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.round()
        assert [(each.state, each.error) for each in outbox(app)] == [(DeliveryState.PENDING, "busy")]
        for _ in range(2):
            world.clock.move(hours=1)
            await app.deliver()
        assert [each.attempts for each in outbox(app)] == [3]
    assert world.told() == ["SRBM fired"]


@pytest.mark.fault("EM09")
@pytest.mark.parametrize(
    ("error", "days"), [(DeliveryError("no such address", permanent=True), 0), (DeliveryError("down"), 4)]
)
async def test_a_delivery_is_given_up_when_trying_cannot_help_or_took_too_long(
    world: World, error: DeliveryError, days: int
) -> None:
    world.channel = FakeChannel(error, error)
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.round()
        world.clock.move(days=days)
        await app.deliver()
        (dead,) = outbox(app)
        assert (dead.state, dead.error) == (DeliveryState.DEAD, str(error))


@pytest.mark.fault("CR02")
async def test_a_crash_after_polling_loses_no_article(world: World) -> None:
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.poll()
    async with world.app() as app:
        await app.round()
    assert world.told() == ["SRBM fired"]


@pytest.mark.fault("CR04")
async def test_a_crash_after_analysis_loses_no_delivery(world: World) -> None:
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.poll()
        await app.analyse()
    async with world.app() as app:
        await app.round()
        assert len(history(app)) == 1
    assert world.told() == ["SRBM fired"]


@pytest.mark.fault("CR06")
async def test_a_crash_in_flight_repeats_the_message_under_its_id_and_marks_it(world: World) -> None:
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.poll()
        await app.analyse()
        with app.parts.database.write() as conn:  # claimed, perhaps sent, never marked
            (claimed,) = deliveries.claim(
                conn, now=world.clock.now, limit=9, lease=app.parts.config.delivery.lease
            )
    async with world.app() as app:
        await app.deliver()
        assert world.told() == []  # the lease still runs
        world.clock.move(hours=1)
        await app.deliver()
    (message,) = world.channel.messages
    assert (message.delivery.id, message.delivery.repeated) == (claimed.id, True)


@pytest.mark.fault("SL05", "CR06")
@pytest.mark.parametrize("unsure", [True, False])
async def test_a_message_that_may_have_been_taken_is_marked_when_it_comes_again(
    world: World,
    unsure: bool,  # noqa: FBT001 - both cases of one behaviour
) -> None:
    world.channel = FakeChannel(DeliveryError("no answer", unsure=unsure))
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.round()
        world.clock.move(hours=1)
        await app.deliver()
    (message,) = world.channel.messages
    assert message.delivery.repeated == unsure


def broken_off(app: App, judged: Sequence[tuple[Article, Verdict]], *, now: dt.datetime) -> None:
    """What one commit holds, up to just before it."""
    with app.parts.database.write() as conn:
        record(conn, judged, now=now)
        raise KeyboardInterrupt


@pytest.mark.fault("CR03")
async def test_analysis_broken_off_before_its_commit_is_done_again_whole(world: World) -> None:
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.poll()
        with app.parts.database.read() as conn:
            waiting = articles.pending(conn, limit=9)
        judged = [(each, pipeline.judge_these(app.parts, [each])[0]) for each in waiting]
        with pytest.raises(KeyboardInterrupt):
            broken_off(app, judged, now=world.clock.now)
        assert history(app) == []
        await app.round()
    assert world.told() == ["SRBM fired"]


async def test_a_channel_that_left_the_config_keeps_its_deliveries_waiting(world: World) -> None:
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.poll()
        await app.analyse()
        await send_due(replace(app.parts, channels={}), now=world.clock.now)
        (waiting,) = outbox(app)
    assert waiting.state is DeliveryState.PENDING
    assert "no channel 'console'" in (waiting.error or "")


async def test_the_service_runs_by_itself_until_told_to_stop(world: World) -> None:
    async with world.app() as app:
        await world.publishes_a_launch(app)
        stop = asyncio.Event()
        serving = asyncio.create_task(app.serve(stop))
        async with asyncio.timeout(60):
            await world.channel.took_one.wait()
        stop.set()
        await serving
        with app.parts.database.read() as conn:
            assert service.beats(conn)[HEARTBEAT] == world.clock.now
    assert world.told() == ["SRBM fired"]


@pytest.mark.fault("HT06", "HT07")
async def test_a_feed_that_hangs_keeps_no_other_from_its_next_poll(world: World) -> None:
    world.feeds = ["a", "hung"]
    async with world.app() as app:
        await world.past_the_baseline(app)
        with world.server.silent("hung"):
            stop = asyncio.Event()
            serving = asyncio.create_task(app.serve(stop))
            for title in ("SRBM fired", "ICBM fired"):
                world.channel.took_one.clear()
                world.publish(item(title, key=title, at=world.clock.now))
                world.clock.move(hours=1)  # every feed is due again
                async with asyncio.timeout(60):
                    await world.channel.took_one.wait()
            assert app.parts.turns.under_way.ids == {"hung"}  # since the first of the rounds
            stop.set()
            await serving
        with app.parts.database.read() as conn:
            assert feeds.states(conn)["hung"].failures == 0  # its poll was broken off, and is made again
    assert len(world.channel.messages) == 2


async def test_a_test_message_says_that_it_is_one(world: World) -> None:
    async with world.app() as app:
        (subscription,) = world.config().all_subscriptions()
        await app.send_test(subscription)
        assert history(app) == []
    (message,) = world.channel.messages
    assert "test" in message.sentence


async def test_an_error_is_of_no_concern_once_another_worker_has_read_the_article(world: World) -> None:
    async with world.app() as app:

        def read_by_another(waiting: Sequence[Article]) -> None:
            with app.parts.database.write() as conn:
                articles.mark_analysed(conn, waiting, now=world.clock.now)

        world.reader = Overtaken(EVENTS, read_by_another)
        world.publish(item("poison"))
        await app.round()
        with app.parts.database.read() as conn:
            assert setbacks.set_aside(conn) == []


async def test_a_delivery_brought_back_is_tried_for_the_whole_time_again(world: World) -> None:
    world.channel = FakeChannel(DeliveryError("gone", permanent=True), DeliveryError("busy"))
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.round()
        world.clock.move(days=30)
        with app.parts.database.write() as conn:
            assert deliveries.retry(conn, now=world.clock.now) == 1
        await app.deliver()
        assert [(each.state, each.error) for each in outbox(app)] == [(DeliveryState.PENDING, "busy")]
        world.clock.move(hours=1)
        await app.deliver()
    assert world.told() == ["SRBM fired"]


async def test_a_database_that_goes_away_while_messages_are_sent_is_a_storage_error(world: World) -> None:
    class Breaking(FakeChannel):
        async def send(self, message: Message | Digest | Notice, *, now: dt.datetime) -> None:
            await super().send(message, now=now)
            (world.folder / "data" / "monitor.db").rename(world.folder / "gone.db")

    world.channel = Breaking()
    async with world.app() as app:
        await world.publishes_a_launch(app)
        with pytest.raises(StorageError, match="there is no such file"):
            await app.round()


async def test_when_told_to_stop_no_further_batch_is_begun(world: World) -> None:
    stop = asyncio.Event()
    stop.set()
    async with world.app() as app:
        world.publish(item("SRBM fired"))
        await app.poll()
        assert await app.analyse(stop) == Analysed()
        assert await app.deliver(stop) == Delivered()
        with app.parts.database.read() as conn:
            assert len(articles.pending(conn, limit=9)) == 1


# --- digests, quiet hours, caps ----------------------------------------------------------------------


def launches(world: World, count: int) -> None:
    """Publish reports of so many launches, each of a day of its own."""
    days = [replace(SRBM, date=dt.date(2026, 3, 10 + 2 * at)) for at in range(count)]
    world.reader.events = {f"launch {at}": each for at, each in enumerate(days)}
    world.publish(*(item(f"launch {at}", str(at)) for at in range(count)))


@pytest.mark.fault("TM04")
async def test_alerts_of_quiet_hours_come_together_when_these_end(world: World) -> None:
    world.wishes = {"quiet": "06:00-09:00", "zone": "Asia/Seoul"}  # now it is 07:00 there
    async with world.app() as app:
        await world.past_the_baseline(app)
        launches(world, 2)
        await app.round()
        assert (world.told(), world.channel.digests) == ([], [])
        world.clock.move(hours=1)
        await app.round()
    (found,) = world.channel.digests
    assert [message.alert.reports[0].title for message in found.messages] == ["launch 0", "launch 1"]
    assert world.told() == []


async def test_one_alert_alone_comes_as_itself_when_quiet_hours_end(world: World) -> None:
    world.wishes = {"quiet": "06:00-09:00", "zone": "Asia/Seoul"}
    async with world.app() as app:
        await world.past_the_baseline(app)
        world.publish(item("SRBM fired"))
        await app.round()
        world.clock.move(hours=1)
        await app.round()
    assert (world.told(), world.channel.digests) == (["SRBM fired"], [])


@pytest.mark.fault("CR08")
async def test_a_digest_that_fails_is_tried_again_whole_under_its_id(world: World) -> None:
    world.wishes = {"digest": "hourly"}
    world.channel.errors = [DeliveryError("busy")]
    async with world.app() as app:
        await world.past_the_baseline(app)
        launches(world, 2)
        await app.round()
        world.clock.move(hours=1)
        assert (await app.deliver()).failed == 2
        world.clock.move(hours=1)
        assert (await app.deliver()).sent == 2
        with app.parts.database.read() as conn:
            assert {each.state for each in deliveries.listed(conn)} == {DeliveryState.SENT}
    assert len(world.channel.digests) == 1


async def test_what_was_held_for_a_subscription_that_is_paused_is_not_sent(world: World) -> None:
    world.wishes = {"digest": "hourly"}
    async with world.app() as app:
        await world.past_the_baseline(app)
        world.publish(item("SRBM fired"))
        await app.round()
    world.wishes = {"digest": "hourly", "paused": True}
    world.clock.move(hours=2)
    async with world.app() as app:
        await app.deliver()
        with app.parts.database.read() as conn:
            (found,) = deliveries.listed(conn)
    assert (found.state, found.error) == (DeliveryState.CANCELLED, "the subscription was paused or removed")
    assert (world.told(), world.channel.digests) == ([], [])


@pytest.mark.fault("RU19")
async def test_messages_beyond_the_cap_come_together_and_none_is_lost(world: World) -> None:
    world.wishes = {"cap": 1}
    async with world.app() as app:
        await world.past_the_baseline(app)
        launches(world, 4)
        await app.round()
        assert len(world.told()) == 1
        world.clock.move(hours=1)
        await app.round()
    (found,) = world.channel.digests
    assert len(found.messages) + len(world.told()) == 4


# --- what the service tells of itself ----------------------------------------------------------------


@pytest.mark.fault("OP07")
async def test_a_feed_that_stays_dead_is_told_once_and_its_return_too(world: World) -> None:
    world.wishes = {"notices": True}
    async with world.app() as app:
        await world.past_the_baseline(app)
        world.server.broken.add("/a")
        for _ in range(3):
            world.clock.move(hours=13)
            await app.round()
            await app.tell()
        assert [notice.headline for notice in world.channel.notices] == ["1 feed is dead"]
        world.server.broken.clear()
        world.clock.move(hours=13)
        await app.round()
        await app.tell()
    assert [notice.headline for notice in world.channel.notices] == ["1 feed is dead", "1 feed is back"]


@pytest.mark.fault("OP08")
async def test_a_feed_that_answers_and_brings_nothing_is_told_once_and_its_news_too(world: World) -> None:
    world.wishes = {"notices": True}
    async with world.app() as app:
        await world.past_the_baseline(app)
        for number in range(5):
            world.publish(item("Nothing of note", f"n{number}", at=world.clock.now))
            await app.round()
            await app.tell()
            world.clock.move(hours=5)
        assert world.channel.notices == []
        for _ in range(8):
            world.clock.move(hours=5)
            await app.round()
            await app.tell()
        world.clock.move(hours=5)
        world.publish(item("Nothing of note", "again", at=world.clock.now))
        await app.round()
        await app.tell()
    first, second = world.channel.notices
    assert first.headline == "1 feed is silent"
    assert "has brought nothing for 25 h, usually every 4 h" in first.lines[0]
    assert second.headline == "feed a brings news again"


async def test_a_notice_that_fails_is_sent_later_under_its_id(world: World) -> None:
    world.wishes = {"daily": "07:00", "zone": "Asia/Seoul"}
    async with world.app() as app:
        world.channel.errors = [DeliveryError("busy")]
        assert (await app.tell(), world.channel.notices) == (0, [])
        world.clock.move(seconds=30)
        assert await app.tell() == 1
        assert await app.tell() == 0
    assert world.channel.notices[0].headline.startswith("No alerts, 24 h to 07:00 KST")


@pytest.mark.parametrize(
    ("errors", "pauses"),
    [
        ([DeliveryError("busy")] * 3, [7.5, 12.5, 22.5]),
        ([DeliveryError("busy", retry_after=600.0)], [600.0]),
        ([DeliveryError("no such room", permanent=True)], [86400.0]),
    ],
    ids=["doubling", "as asked", "refused"],
)
async def test_a_notice_that_fails_waits_as_long_as_a_delivery_would(
    world: World, errors: list[DeliveryError], pauses: list[float]
) -> None:
    world.wishes = {"daily": "07:00", "zone": "Asia/Seoul"}
    async with world.app() as app:
        world.channel.errors = list(errors)
        for left, pause in zip(range(len(pauses) - 1, -1, -1), pauses, strict=True):
            assert await app.tell() == 0
            world.clock.move(seconds=pause - 1)
            assert (await app.tell(), len(world.channel.errors)) == (0, left)
            world.clock.move(seconds=1)
        assert await app.tell() == 1
        with app.parts.database.read() as conn:
            assert notices.retries(conn) == {}


async def test_the_dead_mans_switch_is_asked_while_the_service_lives_and_not_after(world: World) -> None:
    async with world.app() as app:
        switch = world.server.url("switch")
        app.parts = replace(app.parts, config=_with_ping(world.config(), switch))
        await app.beat()
        await app.ping()
        await app.ping()
        assert world.server.asked.count(("/switch", 404)) == 1
        world.clock.move(hours=1)
        await app.ping()
    assert world.server.asked.count(("/switch", 404)) == 1


def _with_ping(config: Config, address: str) -> Config:
    scheduler = config.scheduler.model_copy(update={"ping": SecretStr(address)})
    return config.model_copy(update={"scheduler": scheduler})


# --- silences and escalation -------------------------------------------------------------------------


async def test_a_silence_hides_alerts_and_the_next_one_says_so(world: World) -> None:
    async with world.app() as app:
        await world.past_the_baseline(app)
        with app.parts.database.write() as conn:
            until = world.clock.now + dt.timedelta(hours=1)
            silences.add(conn, Silence(id="s1", author="Ryu", reason="drills", created=START, until=until))
        launches(world, 1)
        await app.round()
        assert world.told() == []
        with app.parts.database.read() as conn:
            assert silences.hidden(conn) == {"s1": 1}
        for hours, key in ((2, "2"), (1, "3")):
            world.clock.move(hours=hours)
            later = replace(SRBM, date=dt.date(2026, 4, int(key) * 3))
            world.reader.events = {**world.reader.events, f"launch {key}": later}
            world.publish(item(f"launch {key}", key, at=world.clock.now))
            await app.round()
    notes = [message.note for message in world.channel.messages]
    assert notes == ["A silence by Ryu (drills) that ended 12 Mar 00:00 UTC hid 1 alert.", ""]


async def test_a_silence_lets_critical_alerts_through(world: World) -> None:
    async with world.app() as app:
        await world.past_the_baseline(app)
        with app.parts.database.write() as conn:
            until = world.clock.now + dt.timedelta(hours=9)
            silences.add(conn, Silence(id="s1", author="Ryu", reason="drills", created=START, until=until))
        world.publish(item("ICBM fired"))
        await app.round()
    assert world.told() == ["ICBM fired"]


@pytest.mark.parametrize("acknowledged", [True, False])
async def test_a_critical_alert_that_nobody_acknowledges_is_passed_on(
    world: World,
    acknowledged: bool,  # noqa: FBT001 - both cases of one behaviour
) -> None:
    world.wishes = {"escalate_to": "chief", "escalate_after": "30m"}
    async with world.app() as app:
        with app.parts.database.write() as conn:
            chief = Subscription(id="chief", channel="console", rules=frozenset({"none"}))
            subscriptions.add(conn, chief)
        await world.past_the_baseline(app)
        world.publish(item("ICBM fired"))
        await app.round()
        (told,) = world.channel.messages
        if acknowledged:
            with app.parts.database.write() as conn:
                seen = Acknowledgement(alert=told.alert.id, analyst="Ryu", given=world.clock.now)
                acknowledgements.add(conn, seen)
        assert await app.escalate() == 0
        world.clock.move(hours=1)
        assert await app.escalate() == (0 if acknowledged else 1)
        assert await app.escalate() == 0
        await app.deliver()
    whom = [(message.delivery.subscription, message.delivery.reason) for message in world.channel.messages]
    passed_on = [] if acknowledged else [("chief", Reason.ESCALATED)]
    assert whom == [("desk", Reason.FIRST), *passed_on]


async def test_an_edit_that_tells_it_no_more_is_told_to_whoever_was_told(world: World) -> None:
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.round()
        world.publish(item("Correction: a weather balloon", at=world.clock.now))
        world.clock.move(hours=1)
        await app.round()
        (alert,) = history(app)
        with app.parts.database.read() as conn:
            opened, withdrawn = alerts.revisions(conn, alert.id)
    told = [(each.delivery.reason, each.standing_line.split(" · ")[0]) for each in world.channel.messages]
    assert told == [(Reason.FIRST, "NEW"), (Reason.WITHDRAWN, "WITHDRAWN")]
    assert world.channel.messages[1].changes == withdrawn.changes
    assert (opened.changes, opened.stage, withdrawn.stage) == ((), Stage.REPORTED, Stage.WITHDRAWN)
    assert [report.retracted for report in alert.reports] == [True]


async def test_a_message_replies_in_the_thread_that_the_first_one_began(world: World) -> None:
    world.channel.thread = Thread(place="C9", first="1.2")
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.round()
        world.publish(item("It was an ICBM", at=world.clock.now))
        world.clock.move(hours=1)
        await app.round()
    assert [each.thread for each in world.channel.messages] == [None, Thread(place="C9", first="1.2")]


async def test_updates_come_with_all_that_changed_since_the_last_message(world: World) -> None:
    world.feeds, world.wishes = ["a", "b"], {"updates": True}
    async with world.app() as app:
        await world.past_the_baseline(app)
        world.publish(item("Salvo fired", at=world.clock.now))
        await app.round()
        world.publish(item("SRBM fired", at=world.clock.now), feed="b")
        world.clock.move(hours=1)
        await app.round()
    first, update = world.channel.messages
    assert (first.changes, update.delivery.reason) == ((), Reason.UPDATED)
    assert "count 1 to 2" in update.changes


# --- faults around it --------------------------------------------------------------------------------


@contextmanager
def page_limit(app: App, pages: int) -> Iterator[None]:
    """No more room in the database than so many pages, until the block ends."""
    engine = app.parts.database._engine
    engine.dispose()

    def confine(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    listen(engine, "connect", confine)
    try:
        yield
    finally:
        remove(engine, "connect", confine)
        engine.dispose()


@pytest.mark.fault("DB01", "CR01")
async def test_a_full_disk_is_told_and_loses_nothing_once_there_is_room(world: World) -> None:
    async with world.app() as app:
        await world.past_the_baseline(app)
        world.publish(item("SRBM fired" + " and more" * 2000, at=world.clock.now))
        with page_limit(app, 1):
            with pytest.raises(StorageError, match="free some space"):
                await app.poll()
            assert world.told() == []
        await app.round()
    assert len(world.told()) == 1


FULL = """CREATE TRIGGER full BEFORE UPDATE OF sent ON deliveries WHEN new.sent IS NOT NULL
    BEGIN SELECT raise(ABORT, 'database or disk is full'); END"""


@pytest.mark.fault("DB01")
async def test_while_nothing_can_be_stored_no_feed_is_asked(world: World) -> None:
    async with world.app() as app:
        await world.past_the_baseline(app)
        asked = len(world.server.asked)
        with closing(sqlite3.connect(world.folder / "data" / "monitor.db")) as other:
            other.execute(
                FULL.replace("UPDATE OF sent ON deliveries WHEN new.sent IS NOT NULL", "UPDATE ON tallies")
            )
            with pytest.raises(StorageError, match="free some space"):
                await app.poll()
            assert len(world.server.asked) == asked
            other.execute("DROP TRIGGER full")
        await app.poll()
    assert len(world.server.asked) == asked + 1


@pytest.mark.fault("DB01", "CR06")
async def test_what_was_sent_while_the_disk_was_full_comes_again_under_its_id(world: World) -> None:
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.poll()
        await app.analyse()
        with closing(sqlite3.connect(world.folder / "data" / "monitor.db")) as other:
            other.execute(FULL)
            with pytest.raises(StorageError, match="free some space"):
                await app.deliver()
            other.execute("DROP TRIGGER full")
        world.clock.move(hours=1)
        await app.deliver()
        assert [each.state for each in outbox(app)] == [DeliveryState.SENT]
    first, second = world.channel.messages
    assert (first.delivery.id, second.delivery.repeated) == (second.delivery.id, True)


class Unsure(Database):
    """Loses the answer to a commit when it is told to: all is stored, and the caller hears of an error."""

    losing = False

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with super().write() as conn:
            yield conn
        if self.losing:
            self.losing = False
            raise StorageError("the answer to the commit was lost")


@pytest.mark.fault("DB06")
async def test_a_commit_whose_answer_is_lost_is_not_made_twice(world: World) -> None:
    async with world.app() as app:
        await world.publishes_a_launch(app)
        unsure = Unsure(app.parts.config.database_url)
        app.parts = replace(app.parts, database=unsure)
        for step in (app.poll, app.analyse, app.deliver):
            unsure.losing = True
            with suppress(StorageError):
                await step()
            world.clock.move(hours=1)
        await app.round()
        assert len(history(app)) == 1
        assert [each.state for each in outbox(app)] == [DeliveryState.SENT]
        unsure.close()
    assert world.told() == ["SRBM fired"]


@pytest.mark.fault("CR01", "DB01")
async def test_an_error_of_the_database_at_one_feed_costs_no_other(world: World) -> None:
    world.feeds = ["a", "b"]
    async with world.app() as app:
        await world.past_the_baseline(app)
        for name in world.feeds:
            world.publish(item(f"{name} SRBM fired", at=world.clock.now), feed=name)
        unsure = Unsure(app.parts.config.database_url)
        unsure.losing = True
        app.parts = replace(app.parts, database=unsure)
        polled = await app.poll()
        assert (polled.feeds, polled.articles, polled.failed) == (2, 2, 0)
        with unsure.read() as conn:
            assert len(articles.pending(conn, limit=9)) == 2
        unsure.close()


@pytest.mark.fault("EM07")
async def test_six_hours_without_a_server_lose_nothing(world: World) -> None:
    world.channel = FakeChannel(*[DeliveryError("connection refused")] * 99)
    async with world.app() as app:
        await world.past_the_baseline(app)
        launches(world, 3)
        await app.round()
        for _ in range(12):
            world.clock.move(minutes=30)
            await app.deliver()
        assert world.told() == []
        assert {each.error for each in outbox(app)} == {"connection refused"}
        world.channel.errors = []
        world.clock.move(hours=1)
        await app.deliver()
    assert sorted(world.told()) == ["launch 0", "launch 1", "launch 2"]


@pytest.mark.fault("TM02", "DT06")
async def test_eight_hours_asleep_are_one_poll_and_lose_no_article(world: World) -> None:
    async with world.app() as app:
        await world.past_the_baseline(app)
        launches(world, 5)
        world.server.asked.clear()
        world.clock.move(hours=8)
        await app.round()
        await app.round()
    assert [path for path, _ in world.server.asked] == ["/a"]
    assert len(world.told()) == 5


@pytest.mark.fault("DD09")
async def test_a_new_rule_tells_nothing_of_what_was_read_before_it(world: World) -> None:
    good, world.pack = world.pack, replace(world.pack, rules=())
    async with world.app() as app:
        await world.publishes_a_launch(app)
        await app.round()
    world.pack = good
    async with world.app() as app:
        world.clock.move(hours=1)
        await app.round()
        assert (history(app), world.told()) == ([], [])


@pytest.mark.fault("OP09")
async def test_a_channel_that_fails_is_told_by_another(world: World) -> None:
    world.wishes = {"notices": True}
    async with world.app() as app:
        with app.parts.database.write() as conn:
            subscriptions.add(conn, Subscription(id="mails", channel="mail"))
        await world.publishes_a_launch(app)
        await app.round()
        world.clock.move(hours=1)
        await app.tell()
        await app.tell()
    (notice,) = world.channel.notices
    assert notice.headline == "nothing goes through channel 'mail': the config has no channel 'mail'"


class BlackHole(FakeChannel):
    """Never answers until the others were told."""

    def __init__(self, others: FakeChannel) -> None:
        super().__init__()
        self.others = others

    async def send(self, message: Message | Digest | Notice, *, now: dt.datetime) -> None:
        while len(self.others.messages) < 6:
            self.others.took_one.clear()
            await self.others.took_one.wait()
        await super().send(message, now=now)


@pytest.mark.fault("WH04")
async def test_a_receiver_that_never_answers_holds_up_no_other(world: World) -> None:
    hole = BlackHole(world.channel)
    async with world.app() as app:
        app.parts = replace(app.parts, channels={**app.parts.channels, "hole": hole})
        with app.parts.database.write() as conn:
            subscriptions.add(conn, Subscription(id="a-hole", channel="hole"))
        await world.past_the_baseline(app)
        launches(world, 6)
        async with asyncio.timeout(20):
            await app.round()
    assert (len(world.told()), len(hole.messages)) == (6, 6)

"""Messages follow one another as fast as the config allows, and no faster."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from builders import NOW, alert, delivery, subscription
from desk import RULES
from fakes import FakeChannel, FakeClock

from monitor import outbox
from monitor.alerting.channels.pace import Pace
from monitor.app import App
from monitor.config import Config
from monitor.matching.load import load_pack
from monitor.model import DeliveryState, Digest, Message, Notice, Taken
from monitor.pipeline import Delivered
from monitor.storage import Database, alerts, deliveries, subscriptions

COUNT = 30


class Seconds:
    """A clock that moves only by sleeping, as far as whoever wakes next."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asleep: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        wakes = self.now + seconds
        self.asleep.append(wakes)
        await asyncio.sleep(0)
        while min(self.asleep) < wakes:  # noqa: ASYNC110 - the others move the clock
            await asyncio.sleep(0)
        self.asleep.remove(wakes)
        self.now = max(self.now, wakes)


class Timed(FakeChannel):
    """Knows when it was handed each message."""

    def __init__(self, seconds: Seconds) -> None:
        super().__init__()
        self.seconds = seconds
        self.at: list[tuple[str, float]] = []

    async def send(self, message: Message | Digest | Notice, *, now: dt.datetime) -> Taken | None:
        assert isinstance(message, Message)
        self.at.append((message.delivery.target, self.seconds.now))
        return await super().send(message, now=now)


@pytest.mark.parametrize(
    ("entry", "apart"),
    [
        ({"kind": "slack", "webhook_url": "https://hooks.example/1"}, 1.0),
        ({"kind": "email", "host": "mail.example", "sender": "b@example.org", "per_minute": 20}, 3.0),
    ],
)
async def test_a_full_outbox_goes_out_at_the_rate_of_the_config(
    tmp_path: Path, entry: dict[str, object], apart: float
) -> None:
    """As after hours in which the channel was down: round after round, in the same beat, and all of it."""
    seconds = Seconds()
    channel = Timed(seconds)
    config = Config.model_validate(
        {"channels": {"out": entry}, "subscriptions": [], "delivery": {"concurrency": 1}},
        context={"folder": tmp_path},
    )
    opened = App.open(config, clock=FakeClock(NOW), pack=load_pack([RULES]), channels={"out": channel})
    async with opened as app:
        with app.parts.database.write() as conn:
            alerts.save(conn, alert())
            subscriptions.add(conn, subscription(id="desk", channel="out", target="C1"))
            waiting = [delivery(revision=at, channel="out", target="C1") for at in range(COUNT)]
            deliveries.enqueue(conn, waiting)
        app.parts = replace(app.parts, pace=Pace(clock=seconds, sleep=seconds.sleep))
        while (await outbox.deliver(app.parts, now=NOW)).sent:
            pass
        with app.parts.database.read() as conn:
            states = Counter(each.state for each in deliveries.listed(conn))
    assert states == {DeliveryState.SENT: COUNT}
    assert channel.at == [("C1", at * apart) for at in range(COUNT)]


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "slack", "webhook_url": "https://hooks.example/1"},
        {"kind": "webhook", "url": "https://hook.example/", "per_minute": 60},
    ],
)
async def test_two_workers_keep_to_one_rate_between_them(
    database: Database, tmp_path: Path, entry: dict[str, object]
) -> None:
    """Slack takes one message a second to a channel, whoever sends it."""
    seconds = Seconds()
    channel = Timed(seconds)
    url = database._url.render_as_string(hide_password=False)
    config = Config.model_validate(
        {"storage": {"url": url}, "channels": {"out": entry}, "subscriptions": []},
        context={"folder": tmp_path},
    )
    with database.write() as conn:
        alerts.save(conn, alert())
        subscriptions.add(conn, subscription(id="desk", channel="out", target="C1"))
        deliveries.enqueue(
            conn, [delivery(revision=at, channel="out", target="C1") for at in range(2 * COUNT)]
        )
    async with (
        worker(config, channel, seconds) as one,
        worker(config, channel, seconds) as other,
    ):
        while any(each.sent for each in await asyncio.gather(*(_round(app) for app in (one, other)))):
            pass
    assert sorted(at for _, at in channel.at) == [*range(2 * COUNT)]
    assert len({each.delivery.id for each in channel.messages}) == 2 * COUNT


@asynccontextmanager
async def worker(config: Config, channel: Timed, seconds: Seconds) -> AsyncIterator[App]:
    """One of several on the same database, with connections of its own."""
    opened = App.open(config, clock=FakeClock(NOW), pack=load_pack([RULES]), channels={"out": channel})
    async with opened as app:
        app.parts = replace(app.parts, pace=Pace(clock=seconds, sleep=seconds.sleep))
        yield app


async def _round(app: App) -> Delivered:
    return await outbox.deliver(app.parts, now=NOW)


async def test_a_test_message_waits_for_its_turn_too(tmp_path: Path) -> None:
    seconds = Seconds()
    channel = Timed(seconds)
    entry = {"kind": "slack", "webhook_url": "https://hooks.example/1"}
    config = Config.model_validate(
        {"channels": {"out": entry}, "subscriptions": []}, context={"folder": tmp_path}
    )
    async with worker(config, channel, seconds) as app:
        for _ in range(3):
            await app.send_test(subscription(channel="out", target="C1"))
    assert channel.at == [("C1", 0), ("C1", 1), ("C1", 2)]


async def test_what_has_no_turn_in_this_round_is_left_for_another(tmp_path: Path) -> None:
    seconds = Seconds()
    channel = Timed(seconds)
    entry = {"kind": "webhook", "url": "https://hook.example/", "per_minute": 1}
    config = Config.model_validate(
        {"channels": {"out": entry}, "subscriptions": [], "delivery": {"lease": "60s", "timeout": "30s"}},
        context={"folder": tmp_path},
    )
    opened = App.open(config, clock=FakeClock(NOW), pack=load_pack([RULES]), channels={"out": channel})
    async with opened as app:
        with app.parts.database.write() as conn:
            alerts.save(conn, alert())
            subscriptions.add(conn, subscription(id="desk", channel="out"))
            deliveries.enqueue(conn, [delivery(revision=at, channel="out") for at in range(2)])
        app.parts = replace(app.parts, pace=Pace(clock=seconds, sleep=seconds.sleep))
        assert (await outbox.deliver(app.parts, now=NOW)).sent == 1
        seconds.now += 60
        assert (await outbox.deliver(app.parts, now=NOW)).sent == 1
        with app.parts.database.read() as conn:
            assert [each.attempts for each in deliveries.listed(conn)] == [1, 1]

"""A receiver that takes the request and then keeps everybody waiting: it harms nobody but itself."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from builders import alert, delivery, subscription
from desk import RULES
from httpserver import HttpServer, answer, http_server, silence

from monitor.app import App
from monitor.config import Config
from monitor.matching.load import load_pack
from monitor.model import Delivery
from monitor.storage import alerts, deliveries, subscriptions

PATIENCE = 30.0  # seconds, for what comes at once
HURRIED = {"lease": 8, "timeout": 3}
BRIEF = {"lease": 3, "timeout": 1}
PATIENT = {"lease": "10m", "timeout": "5m"}


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with http_server() as running:
        running.serve("/hangs", silence)
        running.serve("/quick", answer(200))
        yield running


@asynccontextmanager
async def service(folder: Path, server: HttpServer, delivery: Mapping[str, object]) -> AsyncIterator[App]:
    """The service with a channel that hangs and one that is quick, on the clock of the machine."""
    channels = {name: {"kind": "webhook", "url": server.url(f"/{name}")} for name in ("hangs", "quick")}
    config = Config.model_validate(
        {
            "poll": {"allow_networks": ["127.0.0.1/32"]},
            "scheduler": {"tick": 0.2},
            "channels": channels,
            "delivery": delivery,
            "subscriptions": [],
        },
        context={"folder": folder},
    )
    async with App.open(config, pack=load_pack([RULES]), draw=lambda: 1.0) as app:
        yield app


def listen_in(app: App) -> None:
    with app.parts.database.write() as conn:
        alerts.save(conn, alert())
        for name in ("hangs", "quick"):
            subscriptions.add(conn, subscription(id=name, channel=name))


def queue(app: App, channel: str, count: int = 1) -> None:
    with app.parts.database.write() as conn:
        new = [delivery(subscription=channel, channel=channel, revision=at) for at in range(count)]
        deliveries.enqueue(conn, new)


def outbox(app: App) -> list[Delivery]:
    with app.parts.database.read() as conn:
        return deliveries.listed(conn)


def asked(server: HttpServer, path: str) -> Counter[str]:
    """How often each delivery was sent there."""
    return Counter(each.headers["idempotency-key"] for each in server.requests if each.path == path)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - another task, or the database, gives no event
            await asyncio.sleep(0.01)


@pytest.mark.fault("WH04", "IN01")
async def test_while_a_receiver_hangs_two_services_send_no_delivery_twice(
    tmp_path: Path, server: HttpServer
) -> None:
    async with AsyncExitStack() as stack:
        both = [await stack.enter_async_context(service(tmp_path, server, HURRIED)) for _ in range(2)]
        listen_in(both[0])
        queue(both[0], "hangs", 8)  # two at once: longer than a lease, all in all
        stop = asyncio.Event()
        serving = [asyncio.create_task(app.serve(stop)) for app in both]
        await until(lambda: all(each.error for each in outbox(both[0])))
        stop.set()
        await asyncio.gather(*serving)
        assert set(asked(server, "/hangs").values()) == {1}
        assert {each.attempts for each in outbox(both[0])} == {1}


async def test_what_a_round_could_not_begin_is_given_back_without_an_attempt(
    tmp_path: Path, server: HttpServer
) -> None:
    async with service(tmp_path, server, BRIEF) as app:
        listen_in(app)
        queue(app, "hangs", 8)
        await app.round()
        left = [each for each in outbox(app) if not each.attempts]
        assert {(each.leased_until, each.error, each.repeated) for each in left} <= {(None, None, False)}
        assert sum(each.attempts for each in outbox(app)) == len(server.requests)


@pytest.mark.fault("WH04")
async def test_what_comes_for_a_quick_channel_goes_out_while_another_hangs(
    tmp_path: Path, server: HttpServer
) -> None:
    release = asyncio.Event()

    async def late(writer: asyncio.StreamWriter) -> None:
        await release.wait()
        writer.write(answer(200))

    server.serve("/hangs", late)
    async with service(tmp_path, server, PATIENT) as app:
        listen_in(app)
        queue(app, "hangs", 4)
        stop = asyncio.Event()
        serving = asyncio.create_task(app.serve(stop))
        await until(lambda: bool(asked(server, "/hangs")))
        for at in range(3):  # each in a round of its own
            queue(app, "quick", at + 1)
            await until(lambda: len(asked(server, "/quick")) == at + 1)  # noqa: B023 - awaited before the next
        assert len(asked(server, "/hangs")) == 2  # all that may wait for one subscriber
        release.set()
        stop.set()
        await serving


async def test_what_waits_for_a_channel_that_the_config_lost_says_so(
    tmp_path: Path, server: HttpServer
) -> None:
    async with service(tmp_path, server, PATIENT) as app:
        listen_in(app)
        queue(app, "gone")
        stop = asyncio.Event()
        serving = asyncio.create_task(app.serve(stop))
        await until(lambda: any(each.error for each in outbox(app)))
        stop.set()
        await serving
        assert [each.error for each in outbox(app)] == ["the config has no channel 'gone'"]

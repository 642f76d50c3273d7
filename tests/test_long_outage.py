"""A mail server down for six hours with a full outbox: nothing is lost, and no other channel waits for it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from builders import NOW, alert, delivery, subscription
from desk import RULES, free_port
from fakes import FakeClock
from mailserver import MailServer, mail_server

from monitor import outbox
from monitor.alerting.retry import LONGEST
from monitor.app import App
from monitor.config import Config
from monitor.matching.load import load_pack
from monitor.model import DeliveryState
from monitor.storage import alerts, deliveries, subscriptions

FEW, MANY = 200, 10_000  # the many by `pytest tests/test_long_outage.py --full`
AT_ONCE = 4
PER_ROUND = 4 * AT_ONCE
READERS = [f"reader-{at}" for at in range(5)]


class Counting(MailServer):
    """Knows how many mails were under way at once."""

    under_way = 0
    most = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        said = await super().handle_DATA(server, session, envelope)
        self.under_way -= 1
        return said


@asynccontextmanager
async def service(folder: Path, *, down: int, up: int) -> AsyncIterator[tuple[App, FakeClock]]:
    """Five readers by the channel `mail`, whose server is down, and one by `press`."""
    by = {"kind": "email", "host": "127.0.0.1", "security": "none", "sender": "b@example.org"}
    channels = {"mail": {**by, "port": down}, "press": {**by, "port": up}}
    config = Config.model_validate(
        {"channels": channels, "subscriptions": [], "delivery": {"concurrency": AT_ONCE}},
        context={"folder": folder},
    )
    clock = FakeClock(NOW)
    async with App.open(config, clock=clock, pack=load_pack([RULES]), draw=lambda: 0.5) as app:
        with app.parts.database.write() as conn:
            alerts.save(conn, alert())
            for name in READERS:
                subscriptions.add(conn, subscription(id=name, channel="mail", target=f"{name}@example.org"))
            subscriptions.add(conn, subscription(id="press", channel="press", target="press@example.org"))
        yield app, clock


def queue(app: App, whose: str, *, channel: str, revisions: range) -> None:
    new = [
        delivery(revision=at, subscription=whose, channel=channel, target=f"{whose}@example.org")
        for at in revisions
    ]
    with app.parts.database.write() as conn:
        deliveries.enqueue(conn, new)


def states(app: App, channel: str) -> Counter[DeliveryState]:
    with app.parts.database.read() as conn:
        return Counter(each.state for each in deliveries.listed(conn) if each.channel == channel)


@pytest.mark.fault("EM07")
@pytest.mark.timeout(3600)
async def test_a_full_outbox_outlives_six_hours_without_its_mail_server(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    count = MANY if pytestconfig.getoption("full") else FEW
    port = free_port()
    async with (
        mail_server() as other,
        service(tmp_path, down=port, up=other.port) as (app, clock),
    ):
        for name in READERS:
            queue(app, name, channel="mail", revisions=range(count // len(READERS)))
        for step in range(24):  # of a quarter of an hour
            queue(app, "press", channel="press", revisions=range(step, step + 1))
            await outbox.deliver(app.parts, now=clock.now)
            assert len(other.mails) == step + 1  # in the very next round, however many mails wait before it
            if step % 8 == 0:
                await app.deliver()
            clock.move(minutes=15)
        assert states(app, "mail") == {DeliveryState.PENDING: count}
        async with mail_server(port=port, kind=Counting) as server:
            assert isinstance(server, Counting)
            clock.move(seconds=LONGEST)
            rounds = []
            while len(server.mails) < count:
                rounds.append((await outbox.deliver(app.parts, now=clock.now)).sent)
        assert rounds == [min(PER_ROUND, count - sent) for sent in range(0, count, PER_ROUND)]
        assert server.most <= AT_ONCE
        assert states(app, "mail") == {DeliveryState.SENT: count}
        assert set(Counter(server.seen).values()) == {1}

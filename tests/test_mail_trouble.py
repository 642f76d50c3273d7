"""Trouble with a real mail server: down for hours, or refusing one mailbox for good."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from builders import NOW, article, event, subscription
from fakes import FakeClock, FakeReader
from mailserver import MailServer, mail_server

from monitor.app import App
from monitor.config import Config
from monitor.demo.loopback import listen, port_of
from monitor.matching.load import load_pack
from monitor.model import Delivery, DeliveryState
from monitor.storage import articles, deliveries, subscriptions

RULES = Path(__file__).parent / "data" / "rules"
FIRST = dt.date(2026, 1, 1)


class Desk:
    """A service that mails, on a clock of its own."""

    def __init__(self, app: App, clock: FakeClock) -> None:
        self.app = app
        self.clock = clock
        self.told = 0

    async def learns(self, count: int = 1) -> None:
        """So many events more, each with its alert."""
        numbers = range(self.told, self.told + count)
        self.told += count
        new = [
            article(
                key=f"{at}", title=f"launch-{at:02} fired", fetched=self.clock.now, published=self.clock.now
            )
            for at in numbers
        ]
        with self.app.parts.database.write() as conn:
            articles.add(conn, new)
        await self.app.analyse()

    def outbox(self, whose: str) -> Sequence[Delivery]:
        with self.app.parts.database.read() as conn:
            return [each for each in deliveries.listed(conn) if each.subscription == whose]

    def paused(self, whose: str) -> bool:
        with self.app.parts.database.read() as conn:
            found = subscriptions.get(conn, whose)
        return found is not None and found.paused


@asynccontextmanager
async def desk(folder: Path, port: int, *targets: str) -> AsyncIterator[Desk]:
    mail = {"kind": "email", "host": "127.0.0.1", "port": port, "security": "none", "sender": "b@example.org"}
    config = Config.model_validate(
        {"channels": {"mail": mail}, "subscriptions": []}, context={"folder": folder}
    )
    events = {f"launch-{at:02}": replace(event(), date=FIRST + dt.timedelta(days=3 * at)) for at in range(20)}
    clock = FakeClock(NOW)
    reader = FakeReader(events)
    async with App.open(
        config, clock=clock, pack=load_pack([RULES]), reader=lambda: reader, draw=lambda: 0.5
    ) as app:
        with app.parts.database.write() as conn:
            for target in targets:
                name = target.partition("@")[0]
                subscriptions.add(conn, subscription(id=name, channel="mail", target=target, asked=NOW))
        yield Desk(app, clock)


def free_port() -> int:
    with listen() as listener:
        return port_of(listener)


@pytest.mark.fault("EM07")
async def test_a_mail_server_down_for_six_hours_gets_every_mail_once_when_it_is_back(tmp_path: Path) -> None:
    port = free_port()
    async with desk(tmp_path, port, "ryu@example.org") as service:
        tries = []
        for _ in range(24):
            await service.learns(int(len(tries) < 8))
            await service.app.deliver()
            tries.append(max(each.attempts for each in service.outbox("ryu")))
            service.clock.move(minutes=15)
        waiting = service.outbox("ryu")
        assert {each.state for each in waiting} == {DeliveryState.PENDING}
        assert all("127.0.0.1" in (each.error or "") for each in waiting)  # why it is late can be seen
        assert max(tries) < 24  # not at every look: it waits longer and longer
        async with mail_server(port=port) as server:
            service.clock.move(hours=3)
            await service.app.deliver()
        assert Counter(server.seen).most_common(1)[0][1] == 1
        assert len(server.mails) == 8
        assert {each.state for each in service.outbox("ryu")} == {DeliveryState.SENT}


class Refusing(MailServer):
    """Takes no mail for one mailbox."""

    async def handle_RCPT(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def]  # noqa: N802 - aiosmtpd's
        if address.startswith("gone"):
            self.to_rcpt = ["550 no such mailbox"]
        return await super().handle_RCPT(server, session, envelope, address, options)


@pytest.mark.fault("EM09")
async def test_a_mailbox_that_refuses_for_good_is_left_in_peace_and_others_are_told(tmp_path: Path) -> None:
    async with (
        mail_server(kind=Refusing) as server,
        desk(tmp_path, server.port, "ryu@example.org", "gone@example.org") as service,
    ):
        for number in range(5):
            await service.learns()
            await service.app.deliver()
            assert service.paused("gone") == (number >= 2)
            service.clock.move(hours=1)
            await service.app.deliver()
        assert [str(mail["To"]) for mail in server.mails] == ["ryu@example.org"] * 5
        assert [each.attempts for each in service.outbox("gone")] == [1, 1, 1]  # once each, and no more
        assert {each.state for each in service.outbox("gone")} == {DeliveryState.DEAD}
        assert not service.paused("ryu")

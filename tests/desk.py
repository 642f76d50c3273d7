"""A service that mails, on a clock of its own, which learns of as many events as a test likes."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from builders import NOW, article, event, subscription
from fakes import FakeClock, FakeReader

from monitor.app import App
from monitor.config import Config
from monitor.demo.loopback import listen, port_of
from monitor.matching.load import load_pack
from monitor.model import Delivery
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
async def desk(folder: Path, port: int, *targets: str, patience: str = "30s") -> AsyncIterator[Desk]:
    mail = {"kind": "email", "host": "127.0.0.1", "port": port, "security": "none", "sender": "b@example.org"}
    config = Config.model_validate(
        {"channels": {"mail": mail}, "subscriptions": [], "delivery": {"timeout": patience}},
        context={"folder": folder},
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

"""Never a flood: what comes all at once, for a reason that is no news, is stored and not sent.

Twenty launches, each an event of its own with an alert of its own; the feed comes from a real server.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from builders import NOW, event, subscription
from fakes import FakeChannel, FakeClock, FakeReader
from feedserver import FeedServer, Item, feed_server

from monitor.app import App
from monitor.config import Config
from monitor.matching.judge import RuleIndex
from monitor.matching.load import load_pack
from monitor.model import Held, Reason
from monitor.storage import Database, alerts, deliveries, subscriptions
from monitor.storage.query import AlertQuery

RULES = Path(__file__).parent / "data" / "rules"
COUNT = 20
EVERY = dt.timedelta(days=3)  # from one launch to the next
DAYS = {f"launch-{at:02}": NOW + at * EVERY for at in range(2 * COUNT)}
EVENTS = {name: replace(event(), date=day.date(), date_given=True) for name, day in DAYS.items()}


class Desk:
    """A service on a clock of its own, with one feed."""

    def __init__(self, app: App, clock: FakeClock, server: FeedServer, channel: FakeChannel) -> None:
        self.app = app
        self.clock = clock
        self.server = server
        self.channel = channel

    def publish(self, *numbers: int, guid: str = "") -> None:
        """The feed now holds these launches, each from its day on; `guid` gives all of them other ids."""
        items: list[Item] = [
            (f"{guid}{at}", f"launch-{at:02} fired", DAYS[f"launch-{at:02}"]) for at in reversed(numbers)
        ]
        self.server.publish("a", items)

    async def polls(self, *, on: dt.datetime) -> int:
        """How many messages a round on that day sends."""
        self.clock.now = max(on, self.clock.now + dt.timedelta(hours=1))
        return (await self.app.round()).delivered.sent

    async def lived_through(self, *numbers: int) -> None:
        """The feed told of each launch on its day."""
        for at in numbers:
            self.publish(*range(at + 1))
            await self.polls(on=DAYS[f"launch-{at:02}"])

    def reasons(self) -> Counter[Reason]:
        """Why each alert that is stored was or was not sent, when it was decided first."""
        with self.app.parts.database.read() as conn:
            found = alerts.search(conn, AlertQuery(limit=None))
            return Counter(deliveries.decided(conn, each.id)[0].reason for each in found)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        running.publish("a", [("old", "Nothing of note", NOW - dt.timedelta(days=1))])
        yield running


@asynccontextmanager
async def desk(folder: Path, server: FeedServer, **wishes: object) -> AsyncIterator[Desk]:
    """Opened as a new installation, or as one that was away."""
    config = Config.model_validate(
        {
            "poll": {"allow_networks": ["127.0.0.1/32"]},
            "subscriptions": [{"id": "desk", "channel": "console", **wishes}],
            "feeds": [{"id": "a", "url": server.url("a"), "name": "a", "publisher": "A"}],
        },
        context={"folder": folder},
    )
    clock, channel = FakeClock(NOW - dt.timedelta(hours=3)), FakeChannel()
    opened = App.open(
        config,
        clock=clock,
        pack=load_pack([RULES]),
        reader=lambda: FakeReader(EVENTS),
        channels={"console": channel},
    )
    async with opened as app:
        yield Desk(app, clock, server, channel)


async def test_the_first_poll_of_a_feed_sends_nothing(tmp_path: Path, server: FeedServer) -> None:
    async with desk(tmp_path, server) as here:
        here.publish(*range(COUNT))
        assert await here.polls(on=DAYS["launch-19"]) == 0
        assert here.reasons() == {Reason.BASELINE: COUNT}


async def test_a_new_rule_sends_nothing_of_what_is_stored(tmp_path: Path, server: FeedServer) -> None:
    async with desk(tmp_path, server) as here:
        in_force = here.app.parts.rules
        here.app.parts = replace(here.app.parts, rules=RuleIndex.of([]))
        await here.polls(on=NOW - dt.timedelta(hours=2))
        await here.lived_through(*range(COUNT))
        here.app.parts = replace(here.app.parts, rules=in_force)
        assert await here.polls(on=DAYS["launch-19"]) == 0
        assert here.reasons() == {}
        here.publish(*range(COUNT + 1))
        assert await here.polls(on=DAYS["launch-20"]) == 1


async def test_a_new_subscription_is_sent_nothing_of_what_was_told_before(
    tmp_path: Path, server: FeedServer
) -> None:
    async with desk(tmp_path, server) as here:
        await here.polls(on=NOW - dt.timedelta(hours=2))
        await here.lived_through(*range(COUNT))
        assert len(here.channel.messages) == COUNT
        with here.app.parts.database.write() as conn:
            subscriptions.add(conn, subscription(id="new", channel="console"))
        assert await here.polls(on=DAYS["launch-19"]) == 0
        here.publish(*range(COUNT + 1))
        assert await here.polls(on=DAYS["launch-20"]) == 2  # the old one and the new one


async def test_after_downtime_what_is_fresh_is_sent_and_what_is_old_is_not(
    tmp_path: Path, server: FeedServer
) -> None:
    """A pause is no first poll: nothing of the last week is lost, and no mail tells of a month ago."""
    async with desk(tmp_path, server) as here:
        await here.polls(on=NOW - dt.timedelta(hours=2))
    async with desk(tmp_path, server) as again:
        again.publish(*range(COUNT))
        assert await again.polls(on=DAYS["launch-19"]) == 3  # of day 0, 3 and 6 before
        assert again.reasons() == {Reason.FIRST: 3, Reason.OLD: COUNT - 3}


async def test_after_downtime_a_cap_makes_one_digest_of_the_rest(tmp_path: Path, server: FeedServer) -> None:
    async with desk(tmp_path, server, cap=1) as here:
        await here.polls(on=NOW - dt.timedelta(hours=2))
    async with desk(tmp_path, server, cap=1) as again:
        again.publish(*range(COUNT))
        await again.polls(on=DAYS["launch-19"])
        assert len(again.channel.messages) == 1
        assert held(again.app.parts.database) == {Held.CAP: 2}
        again.clock.move(hours=2)
        await again.app.deliver()
    assert [len(each.messages) for each in again.channel.digests] == [2]


async def test_a_feed_all_of_whose_guids_changed_sends_nothing(tmp_path: Path, server: FeedServer) -> None:
    async with desk(tmp_path, server) as here:
        await here.polls(on=NOW - dt.timedelta(hours=2))
        await here.lived_through(*range(COUNT))
        for guid in ("b-", "c-", "d-"):
            here.publish(*range(COUNT), guid=guid)
            assert await here.polls(on=DAYS["launch-19"]) == 0
        here.publish(*range(COUNT + 1), guid="e-")
        assert await here.polls(on=DAYS["launch-20"]) == 1
        assert here.reasons() == {Reason.FIRST: COUNT + 1}


def held(database: Database) -> Counter[Held]:
    with database.read() as conn:
        return Counter(each.held for each in deliveries.listed(conn) if each.held)

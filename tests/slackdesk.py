"""The Slack app at work against `slackserver`, with the database that it writes to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import slackserver
from builders import NOW, alert, message
from fakes import FakeClock
from slackserver import ANSWER, KIM, LEE, ROOM, SlackServer
from websockets.asyncio.server import ServerConnection

from monitor.alerting.channels.slack import compose
from monitor.config import Config
from monitor.matching.load import load_pack
from monitor.model import Opinion, Record
from monitor.slackapp import serve
from monitor.slackapp.session import Waits
from monitor.storage import Database, audit, verdicts

RULES = Path(__file__).parent / "data/rules"
ALERT = alert()
WAITS = Waits(least=0.01, most=0.02)


class Desk:
    """The app at work, one connection to it, and the database that it writes to."""

    def __init__(self, slack: SlackServer, connection: ServerConnection, database: Database) -> None:
        self.slack = slack
        self.connection = connection
        self.database = database

    async def asks(self, text: str, **who: str) -> str:
        """What a slash command is answered."""
        said = await self.slack.hand(self.connection, "slash_commands", self.slack.command(text, **who))
        assert said["payload"]["response_type"] == "ephemeral"
        return str(said["payload"]["text"])

    async def presses(self, label: str, *, again: str = "", subscription: str = "desk", **who: str) -> str:
        """What a press is answered: the newest word to whoever pressed."""
        before = sum(each.path == ANSWER for each in self.slack.http.requests)
        pressed = self.slack.press(button(label, subscription), **who)
        await self.slack.hand(self.connection, "interactive", pressed, again=again)
        return str((await self.slack.said(ANSWER, before + 1))[-1]["text"])

    @property
    def audit(self) -> list[tuple[str, str, str, str]]:
        with self.database.read() as conn:
            lines: list[Record] = audit.listed(conn)
        return [(each.who, each.what, each.thing, each.origin) for each in reversed(lines)]

    @property
    def opinions(self) -> list[tuple[str, Opinion]]:
        with self.database.read() as conn:
            return [(each.analyst, each.opinion) for each in verdicts.of(conn, [ALERT.id])[ALERT.id]]


def button(label: str, subscription: str = "desk") -> Mapping[str, Any]:
    """The button of that name under the alert, as we post it."""
    told = message(ALERT)
    told = replace(told, delivery=replace(told.delivery, subscription=subscription))
    blocks = compose(told, buttons=True)["blocks"]
    assert isinstance(blocks, list)
    (found,) = [each for each in blocks[-1]["elements"] if each["text"]["text"] == label]
    return dict(found)


def config(folder: Path, slack: SlackServer, **more: object) -> Config:
    app = {
        "kind": "slack",
        "token": "xoxb-s3cret",
        "app_token": "xapp-s3cret",
        "workspaces": [slackserver.TEAM],
        "people": {KIM: "analyst", LEE: "reader"},
        "api_url": slack.api_url,
        **more,
    }
    settings: dict[str, object] = {
        "storage": {"url": f"sqlite:///{folder}/monitor.db"},
        "poll": {"allow_networks": ["127.0.0.1/32"]},
        "channels": {"slack": app},
        "subscriptions": [{"id": "desk", "channel": "slack", "target": ROOM}],
    }
    return Config.model_validate(settings, context={"folder": folder})


@asynccontextmanager
async def served(settings: Config, waits: Waits = WAITS) -> AsyncIterator[asyncio.Task[None]]:
    """The app at work."""
    stop = asyncio.Event()
    pack = load_pack([RULES])
    running = asyncio.create_task(
        serve(settings, "slack", stop, clock=FakeClock(NOW), draw=lambda: 1.0, waits=waits, pack=lambda: pack)
    )
    try:
        yield running
    finally:
        stop.set()
        await asyncio.wait({running})


async def connection_of(slack: SlackServer) -> ServerConnection:
    async with asyncio.timeout(20):
        return await slack.connected.get()

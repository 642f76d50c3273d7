"""Slack on loopback, as far as its documents say how Socket Mode goes: tickets, hello, envelopes, moves."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from httpserver import HttpServer, answer, http_server
from slacklimits import strict
from websockets.asyncio.server import ServerConnection, serve

from monitor.demo.loopback import HOST

OPEN, POST, ANSWER = "/api/apps.connections.open", "/api/chat.postMessage", "/answers/1"
TEAM, ROOM = "T024BE7LD", "C024BE91L"
KIM, LEE = "U061F7AUR", "U0READER1"


class SlackServer:
    """Hands out envelopes and keeps what is acknowledged; one ticket opens one connection."""

    def __init__(self, http: HttpServer) -> None:
        self.http = http
        self.acknowledged: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.connected: asyncio.Queue[ServerConnection] = asyncio.Queue()
        self.tickets: list[str] = []
        self.port = 0
        self._numbers = itertools.count(1)
        http.serve(POST, strict(http))
        self.answers_to = http.serve(ANSWER, answer(200, b"ok"))

    @property
    def api_url(self) -> str:
        return self.http.url(POST)

    def lets_in(self, *errors: str) -> None:
        """Answers to who asks for a connection: first these errors, then a ticket."""
        refused = [answer(200, json.dumps({"ok": False, "error": each}).encode()) for each in errors]
        url = f"ws://{HOST}:{self.port}/link/?ticket=s3cret&app_id=A1"
        self.http.serve(OPEN, *refused, answer(200, json.dumps({"ok": True, "url": url}).encode()))

    async def greet(self, connection: ServerConnection) -> None:
        """One connection: hello, then whatever is acknowledged."""
        assert connection.request is not None
        self.tickets.append(connection.request.path)
        hello = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}}
        await connection.send(json.dumps(hello))
        self.connected.put_nowait(connection)
        async for text in connection:
            self.acknowledged.put_nowait(json.loads(text))

    async def hand(
        self, connection: ServerConnection, kind: str, payload: Mapping[str, object], *, again: str = ""
    ) -> dict[str, Any]:
        """Hand an envelope over; what was acknowledged. `again` is the id of one that was handed over before."""
        name = again or f"envelope-{next(self._numbers)}"
        envelope = {
            "type": kind,
            "envelope_id": name,
            "payload": payload,
            "accepts_response_payload": kind == "slash_commands",
        }
        await connection.send(json.dumps(envelope))
        async with asyncio.timeout(20):
            return await self.acknowledged.get()

    async def said(self, path: str, count: int = 1) -> list[dict[str, Any]]:
        """What was posted there, once it was so often."""
        async with asyncio.timeout(20):
            while len(found := [each for each in self.http.requests if each.path == path]) < count:
                self.http.came.clear()
                await self.http.came.wait()
        return [json.loads(each.body) for each in found]

    def command(
        self, text: str, *, user: str = KIM, team: str = TEAM, trigger: str = "1.2.3"
    ) -> dict[str, object]:
        """A slash command, as its envelope carries it."""
        return {
            "team_id": team,
            "channel_id": ROOM,
            "user_id": user,
            "user_name": "kim",
            "command": "/bongsu",
            "text": text,
            "trigger_id": trigger,
            "response_url": self.answers_to,
        }

    def press(
        self, button: Mapping[str, Any], *, user: str = KIM, team: str = TEAM, at: str = "1773260000.000100"
    ) -> dict[str, object]:
        """A press of one of the buttons that we posted."""
        action = {name: button[name] for name in ("action_id", "value", "type")}
        return {
            "type": "block_actions",
            "team": {"id": team, "domain": "desk"},
            "user": {"id": user, "username": "kim", "team_id": team},
            "container": {"type": "message", "message_ts": "1773269000.000200", "channel_id": ROOM},
            "message": {"ts": "1773269000.000200"},
            "response_url": self.answers_to,
            "actions": [{**action, "action_ts": at}],
        }


@asynccontextmanager
async def slack_server() -> AsyncIterator[SlackServer]:
    async with http_server() as http:
        slack = SlackServer(http)
        async with serve(slack.greet, HOST, 0) as sockets:
            slack.port = next(iter(sockets.sockets)).getsockname()[1]
            slack.lets_in()
            yield slack

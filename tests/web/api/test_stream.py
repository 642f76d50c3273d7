"""New alerts as they come, over a real server on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from apiworld import World
from builders import alert

from monitor.model import Level, Standing
from monitor.web import serving

STREAM = "/api/v1/alerts/stream"


@dataclass(frozen=True, kw_only=True)
class Event:
    id: str
    kind: str
    data: Any


async def events(answer: httpx.Response) -> AsyncIterator[Event]:
    """As the standard has them read; one without data only moves the id."""
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "id" in fields:
            data = json.loads(fields["data"]) if "data" in fields else None
            yield Event(id=fields["id"], kind=fields.get("event", ""), data=data)
            fields = {}


@asynccontextmanager
async def followed(address: str, last: str = "", **asked: str) -> AsyncIterator[AsyncIterator[Event]]:
    headers = {"last-event-id": last} if last else {}
    async with (
        httpx.AsyncClient(base_url=address, timeout=30) as client,
        client.stream("GET", STREAM, params=asked, headers=headers) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield events(answer)


@pytest.fixture
async def address(world: World) -> AsyncIterator[str]:
    async with serving(world.made, host="127.0.0.1", port=0) as found:
        assert found
        yield found


async def test_alerts_come_as_they_are_opened_and_revised(world: World, address: str) -> None:
    world.save(alert(id="before"))
    async with followed(address) as coming:
        start = await anext(coming)
        assert (start.id, start.data) == ("1", None)
        world.save(alert())
        opened = await anext(coming)
        world.save(replace(alert(), revision=2, level=Level.CRITICAL))
        revised = await anext(coming)
    assert (opened.id, opened.kind, opened.data["revision"]) == ("2", "opened", 1)
    assert opened.data["alert"]["id"] == alert().id
    assert (revised.id, revised.kind, revised.data["alert"]["level"]) == ("3", "revised", "critical")


async def test_who_comes_back_gets_what_came_meanwhile(world: World, address: str) -> None:
    async with followed(address) as coming:
        last = (await anext(coming)).id
    world.save(*(alert(id=f"{at:016x}") for at in range(120)))  # more than one look takes
    async with followed(address, last) as coming:
        assert (await anext(coming)).id == last
        found = [(await anext(coming)).data["alert"]["id"] for _ in range(120)]
    assert found == [f"{at:016x}" for at in range(120)]
    async with followed(address, last_event_id="119") as coming:
        await anext(coming)
        assert (await anext(coming)).id == "120"


async def test_only_what_was_asked_for_comes(world: World, address: str) -> None:
    async with followed(address, level="high", rule="dprk-missile-launch") as coming:
        await anext(coming)
        world.save(
            alert(id="low", level=Level.LOW),
            alert(id="other", rules=("adiz-incursion",)),
            alert(id="tried", shadow=True),
            alert(id="baseline", standing=Standing.BASELINE),
            alert(id="wanted"),
        )
        assert (await anext(coming)).data["alert"]["id"] == "wanted"


async def test_none_is_lost_of_many_writers_and_a_client_that_leaves_and_returns(
    world: World, address: str
) -> None:
    wanted = {f"{writer}{at}" for writer in "xyz" for at in range(12)}

    def write(writer: str) -> None:
        for at in range(12):
            world.save(alert(id=f"{writer}{at}"))

    last = "0"
    found: list[str] = []
    async with asyncio.TaskGroup() as group:
        for writer in "xyz":
            group.create_task(asyncio.to_thread(write, writer))
        while len(found) < len(wanted):
            async with followed(address, last) as coming:
                last = (await anext(coming)).id
                for _ in range(min(9, len(wanted) - len(found))):
                    event = await anext(coming)
                    last = event.id
                    found.append(event.data["alert"]["id"])
    assert sorted(found) == sorted(wanted)


@pytest.mark.parametrize("last", ["99", "-1", "x", "٣", "1.5", "9" * 39])
async def test_an_event_that_never_was_is_told(world: World, address: str, last: str) -> None:
    await world.get("/alerts/stream", 400, last_event_id=last)
    async with httpx.AsyncClient(base_url=address) as client:
        answer = await client.get(STREAM, headers=[(b"last-event-id", last.encode())])
    assert answer.status_code == 400


async def test_open_streams_end_with_the_server(world: World) -> None:
    async with serving(world.made, host="127.0.0.1", port=0) as address:
        opened = followed(str(address))
        coming = await opened.__aenter__()
        await anext(coming)
    assert [event async for event in coming] == []
    await opened.__aexit__(None, None, None)

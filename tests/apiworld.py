"""The API on a real application and a real database, SQLite where no other is named."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from builders import NOW
from fakes import FakeClock, FakeReader
from starlette.applications import Starlette

from monitor.app import App
from monitor.config import Config
from monitor.matching.load import load_pack
from monitor.model import Alert
from monitor.storage import alerts
from monitor.web import create
from monitor.web.site import Site

RULES = Path(__file__).parent / "data" / "rules"
ADDRESS = "http://127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Running:
    """An application on a clock that stands still, and who asks it."""

    app: App
    client: httpx.AsyncClient
    clock: FakeClock

    def save(self, *told: Alert) -> None:
        with self.app.parts.database.write() as conn:
            for each in told:
                alerts.save(conn, each)


@dataclass(frozen=True, kw_only=True)
class World(Running):
    made: Starlette

    async def get(self, path: str, expected: int = 200, /, **params: str | int) -> Any:
        answer = await self.client.get(f"/api/v1{path}", params=params)
        assert answer.status_code == expected, answer.text
        if expected >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == expected
        return answer.json()


@asynccontextmanager
async def open_app(
    folder: Path,
    clock: FakeClock,
    *,
    rules: Path = RULES,
    url: str = "",
    web: Mapping[str, object] | None = None,
) -> AsyncIterator[App]:
    """With one feed, which nobody polls, and a reader that finds nothing."""
    config = Config.model_validate(
        {
            "feeds": [{"id": "a", "url": "https://a.example/rss", "name": "Wire A", "publisher": "A"}],
            "web": web or {},
            **({"storage": {"url": url}} if url else {}),
        },
        context={"folder": folder},
    )
    async with App.open(
        config, clock=clock, pack=load_pack([rules]), reader=lambda: FakeReader({}), channels={}
    ) as app:
        yield app


@asynccontextmanager
async def open_world(folder: Path, *, url: str = "", **web: object) -> AsyncIterator[World]:
    clock = FakeClock(NOW)
    async with open_app(folder, clock, url=url, web=web) as app:
        made = create(Site(app=app), hosts=["127.0.0.1"])
        asked = httpx.ASGITransport(app=made, client=("127.0.0.1", 50000))
        async with httpx.AsyncClient(transport=asked, base_url=ADDRESS) as client:
            yield World(app=app, made=made, client=client, clock=clock)

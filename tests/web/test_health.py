"""`/healthz` and `/readyz` tell the truth: of a scheduler that stops, a database that goes, rules with mistakes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from pages import World, open_world
from postgres import Postgres
from sqlalchemy import make_url

from monitor import rulebook
from monitor.errors import Mistake, RuleError

BROKEN = RuleError([Mistake(where="rules/x.yml:1:1", what="unknown key")])


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, web={}) as opened:
        yield opened


async def told(world: World, path: str) -> tuple[int, dict[str, str]]:
    answer = await world.client.get(path)
    return answer.status_code, answer.json()["faults"]


async def test_a_scheduler_that_runs_is_alive_and_one_that_stopped_is_not(world: World) -> None:
    assert await told(world, "/healthz") == (503, {"scheduler": "never ran"})
    stop = asyncio.Event()
    service = asyncio.create_task(world.app.serve(stop))
    while (await told(world, "/healthz"))[0] != 200:  # noqa: ASYNC110 - as a load balancer asks
        await asyncio.sleep(0.01)
    assert await told(world, "/readyz") == (200, {})
    stop.set()
    await service
    world.clock.move(minutes=2, seconds=1)
    status, faults = await told(world, "/healthz")
    assert (status, list(faults)) == (503, ["scheduler"])
    assert (await told(world, "/readyz"))[0] == 503


async def test_rules_with_mistakes_are_told_while_the_last_good_set_is_in_force(world: World) -> None:
    await world.app.beat()
    rulebook.refuse(world.app.parts.database, BROKEN, now=world.clock.now)
    assert await told(world, "/healthz") == (200, {})
    answer = await world.client.get("/readyz")
    said = "rules/x.yml:1:1: unknown key; the last good set is in force"
    assert (answer.status_code, answer.json()) == (
        200,
        {"ok": True, "faults": {}, "degraded": {"rules": said}},
    )


async def test_without_any_rule_in_force_the_service_is_not_ready(world: World) -> None:
    await world.app.beat()
    rulebook.refuse(world.app.parts.database, BROKEN, now=world.clock.now)
    world.app.pack = replace(world.app.pack, rules=(), over_time=())
    assert await told(world, "/readyz") == (503, {"rules": "rules/x.yml:1:1: unknown key"})


async def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    async with open_world(tmp_path, web={}) as world:
        await world.app.beat()
        file = world.app.parts.database.path
        assert file is not None
        away = file.rename(file.with_suffix(".away"))
        for path in ("/healthz", "/readyz"):
            status, faults = await told(world, path)
            assert (status, list(faults)) == (503, ["database"])
        away.rename(file)
        assert (await told(world, "/healthz"))[0] == 200


@contextmanager
def out_of_reach(url: str) -> Iterator[None]:
    """Nobody may connect to the database, and whoever is connected is thrown out."""
    parts = make_url(url)
    name, server = parts.database, parts.set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        yield
        conn.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())


@pytest.mark.xdist_group("postgresql")
async def test_a_server_that_refuses_us_is_told(tmp_path: Path, postgres: Postgres) -> None:
    with postgres.database(migrated=False) as url:
        async with open_world(tmp_path, web={}, url=url) as world:
            await _told_while_out_of_reach(world, url)


async def _told_while_out_of_reach(world: World, url: str) -> None:
    await world.app.beat()
    with out_of_reach(url):
        for path in ("/healthz", "/readyz"):
            status, faults = await told(world, path)
            assert (status, list(faults)) == (503, ["database"])
    assert (await told(world, "/healthz"))[0] == 200


async def test_strangers_learn_that_something_is_wrong_and_not_what(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await world.app.beat()
        rulebook.refuse(world.app.parts.database, BROKEN, now=world.clock.now)
        assert (await world.client.get("/readyz")).json()["degraded"] == {"rules": "not well"}
        await world.sign_in("rho@example.org")
        assert "x.yml" in (await world.client.get("/readyz")).json()["degraded"]["rules"]

"""What stands before every route: limits, who may write from where, and what is not sent twice."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from apiworld import World, open_world
from builders import alert

from monitor.web.api import PATH, description

ACK = f"/api/v1/alerts/{alert().id}/acknowledgements"


async def test_who_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    async with open_world(tmp_path, requests_per_minute=3) as world:
        for _ in range(3):
            await world.get("/rules")
        answer = await world.client.get("/api/v1/rules")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "20")
        assert answer.headers["content-type"] == "application/problem+json"
        assert (await world.client.get("/alerts")).status_code == 200  # the pages have no such limit
        world.clock.move(seconds=20)
        await world.get("/rules")


@pytest.mark.fault("WB04")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"origin": "http://127.0.0.1"}, 201),
        ({"origin": "http://127.0.0.1:81"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://[evil"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1"}, 201),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": "application/json; charset=utf-8"}, 201),
    ],
    ids=str,
)
async def test_nothing_is_written_for_a_page_from_elsewhere(
    world: World, headers: dict[str, str], status: int
) -> None:
    world.save(alert())
    sent = {"content-type": "application/json", **headers}
    answer = await world.client.post(ACK, content=b'{"note": "On it."}', headers=sent)
    assert answer.status_code == status, answer.text
    seen = (await world.get(f"/alerts/{alert().id}"))["acknowledgements"]
    assert len(seen) == (status == 201)


async def test_a_lifted_silence_needs_no_body_but_its_own_origin(world: World) -> None:
    for headers, status in (({"origin": "https://evil.example"}, 403), ({}, 404)):
        answer = await world.client.delete("/api/v1/silences/none", headers=headers)
        assert answer.status_code == status


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"note"', b"\xff\xfe", b"[" * 50_000, b'{"note": 1}', b'{"nte": ""}']
)
async def test_a_body_that_is_none_of_ours_is_refused(world: World, body: bytes) -> None:
    answer = await world.client.post(ACK, content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_that_is_too_large_is_not_read_to_its_end(world: World) -> None:
    taken = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal taken
        while taken < 10_000_000:
            taken += 8192
            yield b" " * 8192

    answer = await world.client.post(ACK, content=parts(), headers={"content-type": "application/json"})
    assert answer.status_code == 413


async def test_what_is_known_is_not_sent_again(world: World) -> None:
    world.save(alert())
    first = await world.client.get("/api/v1/alerts")
    etag = first.headers["etag"]
    for known in (etag, f'W/{etag}, "other"', "*"):
        again = await world.client.get("/api/v1/alerts", headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    world.save(alert(id="b" * 16))
    changed = await world.client.get("/api/v1/alerts", headers={"if-none-match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


@pytest.mark.parametrize(
    ("method", "path"),
    [(method, path) for path, methods in description()["paths"].items() for method in methods],
)
async def test_every_route_asks_at_the_door(world: World, method: str, path: str) -> None:
    address = PATH + re.sub(r"{\w+}", "abcd", path)
    shown = {"authorization": "Bearer of-nobody"}
    body: dict[str, str] | None = {} if method == "post" else None
    answer = await world.client.request(method, address, headers=shown, json=body)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", [path for path, methods in description()["paths"].items() if "get" in methods]
)
async def test_head_is_get_without_the_body(world: World, path: str) -> None:
    world.save(alert())
    address = PATH + re.sub(r"{\w+}", alert().id, path)
    headed = await world.client.head(address)
    assert headed.content == b""
    if path != "/alerts/stream":  # which never ends
        got = await world.client.get(address)
        told = {name: headed.headers[name] for name in headed.headers}
        assert (headed.status_code, told) == (got.status_code, dict(got.headers))


async def test_head_changes_nothing(world: World) -> None:
    assert (await world.client.head(ACK)).status_code == 405

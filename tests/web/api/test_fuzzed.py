"""Questions made up from the description, odd ones too: none may break the API, and each answer is as described."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest
import schemathesis
from apiworld import open_world
from builders import NOW, alert, article, delivery
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from monitor.storage import articles, deliveries
from monitor.web import serving
from monitor.web.api import PATH, description

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SCHEMA = schemathesis.openapi.from_dict(description()).exclude(path="/alerts/stream")  # it would not end


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a service with a little in its history, in a thread of its own."""
    told: Future[str] = Future()
    stop = threading.Event()

    async def serve() -> None:
        folder = tmp_path_factory.mktemp("fuzzed")
        async with open_world(folder, requests_per_minute=1_000_000) as world:
            world.save(alert(), alert(id="b" * 16, opened=NOW.replace(day=1)))
            with world.app.parts.database.write() as conn:
                articles.add(conn, [article()])
                deliveries.enqueue(conn, [delivery()])
            async with serving(world.made, host="127.0.0.1", port=0) as found:
                told.set_result(f"{found}{PATH}")
                await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=asyncio.run, args=[serve()])
    thread.start()
    yield told.result(timeout=60)
    stop.set()
    thread.join()


@pytest.mark.fault("AP01", "AP03")
@SCHEMA.parametrize()
@settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_question_breaks_the_api(case: schemathesis.Case[Any], address: str) -> None:
    case.call_and_validate(base_url=address, checks=CHECKS)

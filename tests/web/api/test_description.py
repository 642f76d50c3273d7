"""The API's own description."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from apiworld import World

from monitor.web.api import description

MADE = description()


async def test_the_api_hands_out_its_description(world: World) -> None:
    assert (await world.get("/openapi.json")) == MADE
    assert MADE["openapi"].startswith("3.1")


async def test_the_front_leads_to_the_description(world: World) -> None:
    answer = await world.client.get("/api/v1", follow_redirects=True)
    described = answer.url.join(answer.json()["description"])
    assert (await world.client.get(described)).json() == MADE


def test_every_reference_of_the_description_leads_somewhere() -> None:
    known = {f"#/components/schemas/{name}" for name in MADE["components"]["schemas"]}
    assert set(references(MADE)) == known


def references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [found for each in part for found in references(each)]
    if not isinstance(part, dict):
        return []
    own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
    return own + [found for each in part.values() for found in references(each)]


def operations() -> list[Any]:
    return [
        pytest.param(operation, id=f"{method} {path}")
        for path, methods in MADE["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.mark.parametrize("operation", operations())
def test_every_route_and_parameter_is_explained(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"]
    assert [each["name"] for each in operation.get("parameters", []) if not each.get("description")] == []
    problems = {status: each for status, each in operation["responses"].items() if status >= "400"}
    assert {"401", "403", "422", "429", "503"} <= set(problems)
    assert all(list(each["content"]) == ["application/problem+json"] for each in problems.values())


def test_the_description_in_the_documents_is_up_to_date() -> None:
    """`make openapi` writes it anew."""
    kept = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert kept == MADE

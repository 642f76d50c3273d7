"""docs/api.md and the README, followed as they stand: every call is made, and answers what they show."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import documents
import httpx
import pytest
from apiworld import World
from builders import NOW, alert, article, delivery, report

from monitor.exports import FORMATS
from monitor.mcp_server import TOOLS
from monitor.model import Silence
from monitor.storage import articles, deliveries, silences
from monitor.web import serving
from monitor.web.api import PATH, description
from monitor.web.api.formats import MEDIA_TYPES

PAGE = "docs/api.md"
STEPS = documents.blocks(documents.read("README.md") + documents.read(PAGE), "shell", "json")
CURL = [
    (line, STEPS[at + 1].text if at + 1 < len(STEPS) and STEPS[at + 1].language == "json" else "")
    for at, step in enumerate(STEPS)
    if step.language == "shell"
    for line in step.text.splitlines()
    if line.startswith("curl ")
]


@dataclass(frozen=True)
class Call:
    """What a command line with curl asks."""

    method: str
    path: str
    headers: dict[str, str]
    body: str | None


def call(line: str) -> Call:
    method, headers, body, address = "", {}, None, ""
    words = iter(shlex.split(line)[1:])
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(words)
        elif word != "-N":
            address = word
    parts = urlsplit(address)
    assert parts.netloc == "127.0.0.1:8700"
    return Call(method or ("POST" if body else "GET"), f"{parts.path}?{parts.query}", headers, body)


@pytest.fixture
async def filled(world: World) -> World:
    other = alert(id="9" * 16, opened=NOW.replace(day=10), reports=(report(article="other"),))
    world.save(alert(), other)
    with world.app.parts.database.write() as conn:
        articles.add(conn, [article()])
        deliveries.enqueue(conn, [delivery(target="desk@example.org")])
        until = NOW.replace(day=13)
        silences.add(conn, Silence(id="1a2b3c4d", author="kim", reason="drills", created=NOW, until=until))
    return world


def is_part(shown: Any, told: Any) -> bool:
    """Whether all that is shown is told; of lists the beginning."""
    if isinstance(shown, dict):
        return isinstance(told, dict) and all(
            name in told and is_part(value, told[name]) for name, value in shown.items()
        )
    if isinstance(shown, list):
        return isinstance(told, list) and len(told) >= len(shown) and all(map(is_part, shown, told))
    return bool(shown == told)


@pytest.mark.parametrize(("line", "shown"), [each for each in CURL if "/stream" not in each[0]])
async def test_every_call_answers_as_the_document_says(filled: World, line: str, shown: str) -> None:
    asked = call(line)
    answer = await filled.client.request(asked.method, asked.path, headers=asked.headers, content=asked.body)
    last = [each for each, said in CURL if said == shown][-1]  # of several calls, whose answer is shown
    wanted = json.loads(shown) if shown and line == last else {}
    assert answer.status_code < 400 or answer.status_code == wanted.get("status"), answer.text
    if wanted:
        assert is_part(wanted, answer.json()), answer.text


async def test_the_stream_says_what_the_document_shows(filled: World) -> None:
    section = documents.section(PAGE, "Follow")
    (line,) = documents.blocks(section, "shell")
    (shown,) = documents.blocks(section, "text")
    asked = call(line.text)
    wanted = shown.text.strip()
    async with (
        serving(filled.made, host="127.0.0.1", port=0) as address,
        httpx.AsyncClient(base_url=str(address), timeout=30) as client,
        client.stream(asked.method, asked.path, headers=asked.headers) as answer,
    ):
        told = ""
        async for part in answer.aiter_text():
            told += part.replace("\r\n", "\n")
            if wanted in told:
                return
    pytest.fail(told)


def test_every_address_of_the_api_is_in_the_document() -> None:
    called = {call(line).path.partition("?")[0].removeprefix(PATH) for line, _ in CURL}
    shapes = {path for path in description()["paths"] if path != "/"}
    patterns = {shape: shape.split("/") for shape in shapes}
    lacking = {
        shape
        for shape, parts in patterns.items()
        if not any(
            len(parts) == len(path.split("/"))
            and all(
                part.startswith("{") or part == other
                for part, other in zip(parts, path.split("/"), strict=True)
            )
            for path in called
        )
    }
    assert lacking == set()


def test_every_format_and_tool_is_in_the_document() -> None:
    listed = documents.rows(documents.section(PAGE, "Formats"))
    assert listed == list(FORMATS)
    assert all(f"`{MEDIA_TYPES[form]}`" in documents.section(PAGE, "Formats") for form in FORMATS)
    assert documents.rows(documents.section(PAGE, "Tools for an assistant")) == list(TOOLS)


def test_every_problem_of_the_description_is_in_the_document() -> None:
    told = set(documents.rows(documents.section(PAGE, "When something goes wrong")))
    operations = [each for methods in description()["paths"].values() for each in methods.values()]
    assert {status for each in operations for status in each["responses"] if status >= "400"} == told - {
        "405"
    }

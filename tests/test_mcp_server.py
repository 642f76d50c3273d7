"""The tools for an assistant, called by the SDK's own client over stdio."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from builders import alert

from monitor.history import utc_now
from monitor.model import AlertVerdict, Level, Opinion
from monitor.storage import Database, alerts, verdicts

mcp = pytest.importorskip("mcp")

CONFIG = '[storage]\nurl = "sqlite:///history.db"\n'
DAY = dt.timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A config and a history: two alerts of this week and one of the week before."""
    (tmp_path / "config.toml").write_text(CONFIG)
    database = Database(f"sqlite:///{tmp_path / 'history.db'}")
    database.upgrade()
    now = utc_now()
    with database.write() as conn:
        alerts.save(conn, alert(opened=now - DAY))
        alerts.save(conn, alert(id="b" * 16, level=Level.LOW, opened=now - 2 * DAY, actors=("china",)))
        alerts.save(conn, alert(id="c" * 16, opened=now - 8 * DAY))
        said = AlertVerdict(alert="b" * 16, analyst="Kim", opinion=Opinion.TRUE, given=now)
        verdicts.add(conn, said)
    database.close()
    return tmp_path


@asynccontextmanager
async def assistant(folder: Path) -> AsyncIterator[Any]:
    """A client with the server as its child, as assistants run it."""
    config = str(folder / "config.toml")
    words = ["-m", "monitor", "mcp", "-c", config]
    started = mcp.StdioServerParameters(command=sys.executable, args=words, cwd=Path(__file__).parents[1])
    async with mcp.Client(mcp.stdio_client(started)) as client:
        yield client


async def test_the_tools_say_what_they_do_and_that_they_only_read(folder: Path) -> None:
    async with assistant(folder) as client:
        tools = (await client.list_tools()).tools
    assert {each.name for each in tools} == {
        "search_alerts",
        "get_alert",
        "list_rules",
        "explain_text",
        "compare_periods",
    }
    for each in tools:
        assert each.description
        assert each.annotations.read_only_hint
        assert each.output_schema
        assert all(part.get("description") for part in each.input_schema.get("properties", {}).values())


async def test_an_assistant_finds_alerts_and_reads_one(folder: Path) -> None:
    async with assistant(folder) as client:
        page = (await client.call_tool("search_alerts", {"limit": 2})).structured_content
        rest = (await client.call_tool("search_alerts", {"after": page["next"]})).structured_content
        found = (await client.call_tool("search_alerts", {"actor": "china"})).structured_content
        one = (await client.call_tool("get_alert", {"alert": "b" * 16})).structured_content
        counted = (await client.call_tool("compare_periods", {"days": 7})).structured_content
        rules = (await client.call_tool("list_rules")).structured_content
    assert [each["id"] for each in page["items"]] == [alert().id, "b" * 16]
    assert ([each["id"] for each in rest["items"]], rest["next"]) == (["c" * 16], None)
    assert [each["id"] for each in found["items"]] == ["b" * 16]
    assert (one["verdicts"][0]["analyst"], one["reports"][0]["publisher"]) == ("Kim", "Yonhap")
    assert (counted["now"]["alerts"], counted["before"]["alerts"]) == (2, 1)
    assert counted["actors"][0] == {"value": "china", "now": 1, "before": 0}
    assert "dprk-missile-launch" in {each["id"] for each in rules["items"]}


WRONG = [
    ("search_alerts", {"level": "lofty"}, "'lofty' is no level"),
    ("search_alerts", {"since": "yesterday"}, "is no time"),
    ("search_alerts", {"after": "nonsense"}, "not a place in the history"),
    ("search_alerts", {"limit": 51}, "less than or equal to 50"),
    ("get_alert", {"alert": "ffff"}, "there is no alert 'ffff'"),
    ("explain_text", {"rule": "none", "text": "a"}, "there is no event rule 'none'"),
    ("compare_periods", {"until": "0001-01-02", "days": 7}, "before the calendar begins"),
]


async def test_questions_that_make_no_sense_are_answered_in_words(folder: Path) -> None:
    async with assistant(folder) as client:
        answers = [await client.call_tool(tool, asked) for tool, asked, _ in WRONG]  # one server for all
    for answer, (_, _, said) in zip(answers, WRONG, strict=True):
        assert answer.is_error
        assert said in answer.content[0].text


@pytest.mark.model
async def test_an_assistant_is_told_why_a_rule_fires(folder: Path) -> None:
    asked = {"rule": "dprk-missile-launch", "text": "North Korea may fire a ballistic missile, Seoul said."}
    async with assistant(folder) as client:
        told = (await client.call_tool("explain_text", asked)).structured_content
    assert (told["fires"], told["because"]) == (False, ["hypothetical"])
    failed = [part for part in told["events"][0]["alternatives"][0]["conditions"] if not part["holds"]]
    assert [(part["role"], part["word"]) for part in failed] == [("status", "may")]


async def test_the_history_is_not_changed_nor_made(folder: Path) -> None:
    (folder / "history.db").unlink()
    async with assistant(folder) as client:
        answer = await client.call_tool("search_alerts", {})
    assert "monitor db upgrade" in answer.content[0].text
    assert not (folder / "history.db").exists()


def test_without_the_extra_it_says_what_to_install(folder: Path) -> None:
    """A folder that hides the SDK stands in for an installation without it."""
    hidden = folder / "hidden" / "mcp"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ModuleNotFoundError(\"No module named 'mcp'\", name='mcp')")
    root = Path(__file__).parents[1]
    words = [sys.executable, "-m", "monitor", "mcp", "-c", str(folder / "config.toml")]
    done = subprocess.run(
        words,
        cwd=root,
        env={"PYTHONPATH": str(hidden.parent), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 2
    assert "pip install 'bongsu[mcp]'" in done.stderr
    assert "Traceback" not in done.stderr

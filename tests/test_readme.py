"""The README, followed as it stands: its rule is written and run, its subscriptions are made and get mail."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import documents
import pytest
from commands import Answer, run
from documents import Block
from httpserver import answer, http_server
from logs import plain_log
from mailserver import mail_server

from monitor import config
from monitor.demo.loopback import HOST
from monitor.matching.load import load_pack

FIVE_MINUTES = "A rule of your own in five minutes"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to work in, without a config in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    yield tmp_path
    plain_log()


# --- a rule in five minutes ------------------------------------------------------------------------


def shell(command: str) -> str:
    """What the command prints, called in a shell where `monitor` is known; it must succeed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-ec", command],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def save(block: Block) -> None:
    """Write the file under the name that its first line says."""
    name = re.match(r"# (rules/\S+\.yml)\n", block.text)
    assert name
    path = Path(name[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, encoding="utf-8")


@pytest.mark.model
def test_the_rule_of_the_readme_is_written_checked_and_tested_as_it_says() -> None:
    steps = documents.blocks(documents.section("README.md", FIVE_MINUTES), "yaml", "shell", "text")
    files = [step for step in steps if step.language == "yaml"]
    for file in files:
        save(file)
    check, said, match, _demo, _history = [step for step in steps if step.language != "yaml"]
    assert shell(check.text).endswith(said.text)
    (found,) = json.loads(shell(match.text))["matches"]
    assert found["rule"] == "prc-mineral-curbs"


def test_the_rule_of_the_readme_is_not_in_the_pack() -> None:
    (rule,) = re.findall(r"^id: (\S+)", documents.section("README.md", FIVE_MINUTES), re.MULTILINE)
    assert rule not in {each.id for each in load_pack([documents.ROOT / "rules"]).rules}


# --- subscriptions ---------------------------------------------------------------------------------


def installed(heading: str, **changed: str) -> None:
    """A new installation with the part of the config that the section shows, some of it changed."""
    assert run("init").status == 0
    (block,) = documents.blocks(documents.section("README.md", heading), "toml")
    text = block.text
    for old, new in changed.items():
        text, count = re.subn(rf"^{old} = .*$", new, text, flags=re.MULTILINE)
        assert count == 1
    allowed = (
        Path("config.toml")
        .read_text(encoding="utf-8")
        .replace("allow_networks = []", f'allow_networks = ["{HOST}/32"]')
    )
    Path("config.toml").write_text(f"{allowed}\n{text}", encoding="utf-8")


def lines(heading: str) -> list[list[str]]:
    """The words of each `monitor` line of the section, without `monitor`."""
    found = documents.blocks(documents.section("README.md", heading), "shell")
    told = [line for block in found for line in block.text.splitlines() if line.startswith("monitor ")]
    return [shlex.split(line)[1:] for line in told]


async def called(*words: str) -> Answer:
    """The command, run beside the servers of the test."""
    done = await asyncio.to_thread(run, *words)
    assert done.status == 0, done.out + done.err
    return done


async def test_subscriptions_by_email_work_as_the_readme_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "right")
    async with mail_server() as server:
        installed("By email", host=f'host = "{HOST}"\nport = {server.port}\nsecurity = "none"')
        for words in lines("By email"):
            await called(*words)
        await called("subscriptions", "test", "kim-mail")
        assert server.recipients == [["desk@example.org"], ["kim@example.org"]]
        assert server.logins[0] == ("bongsu", "right")
    listed = {each["id"]: each for each in run("subscriptions", "list", "--json").json}
    assert (listed["desk-mail"]["min_level"], listed["desk-mail"]["from_config"]) == ("high", True)
    assert listed["kim-mail"]["rules"] == ["adiz-incursion", "dprk-missile-launch"]


async def test_subscriptions_by_slack_work_as_the_readme_says(monkeypatch: pytest.MonkeyPatch) -> None:
    async with http_server() as server:
        monkeypatch.setenv("SLACK_WEBHOOK_URL", server.serve("/services/hook", answer(200, b"ok")))
        installed("By Slack")
        for words in lines("By Slack"):
            await called(*words)
        await called("subscriptions", "test", "taiwan-slack")
        assert [request.path for request in server.requests] == ["/services/hook"] * 2
        assert all(json.loads(request.body)["blocks"] for request in server.requests)
    for words in lines("To change or stop"):
        await called(*words)
    assert {each["id"] for each in run("subscriptions", "list", "--json").json} == {"everyone", "desk-slack"}


# --- the rest --------------------------------------------------------------------------------------


def test_names_of_rules_and_of_entries_in_commands_are_there() -> None:
    pack = load_pack([documents.ROOT / "rules"])
    known = {rule.id for rule in pack.rules} | set(pack.vocabulary.entities) | {"prc-mineral-curbs"}
    named = re.findall(r"--(?:rule|actor|place) ([a-z-]+)", documents.read("README.md"))
    assert len(named) >= 5
    assert set(named) <= known


def test_the_number_of_feeds_is_right() -> None:
    assert run("init").status == 0
    feeds = config.load(Path("config.toml")).feeds
    assert f"with {len(feeds)} feeds" in documents.read("README.md")


def test_the_history_is_asked_as_the_readme_says() -> None:
    assert run("init").status == 0
    for words in lines("The history"):
        if words[:2] not in (["alerts", "show"], ["alerts", "verdict"]):  # their id is made up
            assert run(*words).status == 0, words


def test_the_other_model_is_named_as_the_config_takes_it() -> None:
    (block,) = documents.blocks(documents.section("README.md", "The spaCy model"), "toml")
    assert config.parse(block.text, path=Path("config.toml")).analysis.model == "en_core_web_sm"

"""The whole demo, as a person runs it: once through, and killed again and again."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from commands import run

from monitor.demo.ledger import Receipt, read
from monitor.model import DeliveryState
from monitor.storage import Database, articles, deliveries

# One after the other, for each takes its time, and the replay waits for no processor.
pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.model, pytest.mark.timeout(180)]

Told = dict[str, list[dict[str, Any]]]  # what `--json` prints
Whole = tuple[Path, Told]
OUTSIDE = {"email", "slack", "webhook"}  # the channels whose receivers keep a ledger
HASTE = "12"  # seconds of real time for the week
KILLS = 3


RULE = """\
id: lawmaker-in-taiwan
title: Members of the US Congress come to Taiwan
level: low
status: shadow
when: {actor: us-congress, action: $deed, mentions: $taiwan}
"""


def start(folder: Path) -> subprocess.Popen[bytes]:
    """With a rule of one's own, which nobody is told of."""
    own = folder.parent / "own-rules"
    own.mkdir(exist_ok=True)
    (own / "visit.yml").write_text(RULE)
    words = ["demo", "--exit", "--json", "--folder", str(folder), "--seconds", HASTE, "--rules", str(own)]
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def finish(folder: Path) -> Told:
    """Run the demo to its end; what it printed."""
    with start(folder) as child:
        assert child.stdout
        told: Told = json.loads(child.stdout.read())
    assert child.returncode == 0
    return told


def kill(folder: Path, *, at: float) -> None:
    """Begin or go on, and kill the process that share of the week later; its children are left to themselves."""
    position = folder / "run-1" / "position.json"
    before = position.read_bytes() if position.exists() else b""
    with start(folder) as child:
        while not position.exists() or position.read_bytes() == before:  # until the replay moves
            assert child.poll() is None
            time.sleep(0.02)
        time.sleep(at * float(HASTE))
        child.kill()


def kill_at_start(folder: Path, *, after: float) -> None:
    """Kill it so many seconds after its start, whatever it does by then."""
    with start(folder) as child:
        time.sleep(after)
        child.kill()


def fresh(folder: Path) -> Counter[tuple[str, str]]:
    """How often each message was taken as a new one, by channel and the id in its own form."""
    receipts: list[Receipt] = read(folder / "run-1" / "received" / "ledger.jsonl")
    return Counter((each.channel, each.id) for each in receipts if not each.repeat)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """One run without a hitch: its folder and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, finish(folder)


def test_it_shows_alerts_of_most_rules_and_what_it_let_pass(whole: Whole) -> None:
    _, told = whole
    assert len(told["alerts"]) >= 8
    assert len({rule["id"] for alert in told["alerts"] for rule in alert["rules"]}) >= 6
    assert len({miss["because"] for miss in told["near_misses"]}) >= 3
    for alert in told["alerts"]:
        assert alert["evidence"]
        for mark in alert["evidence"]:
            assert alert["sentence"][mark["start"] : mark["end"]] == mark["text"]


def test_every_delivery_is_received_once(whole: Whole) -> None:
    folder, told = whole
    outside = [delivery for delivery in told["deliveries"] if delivery["channel"] in OUTSIDE]
    assert {delivery["channel"] for delivery in outside} == OUTSIDE
    assert {(each["state"], each["received"]) for each in outside} == {("sent", 1)}
    assert set(fresh(folder).values()) == {1}
    assert fresh(folder).total() == len(outside)
    assert {each["alert"] for each in told["deliveries"]} == {alert["id"] for alert in told["alerts"]}


def test_other_commands_read_the_history_of_the_demo(whole: Whole) -> None:
    folder, told = whole
    config = folder / "run-1" / "config.toml"
    listed = {alert["id"] for alert in run("alerts", "list", "-c", config, "--json").json}
    assert {alert["id"] for alert in told["alerts"]} <= listed
    assert {feed["paused"] for feed in run("feeds", "list", "-c", config, "--json").json} == {False}


def test_a_rule_of_ones_own_finds_its_event_and_in_shadow_tells_nobody(whole: Whole) -> None:
    folder, told = whole
    config = folder / "run-1" / "config.toml"
    (found,) = run("alerts", "list", "-c", config, "--rule", "lawmaker-in-taiwan", "--json").json
    assert found["id"] not in {alert["id"] for alert in told["alerts"]}


@pytest.mark.fault("CR01", "CR13")
@pytest.mark.parametrize("seed", [1])
def test_killed_at_any_moment_and_started_again_it_loses_nothing_and_sends_nothing_twice(
    tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    for _ in range(KILLS):
        kill_at_start(tmp_path, after=draw.uniform(0, 2))
        kill(tmp_path, at=draw.uniform(0, 0.3))
    told = finish(tmp_path)
    assert [path.name for path in tmp_path.glob("run-*")] == ["run-1"]
    database = Database(f"sqlite:///{tmp_path / 'run-1' / 'monitor.db'}")
    with database.read() as conn:
        outbox = deliveries.listed(conn)
        assert articles.pending(conn, limit=9) == []
    database.close()
    assert {each.state for each in outbox} == {DeliveryState.SENT}
    taken = fresh(tmp_path)
    assert set(taken.values()) == {1}
    for each in outbox:
        if each.channel in OUTSIDE:
            assert sum(each.channel == channel and each.id in name for channel, name in taken) == 1
    assert taken.total() == sum(each.channel in OUTSIDE for each in outbox)
    assert len(told["alerts"]) >= 8

"""Ctrl-C, as a terminal sends it: to the command and to all that it started."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from commands import Monitor
from rulefolder import RuleFolder

from monitor.backtest.judged import BATCH

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("rules")]

PATIENCE = 240.0  # seconds, on a machine that is busy with other tests
INTERRUPTED = 130
RARE = 32  # articles to one that tells of a shot
RULE = """\
id: shots
title: North Korea fires something
level: high
when: {actor: $dprk, action: $launch, object: $missile}
"""
BACKTEST = ("rules", "backtest", "shots", "news.jsonl", "--rules", "rules", "--against", "before", "--json")
READINGS = Path("data/readings.db")


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Ctrl-C reaches what is started here, also where the tests run in the background and are deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def started(*words: str, **options: str) -> Iterator[subprocess.Popen[str]]:
    """`monitor` in a group of its own, of which nothing is left behind."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **options}
    with subprocess.Popen(
        [sys.executable, "-m", "monitor", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    ) as child:
        try:
            yield child
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)


def interrupted(child: subprocess.Popen[str]) -> str:
    """What it says when Ctrl-C is pressed, once it has ended as it should."""
    os.killpg(child.pid, signal.SIGINT)
    _, said = child.communicate(timeout=PATIENCE)
    assert child.returncode == INTERRUPTED, said
    return said


def lines(count: int) -> str:
    """So many articles, of which a few tell of a shot."""
    shot, nothing = "North Korea fired {} missiles toward the East Sea, Seoul said.", "Rain fell in Seoul."
    texts = (nothing if n % RARE else shot.format(n + 2) for n in range(count))
    told = ({"id": f"a{n}", "text": text, "published": "2026-03-02"} for n, text in enumerate(texts))
    return "".join(json.dumps(each) + "\n" for each in told)


def read_so_far() -> int:
    """How many sentences are remembered."""
    if not READINGS.exists():
        return 0
    try:
        with closing(sqlite3.connect(READINGS)) as file:
            return int(file.execute("SELECT count(*) FROM readings").fetchone()[0])
    except sqlite3.OperationalError:  # the table is being made
        return 0


@pytest.mark.timeout(300)
def test_a_backtest_that_was_interrupted_goes_on_where_it_was(monitor: Monitor, tmp_path: Path) -> None:
    for each in (RuleFolder(tmp_path / "before", lists=False), RuleFolder(tmp_path / "rules", lists=False)):
        each.write("shots.yml", RULE)
    whole = lines(3 * BATCH)
    os.mkfifo("news.jsonl")
    with started(*BACKTEST, "--processes", "2") as child, Path("news.jsonl").open("w") as pipe:
        pipe.write(whole)
        pipe.flush()  # and no end: it waits for more when Ctrl-C comes
        end = time.monotonic() + PATIENCE
        while not read_so_far():
            assert time.monotonic() < end, "nothing was read"
            assert child.poll() is None, child.communicate()
            time.sleep(0.02)
        assert interrupted(child) == ""
    kept = read_so_far()
    Path("news.jsonl").unlink()
    Path("news.jsonl").write_text(whole, encoding="utf-8")
    answer = monitor(*BACKTEST, "--processes", "1")
    assert (answer.status, answer.json["after"]) == (0, 1), answer.err
    assert kept >= BATCH // RARE
    assert read_so_far() == 3 * BATCH // RARE


@pytest.mark.parametrize(
    "words",
    [("match", "news.jsonl"), ("eval", "news.jsonl"), ("rules", "coverage", "--archive", "news.jsonl")],
)
@pytest.mark.usefixtures("monitor")
def test_ctrl_c_ends_a_command_without_a_traceback(words: tuple[str, ...]) -> None:
    os.mkfifo("news.jsonl")
    with started(*words) as child, Path("news.jsonl").open("w"):  # which waits until the command reads
        assert "Traceback" not in interrupted(child)


def test_ctrl_c_while_the_command_is_loading_ends_it_without_a_traceback(tmp_path: Path) -> None:
    gate, slow = tmp_path / "gate", tmp_path / "site" / "typer.py"  # one of the first that it loads
    os.mkfifo(gate)
    slow.parent.mkdir()
    slow.write_text(f"open({str(gate)!r}).read()\n", encoding="utf-8")
    path = os.pathsep.join([str(slow.parent), str(Path(__file__).parents[2])])
    with started("match", PYTHONPATH=path) as child, gate.open("w"):
        assert interrupted(child) == ""

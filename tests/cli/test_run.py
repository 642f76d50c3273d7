"""The service as a person starts it: `monitor init`, feeds that live on this machine, `monitor run`."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from commands import Monitor
from feedserver import FeedServer, Item, feed_server
from postgres import Postgres

from monitor.storage import Database

PATIENCE = 60.0  # seconds, on a machine that is busy with other tests
STARTED = {
    "run": "Watching 1 feed; Ctrl-C stops. The board is at http://127.0.0.1:",
    "worker": ": poll, analyse, deliver. Ctrl-C stops.",
}
TITLE = "North Korea fires two ballistic missiles toward the East Sea"


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        yield running


@pytest.fixture
def settled(monitor: Monitor, server: FeedServer) -> Path:
    """What `monitor init` writes, with one feed of ours in place of those of the world, and in a hurry."""
    assert monitor("init").status == 0
    path = Path("config.toml")
    text = path.read_text(encoding="utf-8").partition("[[feeds]]")[0]
    for was, now in (
        ('interval = "10m"', 'interval = "1s"'),
        ('tick = "5s"', 'tick = "0.1s"'),
        ("port = 8700", "port = 0"),
        ("allow_networks = []", 'allow_networks = ["127.0.0.1/32"]'),
    ):
        assert was in text
        text = text.replace(was, now)
    url = server.publish("wire", [item("Nothing of note", "old")])
    feed = f'[[feeds]]\nid = "wire"\nurl = "{url}"\nname = "Wire"\npublisher = "Wire"\nlanguage = "en"\n'
    path.write_text(text + feed, encoding="utf-8")
    return path


def item(title: str, key: str) -> Item:
    return key, title, dt.datetime.now(dt.UTC)


@pytest.fixture(params=["run", pytest.param("worker", marks=pytest.mark.xdist_group("postgresql"))])
def way(request: pytest.FixtureRequest, settled: Path) -> Iterator[str]:
    """Either way of running: alone on SQLite, or as a worker on PostgreSQL."""
    if request.param == "run":
        yield request.param
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database(migrated=True) as url:
        text = settled.read_text(encoding="utf-8")
        assert "sqlite:///data/monitor.db" in text
        settled.write_text(text.replace("sqlite:///data/monitor.db", url), encoding="utf-8")
        yield request.param


@contextmanager
def service(way: str = "run") -> Iterator[subprocess.Popen[str]]:
    """`monitor run` or `monitor worker` in the working folder, killed if the test leaves it running."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, "-m", "monitor", way],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def wait_for(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


@pytest.mark.model
def test_it_polls_prints_alerts_and_ends_when_told(monitor: Monitor, way: str, server: FeedServer) -> None:
    with service(way) as child:
        wait_for(lambda: ("/wire", 304) in server.asked)  # the baseline is in
        server.publish("wire", [item(TITLE, "new"), item("Nothing of note", "old")])
        assert child.stdout
        printed = ""
        while "alert " not in printed:
            line = child.stdout.readline()
            assert line, "the service ended by itself"
            printed += line
        assert monitor("doctor", "--health").status == 0
        parts = {each["part"]: each["ok"] for each in monitor("doctor", "--json").json}
        assert parts.get("jobs") == {"run": None, "worker": True}[way]
        child.send_signal(signal.SIGTERM)
        rest, said = child.communicate(timeout=PATIENCE)
    assert child.returncode == 0
    assert TITLE in printed
    assert "dprk-missile-launch" in printed
    assert rest.strip() == ""
    assert STARTED[way] in said
    (alert,) = monitor("alerts", "list", "--json").json
    assert alert["reports"][0]["title"] == TITLE


@pytest.mark.fault("CF05")
def test_it_refuses_to_start_where_others_could_come_and_nobody_may(monitor: Monitor, settled: Path) -> None:
    text = settled.read_text(encoding="utf-8")
    elsewhere = text.replace('host = "127.0.0.1"', 'host = "0.0.0.0"')
    settled.write_text(elsewhere, encoding="utf-8")
    assert "web.address must say under which name" in monitor("run").err
    named = elsewhere.replace('address = ""', 'address = "https://b.example.org"')
    settled.write_text(named, encoding="utf-8")
    refused = monitor("run")
    assert (refused.status, "list [web] people, or make a token" in refused.err) == (2, True)
    assert monitor("tokens", "add", "desk").status == 0
    with service() as child:
        assert child.stderr
        assert "The board is at https://b.example.org" in child.stderr.readline()


def test_it_ends_at_once_when_interrupted_while_a_feed_keeps_it_waiting(settled: Path) -> None:
    text = settled.read_text(encoding="utf-8")
    settled.write_text(text.replace("/wire", "/nowhere"), encoding="utf-8")
    with service() as child:
        assert child.stderr
        assert child.stderr.readline().startswith("Watching")
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=PATIENCE)
    assert child.returncode == 0
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_when_told_while_another_process_keeps_its_database(
    settled: Path, number: signal.Signals
) -> None:
    with service() as child:
        assert child.stderr
        assert child.stderr.readline().startswith("Watching")
        with closing(sqlite3.connect("data/monitor.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(1)  # every job is called meanwhile, of which nothing tells
            child.send_signal(number)
            child.send_signal(number)  # as who passes it on twice does
            _, said = child.communicate(timeout=PATIENCE)
    assert (child.returncode, "Traceback" in said) == (0, False)
    del settled


@pytest.mark.xdist_group("postgresql")
def test_it_ends_when_told_though_its_database_stands_still(settled: Path, postgres: Postgres) -> None:
    with postgres.database(migrated=True) as url:
        text = settled.read_text(encoding="utf-8")
        settled.write_text(text.replace("sqlite:///data/monitor.db", url), encoding="utf-8")
        with service() as child:
            assert child.stderr
            assert child.stderr.readline().startswith("Watching")
            with closing(Database(url)) as other, other.write() as conn:
                conn.exec_driver_sql("LOCK TABLE service, tallies, leaders IN ACCESS EXCLUSIVE MODE")
                child.send_signal(signal.SIGTERM)
                _, said = child.communicate(timeout=PATIENCE)
        assert child.returncode in {0, 3}
        assert "Traceback" not in said


@pytest.mark.model
def test_one_round_polls_and_says_what_it_did(monitor: Monitor, settled: Path, server: FeedServer) -> None:
    assert settled.exists()
    first = monitor("poll")
    assert first.status == 0
    assert "1 feed polled, 0 failed; 1 new article, 1 analysed" in first.out
    url = server.publish("wire", [item(TITLE, "new")])
    answer = monitor("poll", url, "--json")
    assert TITLE in answer.err  # what the console channel prints
    second = answer.json
    assert second["polled"] == {"feeds": 1, "articles": 1, "failed": 0}
    assert second["delivered"]["sent"] == 1
    server.broken.add("/wire")
    third = monitor("poll", "wire")
    assert (third.status, "wire: " in third.err, "500" in third.err) == (1, True, True)

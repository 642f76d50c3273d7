"""Two starters on one database: on SQLite the second is told of the first, on PostgreSQL they share the work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.errors import StorageError
from monitor.storage import Database
from monitor.storage.sole import at_work, sole

ROOT = Path(__file__).parents[2]
HOLD = (
    "import sys; from monitor.storage import Database; from monitor.storage.sole import sole\n"
    "with sole(Database(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()"
)


@contextmanager
def holder(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the database."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def url(tmp_path: Path) -> str:
    Database(f"sqlite:///{tmp_path / 'b.db'}").upgrade()
    return f"sqlite:///{tmp_path / 'b.db'}"


@pytest.mark.fault("IN01")
def test_a_second_service_on_one_file_is_told_who_runs(url: str) -> None:
    with (
        holder(url) as first,
        pytest.raises(StorageError, match=rf"another `monitor run` .*\(process {first.pid}\); stop that"),
    ):
        sole(Database(url)).__enter__()


@pytest.mark.fault("IN01", "CR13")
def test_a_service_that_was_killed_keeps_no_other_out(url: str) -> None:
    with holder(url) as first:
        first.kill()
        first.wait()
        with sole(Database(url)):
            pass


@pytest.mark.fault("IN01", "TM02")
def test_a_service_that_is_frozen_is_not_replaced_so_that_it_may_wake(url: str) -> None:
    with holder(url) as first:
        first.send_signal(signal.SIGSTOP)
        with pytest.raises(StorageError):
            sole(Database(url)).__enter__()
        first.send_signal(signal.SIGCONT)


def test_it_is_given_back_in_the_end(url: str) -> None:
    for _ in range(2):
        with sole(Database(url)):
            pass


def test_services_on_a_server_share_it() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    with sole(database), sole(database):
        pass


def test_it_can_be_seen_whether_a_service_is_at_work(url: str) -> None:
    database = Database(url)
    assert not at_work(database)
    with holder(url) as process:
        assert at_work(database)
        process.kill()
        process.wait()
    assert not at_work(database)
    with sole(database):  # to look leaves nothing behind
        pass

"""What tests of every folder share: databases of both kinds, and no way out of this machine."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket
from logs import plain_log
from postgres import Postgres, Unavailable, postgres_server

from monitor import resources
from monitor.matching.load import VOCABULARY
from monitor.matching.vocabulary import load
from monitor.model import Vocabulary
from monitor.storage import Database

POSTGRESQL = pytest.param(
    "postgresql", marks=pytest.mark.xdist_group("postgresql")
)  # one server does for all


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="the full numbers, which take minutes")


@pytest.fixture(scope="session", autouse=True)
def heard_hang_up() -> None:
    """The processes of tests take a closed terminal as told, though the tests themselves may run under `nohup`."""
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session", autouse=True)
def readable_log() -> None:
    plain_log()


@pytest.fixture(scope="session", autouse=True)
def shipped_vocabulary() -> Vocabulary:
    """Kept in use: who loads the shipped rules then finds it, instead of reading hundreds of files for every test."""
    vocabulary, _ = load([resources.path("rules") / VOCABULARY])
    return vocabulary


@pytest.fixture(autouse=True)
def loopback_only() -> None:
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    try:
        with postgres_server() as server:
            yield server
    except Unavailable as error:
        absent(f"no PostgreSQL on this machine: {error}")


@pytest.fixture(params=["sqlite", POSTGRESQL])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without a schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database(migrated=False) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with nothing but its schema: a copy is had sooner than a migration."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    made = Database(f"sqlite:///{path}")
    made.upgrade()
    made.close()
    return path


@pytest.fixture(params=["sqlite", POSTGRESQL])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database, its schema up to date."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database(migrated=True) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """That database, open."""
    opened = Database(database_url)
    yield opened
    opened.close()


def absent(what: str) -> None:
    """Skip the test; where everything must be there, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)

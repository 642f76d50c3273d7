"""One service to a SQLite file: a second one is told who runs already.

The lock is the system's, on a file beside the database: it goes with the process that holds it, however that one
ended, and a process that is frozen keeps it. On PostgreSQL a second one stands by (leader.py).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator

from monitor.errors import StorageError
from monitor.storage.database import Database


@contextlib.contextmanager
def sole(database: Database) -> Iterator[None]:
    """Be the only service on the database while the block runs; StorageError when there is another."""
    if database.path is None:
        yield
        return
    path = database.path.with_name(f"{database.path.name}.service")
    try:
        lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StorageError(f"{path}: cannot be opened ({error.strerror}); see who owns the folder") from error
    try:
        _take(lock, database.name)
        yield
    finally:
        os.close(lock)


def _take(lock: int, name: str) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 20).decode("ascii", "replace")
        raise StorageError(
            f"{name}: another `monitor run` is at work on it (process {holder or 'unknown'}); stop that one first, "
            "or give this one a database of its own"
        ) from None
    os.truncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())

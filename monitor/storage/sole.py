"""One service to a SQLite file: a second one is told who runs already.

The lock is the system's, on a file beside the database: it goes with the process that holds it, however that one
ended, and a process that is frozen keeps it. On PostgreSQL a second one stands by (leader.py).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from monitor.errors import StorageError
from monitor.storage.database import Database

_LOOKED_AT = 0.5  # seconds; whoever asks whether there is a service has the lock for an instant


@contextlib.contextmanager
def sole(database: Database) -> Iterator[None]:
    """Be the only service on the database while the block runs; StorageError when there is another."""
    if database.path is None:
        yield
        return
    path = _beside(database.path)
    try:
        lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StorageError(f"{path}: cannot be opened ({error.strerror}); see who owns the folder") from error
    try:
        _take(lock, database.name)
        yield
    finally:
        os.close(lock)


def at_work(database: Database) -> bool:
    """Whether a service is at work on the SQLite file; False on PostgreSQL, where several may be."""
    if database.path is None:
        return False
    try:
        lock = os.open(_beside(database.path), os.O_RDONLY)
    except OSError:  # no service ever was
        return False
    try:
        return not _locks(lock, fcntl.LOCK_SH)
    finally:
        os.close(lock)


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.service")


def _locks(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _take(lock: int, name: str) -> None:
    end = time.monotonic() + _LOOKED_AT
    while not (taken := _locks(lock, fcntl.LOCK_EX)) and time.monotonic() < end:
        time.sleep(_LOOKED_AT / 10)
    if not taken:
        holder = os.read(lock, 20).decode("ascii", "replace")
        raise StorageError(
            f"{name}: another `monitor run` is at work on it (process {holder or 'unknown'}); stop that one first, "
            "or give this one a database of its own"
        )
    os.truncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())

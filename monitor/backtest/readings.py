"""A file that remembers what was read off sentences; several processes may use it at once.

It holds nothing that could not be made again: a file that cannot be used is left alone, and what it does not give is
read anew.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import structlog
from pydantic import TypeAdapter

from monitor.model import Event

log = structlog.get_logger()
_EVENTS = TypeAdapter(tuple[Event, ...])
_CHUNK = 500  # keys in one question
_PATIENCE = 60.0  # seconds that a process waits while another writes


class Readings:
    """Remembers in one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._usable = self._prepared()

    def get(self, keys: Sequence[str]) -> Mapping[str, Sequence[Event]]:
        """The events of the keys that are known."""
        if not self._usable or not keys:
            return {}
        found: dict[str, Sequence[Event]] = {}
        try:
            with closing(self._opened()) as file:
                for at in range(0, len(keys), _CHUNK):
                    part = list(keys[at : at + _CHUNK])
                    marks = ",".join("?" * len(part))
                    rows = file.execute(f"SELECT key, events FROM readings WHERE key IN ({marks})", part)  # noqa: S608 - marks only
                    found |= {key: _EVENTS.validate_json(zlib.decompress(packed)) for key, packed in rows}
        except (sqlite3.Error, zlib.error, ValueError) as error:  # pydantic's are ValueErrors too
            self._give_up(error)
        return found

    def put(self, events: Mapping[str, Sequence[Event]]) -> None:
        """Keep these, in one go."""
        if not self._usable or not events:
            return
        rows = [(key, zlib.compress(_EVENTS.dump_json(tuple(each)))) for key, each in events.items()]
        try:
            with closing(self._opened()) as file, file:
                file.executemany("INSERT OR IGNORE INTO readings VALUES (?, ?)", rows)
        except sqlite3.Error as error:
            self._give_up(error)

    def _prepared(self) -> bool:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._opened()) as file, file:
                file.execute("PRAGMA journal_mode = WAL")
                file.execute(
                    "CREATE TABLE IF NOT EXISTS readings (key TEXT PRIMARY KEY, events BLOB NOT NULL)"
                )
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)
            return False
        return True

    def _give_up(self, error: Exception) -> None:
        """From here on read all anew."""
        self._usable = False
        log.warning("readings.not_kept", path=str(self._path), error=str(error))

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=_PATIENCE)

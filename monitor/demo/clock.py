"""The replay's clock: moved to the sample week, running fast, and never back, not even after a kill."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import time
from pathlib import Path

STEP = 0.1  # seconds of real time between two moves


class ReplayClock:
    """A clock that stands still unless it is moved, and writes down where it is before it moves there.

    Where the machine stalls, the replay waits: no move is longer than two steps.
    """

    def __init__(self, path: Path, *, start: dt.datetime, speed: float) -> None:
        self._path = path
        self._speed = speed  # seconds of the replay in one second of real time
        self._now = max(start, _read(path) or start)
        self._moved = time.monotonic()

    def __call__(self) -> dt.datetime:
        """The time of the replay, UTC."""
        return self._now

    def seconds(self, until: dt.datetime) -> float:
        """Seconds of real time that the way there takes."""
        return (until - self._now).total_seconds() / self._speed

    async def run(self) -> None:
        """Move until cancelled."""
        self._moved = time.monotonic()
        while True:
            await asyncio.sleep(STEP)
            self.move()

    def move(self) -> None:
        """Go on by the real time since the last move, times the speed."""
        real = time.monotonic()
        ahead = min(real - self._moved, 2 * STEP) * self._speed
        self._moved = real
        there = self._now + dt.timedelta(seconds=ahead)
        _write(self._path, there)
        self._now = there


def _read(path: Path) -> dt.datetime | None:
    return dt.datetime.fromisoformat(json.loads(path.read_text())["position"]) if path.exists() else None


def _write(path: Path, position: dt.datetime) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps({"position": position.isoformat()}))
    beside.replace(path)

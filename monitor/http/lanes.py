"""Lanes: so many at once, and whoever waits long for a slow server keeps no other waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

ASIDE = 4  # that may stand aside, for each that may be in a lane
ASIDE_AT_HOST = 2  # the same of one server: a browser, too, has six requests to one at a time
SLOW = 2.0  # seconds of waiting, after which one steps aside


class Lane:
    """Room for `size` at once.

    One that waits for longer than `slow` seconds steps aside, so that the next may enter, as long as fewer than
    `aside` times `size` stand there.
    """

    def __init__(self, size: int, *, slow: float = SLOW, aside: int = ASIDE) -> None:
        self.slow = slow
        self._free = asyncio.Semaphore(size)
        self._aside = size * aside  # for so many more there is room

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Place]:
        """A place in the lane, as soon as one is free."""
        place = Place(self)
        await place.enter()
        try:
            yield place
        finally:
            place.leave()

    async def enter(self) -> None:
        """Take a place, as soon as one is free."""
        await self._free.acquire()

    def leave(self, *, aside: bool) -> None:
        """Give up a place in the lane or aside."""
        if aside:
            self._aside += 1
        else:
            self._free.release()

    def step_aside(self) -> bool:
        """Change a place in the lane for one aside; False where there is none."""
        if not self._aside:
            return False
        self._aside -= 1
        self._free.release()
        return True


class Place:
    """One's place in a lane, or aside."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._held = self._aside = False
        self._patience: asyncio.TimerHandle | None = None

    async def enter(self) -> None:
        """Be in the lane, from without or from aside."""
        if self._held and not self._aside:
            return
        self.leave()
        await self._lane.enter()
        self._held = True

    def leave(self) -> None:
        """Give the place up."""
        if self._held:
            self._lane.leave(aside=self._aside)
        self._held = self._aside = False

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Around a wait: when it takes long one steps aside, until one enters again."""
        self._wait()
        try:
            yield
        finally:
            if self._patience:
                self._patience.cancel()

    def _wait(self) -> None:
        self._patience = asyncio.get_running_loop().call_later(self._lane.slow, self._step_aside)

    def _step_aside(self) -> None:
        self._aside = self._lane.step_aside()
        if not self._aside:
            self._wait()

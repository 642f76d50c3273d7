"""How fast messages may follow one another: each place has turns, so far apart."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

_REMEMBERED = 1_000  # places, until those whose turn is past are forgotten


class Pace:
    """Gives turns. One for a whole process: several processes each keep their own.

    `clock` gives seconds that never go back, `sleep` waits so many of them.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._free: dict[str, float] = {}  # by place: when the next turn may be taken

    async def turn(self, place: str, *, apart: float, within: float) -> bool:
        """Wait for a turn that is `apart` seconds after the last one there; False where it comes too late.

        `within` is how many seconds one may wait. A turn that would come later is not taken.
        """
        now = self._clock()
        at = max(now, self._free.get(place, now))
        if at - now > within:
            return False
        if len(self._free) > _REMEMBERED:
            self._free = {name: free for name, free in self._free.items() if free > now}
        self._free[place] = at + apart
        if at > now:
            await self._sleep(at - now)
        return True

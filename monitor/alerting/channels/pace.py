"""By which clock slots to send are told, and how they are waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pace:
    """`clock` gives seconds, or None where the database's own clock is to count; `sleep` waits so many."""

    clock: Callable[[], float | None] = lambda: None
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

"""How a service is told to stop: once, and work in hand may end; again, and it is broken off."""

from __future__ import annotations

import asyncio
import signal

_AGAIN = 1.0  # seconds after which a signal is a second wish: many who start programs pass each on twice


def stop_at_once_while_starting() -> None:
    """Let SIGINT and SIGTERM end the process as they end any other: it may wait long for its database."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def told_to_stop() -> tuple[asyncio.Event, asyncio.Event]:
    """Events that SIGINT and SIGTERM set from now on: to stop, and to stop at once."""
    stop, at_once = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    first: list[float] = []

    def told() -> None:
        first.append(loop.time())
        stop.set()
        if loop.time() - first[0] > _AGAIN:
            at_once.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told)
    return stop, at_once

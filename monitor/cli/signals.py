"""How a service is told to stop: once, and work in hand may end; again, and it is broken off."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time

from monitor.errors import MonitorError

AT_MOST = 15.0  # seconds from the first signal to the end; work in hand has eight
_AGAIN = 1.0  # seconds after which a signal is a second wish: many who start programs pass each on twice


def stop_at_once_while_starting() -> None:
    """Let SIGINT and SIGTERM end the process as they end any other: it may wait long for its database."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def told_to_stop() -> tuple[asyncio.Event, asyncio.Event]:
    """Events that SIGINT, SIGTERM and SIGHUP set from now on: to stop, and to stop at once.

    SIGHUP, which comes when the terminal is closed, stays ignored where `nohup` had it so.
    What has not ended by itself within AT_MOST seconds is ended: a database that stands still may hold up all of it.
    """
    stop, at_once = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    first: list[float] = []

    def told(_number: int, _frame: object) -> None:
        now = time.monotonic()
        if not first:
            end = threading.Timer(AT_MOST, os._exit, args=(MonitorError.exit_status,))
            end.daemon = True
            end.start()
        first.append(now)
        loop.call_soon_threadsafe(stop.set)
        if now - first[0] > _AGAIN:
            loop.call_soon_threadsafe(at_once.set)

    hang_up = () if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)
    for number in (signal.SIGINT, signal.SIGTERM, *hang_up):
        signal.signal(number, told)
    return stop, at_once

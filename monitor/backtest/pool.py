"""Work spread over the processes of one machine: what each needs is made there once, results come in order."""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cached_property
from multiprocessing.synchronize import Event as EventType
from typing import Any, Generic, TypeVar

from monitor.errors import MonitorError

T = TypeVar("T")
R = TypeVar("R")
Make = Callable[[], Callable[[T], R]]  # makes what works; takes long, so each process does it once

_AHEAD = 3  # pieces waiting for each process


def spread(make: Make[T, R], items: Iterable[T], *, processes: int | None = None) -> Iterator[R]:
    """What the work makes of each item, in their order; `processes` None: one for each core.

    `make`, items and results are pickled. A single item is worked on here, before other processes had started.
    """
    waiting = iter(items)
    count = processes or os.cpu_count() or 1
    first = list(itertools.islice(waiting, 2))
    if count == 1 or len(first) < 2:  # noqa: PLR2004 - one alone
        work = make()
        yield from map(work, itertools.chain(first, waiting))
        return
    context = multiprocessing.get_context("spawn")  # a forked child may hold locks of this one's threads
    stop = context.Event()
    with ProcessPoolExecutor(count, context, _begin, (stop, make)) as pool:
        try:
            yield from _in_order(pool, itertools.chain(first, waiting), ahead=count * _AHEAD)
        except BrokenProcessPool as error:
            said = "a process that judges articles ended by itself, perhaps for want of memory; try fewer --processes"
            raise MonitorError(f"{said}. What was judged is kept for the next run") from error
        except BaseException:  # Ctrl-C too: what is under way is kept, what waits is left for the next run
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise


def _in_order(pool: Executor, items: Iterable[T], *, ahead: int) -> Iterator[Any]:
    """The results in the order of the items, with so many under way."""
    waiting: list[Future[Any]] = []
    for item in items:
        with _undisturbed():
            waiting.append(pool.submit(_work, item))
        if len(waiting) >= ahead:
            yield waiting.pop(0).result()
    yield from (each.result() for each in waiting)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold Ctrl-C off: a process that is started meanwhile does not hear of it, not even while it is loading."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Work(Generic[T, R]):
    """What a process works with, made at the first item."""

    def __init__(self, stop: EventType, make: Make[T, R]) -> None:
        self._stop = stop
        self._make = make

    def on(self, item: T) -> R | None:
        """The item's result, unless it is too late for that: nobody waits for it then."""
        return None if self._stop.is_set() else self._made(item)

    @cached_property
    def _made(self) -> Callable[[T], R]:
        return self._make()


_of_this_process: list[_Work[Any, Any]] = []


def _begin(stop: EventType, make: Make[Any, Any]) -> None:
    # Ctrl-C reaches the whole group; the first process sees to it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _of_this_process.append(_Work(stop, make))


def _work(item: object) -> object:
    return _of_this_process[0].on(item)

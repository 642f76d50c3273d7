"""Building very many objects at once."""

from __future__ import annotations

import ctypes
import functools
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def building() -> Iterator[None]:
    """Leave the cyclic garbage collector off meanwhile: it would go through all that was built, again and again.

    What was built is set aside for good, so that it is not gone through later either; it holds no cycles, and is
    freed as soon as nobody needs it. What it took besides goes back to the system.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
        _give_back()


@contextmanager
def collecting_rarely(objects: int) -> Iterator[None]:
    """Let so many objects come, meanwhile, before the garbage collector looks at them."""
    before = gc.get_threshold()
    gc.set_threshold(objects)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _give_back() -> None:
    """Free memory, which the C library would keep for later: it may be as much as all that stays."""
    trim = _trim()
    if trim is not None:
        trim(0)


@functools.cache
def _trim() -> Callable[[int], int] | None:
    """That of glibc; None where another C library is at work."""
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
    return found

"""Building very many objects at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def building() -> Iterator[None]:
    """Leave the cyclic garbage collector off meanwhile: it would go through all that was built, again and again.

    What was built is set aside for good, so that it is not gone through later either; it holds no cycles, and is
    freed as soon as nobody needs it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()

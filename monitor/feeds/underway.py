"""What is under way already, so that no second round takes it up beside the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class UnderWay:
    """Ids that rounds have in hand; rounds may overlap, in one thread."""

    def __init__(self) -> None:
        self._rounds: dict[str, object] = {}  # id to the round that took it

    @property
    def ids(self) -> frozenset[str]:
        """All that is in hand, or waits for its turn in a round."""
        return frozenset(self._rounds)

    @contextmanager
    def taken(self, ids: Iterable[str]) -> Iterator[frozenset[str]]:
        """Those of these ids that were not under way; each is until it is done, or the block ends."""
        new, this = frozenset(ids) - self._rounds.keys(), object()
        self._rounds |= dict.fromkeys(new, this)
        try:
            yield new
        finally:
            for each in new:
                if self._rounds.get(each) is this:  # it may be under way again by now
                    del self._rounds[each]

    def done(self, one: str) -> None:
        """It may be taken again, though its round goes on."""
        self._rounds.pop(one, None)

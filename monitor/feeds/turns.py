"""Whose turn it is to be polled: so many feeds at once, and one whose server is slow keeps no other waiting."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Protocol
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from monitor.feeds.underway import UnderWay
from monitor.http import Response
from monitor.http.lanes import ASIDE_AT_HOST, SLOW, Lane, Place
from monitor.model import Feed


class Asks(Protocol):
    """Asks addresses, as the guarded client does."""

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Response:
        """The answer at `url`; FetchError when none came."""


class Turns:
    """`size` polls in hand at once, and `per_host` at one host, whose other feeds wait without taking up a turn.

    A poll whose server has not answered within `slow` seconds steps aside, and has a turn again before its answer is
    parsed: so what answers take up in memory stays bounded.
    """

    def __init__(self, *, size: int = 8, per_host: int = 2, slow: float = SLOW) -> None:
        self._lane = Lane(size, slow=slow)
        self._per_host = per_host
        self._slow = slow
        self._hosts: WeakValueDictionary[str, Lane] = WeakValueDictionary()
        self.under_way = UnderWay()  # feed ids

    @asynccontextmanager
    async def of(self, feed: Feed, client: Asks) -> AsyncIterator[Turn]:
        """A turn for this feed, which asks by `client`; the feed is under way until the block ends."""
        host = self._hosts.setdefault(
            urlsplit(feed.url).hostname or "", Lane(self._per_host, slow=self._slow, aside=ASIDE_AT_HOST)
        )
        async with host.place() as at_host, self._lane.place() as turn:
            try:
                yield Turn(client, at_host, turn)
            finally:
                self.under_way.done(feed.id)


class Turn:
    """One poll's turn: in hand, or given to another while it waits long."""

    def __init__(self, client: Asks, at_host: Place, turn: Place) -> None:
        self._client = client
        self._at_host = at_host
        self._turn = turn

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Response:
        """The answer at `url`; FetchError when none came."""
        with self._at_host.waiting(), self._turn.waiting():
            response = await self._client.get(url, headers=headers)
        await self._turn.enter()
        return response

    def end(self) -> None:
        """Let the next feed have its turn."""
        self._at_host.leave()
        self._turn.leave()

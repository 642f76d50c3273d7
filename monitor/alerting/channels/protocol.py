"""What a channel is, and what it needs of the HTTP client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Protocol

from monitor.model import Digest, Message, Notice, Taken


class Channel(Protocol):
    """A way out for messages."""

    async def send(self, message: Message | Digest | Notice, *, now: dt.datetime) -> Taken | None:
        """Hand the message over once; DeliveryError when it was not taken, or when that is not known.

        The id of the delivery or the digest goes along where the receiver can see it: the same message may
        come again. A channel with threads replies in the message's, and says which one it started. None
        where the receiver says nothing.
        """


class Posted(Protocol):
    """An answer to a POST."""

    @property
    def status(self) -> int:
        """HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers by lower-case name."""

    @property
    def body(self) -> bytes:
        """The body, decoded from any transfer or content coding."""


class Poster(Protocol):
    """The part of the HTTP client that channels use."""

    async def post(self, url: str, *, content: bytes, headers: Mapping[str, str]) -> Posted:
        """POST without following redirects; FetchError when no answer came."""

"""The body of an answer, decoded while it streams in, so that a cap acts in time."""

from __future__ import annotations

import zlib
from collections.abc import AsyncGenerator, Iterator

import httpx

from monitor.errors import FetchError

# What servers write of bodies that are not coded, some of them by mistake.
_NOT_CODED = frozenset({"", "identity", "none", "binary", "8bit", "7bit", "utf-8", "utf8"})
_STEP = 65_536  # bytes decompressed at a time


async def decoded(response: httpx.Response, coding: str, subject: str) -> AsyncGenerator[bytes]:
    """The body in parts of a bounded size; FetchError when it is coded in a way that has no bound."""
    if coding in _NOT_CODED:
        async for raw in response.aiter_raw():
            yield raw
        return
    if coding not in ("gzip", "x-gzip"):  # chains and other codings expand without a bound that we control
        raise FetchError(f"the answer is coded as {coding[:40]!r}; we asked for gzip at most", url=subject)
    inflate = _Inflate()
    async for raw in response.aiter_raw():
        for part in inflate.feed(raw):
            yield part
    if inflate.cut_short:
        raise FetchError("the compressed answer ends early", url=subject)


class _Inflate:
    """Gzip, one bounded step at a time: 260 kB may hold 256 MB."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(31)
        self._fed = False

    @property
    def cut_short(self) -> bool:
        return self._fed and not self._stream.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._fed = True
        while data or (self._pending and not self._stream.eof):
            part = self._stream.decompress(data, _STEP)
            self._pending = len(part) == _STEP  # zlib may hold more back than it could give
            yield part
            data = self._next_member() if self._stream.eof else self._stream.unconsumed_tail

    _pending = False

    def _next_member(self) -> bytes:
        rest = self._stream.unused_data
        if not rest.startswith(b"\x1f\x8b"):  # padding after the end is common and harmless
            return b""
        self._stream = zlib.decompressobj(31)
        return rest

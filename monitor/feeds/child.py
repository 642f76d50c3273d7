"""Feeds and web pages are parsed in child processes with limits: one made to hurt costs a child, never the service."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from types import TracebackType
from typing import Self

from monitor.errors import ParseError
from monitor.feeds import frames
from monitor.feeds.entry import Document

CPU = 5  # seconds for one document
MEMORY = 256 * 2**20  # bytes of address space of a child; 10 MB of ordinary feed take 170 MB
WALL = 60.0  # seconds for one document, waiting for the processor included
_STEP = 65_536  # bytes given to a child at a time


class ParserPool:
    """Parses documents, at most `size` at a time, each child one after another. An async context manager."""

    def __init__(self, *, size: int = 2, cpu: int = CPU, memory: int = MEMORY, wall: float = WALL) -> None:
        self._size = size
        self._cpu = cpu
        self._memory = memory
        self._wall = wall
        self._slots = asyncio.Semaphore(size)
        self._idle: list[_Child] = []
        self._alive: set[_Child] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        for child in self._alive:
            child.kill()
        for _ in range(self._size):  # who was parsing learns that the child is gone, and clears up
            await self._slots.acquire()
        for child in self._idle:
            await child.gone()
        for _ in range(self._size):
            self._slots.release()

    async def parse(self, body: bytes, *, content_type: str | None, url: str) -> Document:
        """The document at `url`; ParseError when it is no feed, or takes more than it may."""
        return frames.document(await self._told("feed", body, content_type, url))

    async def webtext(self, body: bytes, *, content_type: str | None, url: str) -> str:
        """The text of the article on the web page at `url`; ParseError when there is none, or it takes too much."""
        return frames.text(await self._told("webpage", body, content_type, url))

    async def _told(self, what: str, body: bytes, content_type: str | None, url: str) -> bytes:
        head = {"what": what, "content_type": content_type, "url": url}
        asked = frames.opening(head, len(body)), body
        async with self._slots:
            # A death need not be the document's fault: a system out of memory kills, and a child ends by itself
            # after a large document. So it gets a second child, which is a new one.
            with contextlib.suppress(_DiedError):
                return await self._ask(self._idle.pop() if self._idle else await self._start(), *asked)
            try:
                return await self._ask(await self._start(), *asked)
            except _DiedError as death:
                raise ParseError(f"the parser died of it ({death})") from death

    async def _ask(self, child: _Child, head: bytes, body: bytes) -> bytes:
        try:
            async with asyncio.timeout(self._wall):
                told = await child.ask(head, body)
        except BaseException as error:
            await self._end(child)
            if isinstance(error, TimeoutError):
                raise ParseError(f"took longer than {self._wall:g} s to parse") from None
            if isinstance(error, _DiedError) and error.signal == signal.SIGPROF:
                raise ParseError(f"took more than {self._cpu} s of CPU time to parse") from None
            raise
        self._idle.append(child)
        return told

    async def _start(self) -> _Child:
        if self._closed:
            raise ParseError("the service is stopping; the feed is asked again when it runs")
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-P", "-m", "monitor.feeds.confined", str(self._cpu), str(self._memory)),
                stdin=PIPE,
                stdout=PIPE,
                env={"PYTHONPATH": os.pathsep.join(path or os.curdir for path in sys.path)},  # and no secrets
                start_new_session=True,  # Ctrl-C is for the service, which then ends its children
            )
        except OSError as error:
            raise ParseError(f"the parser cannot be started ({error}); try again") from error
        child = _Child(process)
        self._alive.add(child)
        return child

    async def _end(self, child: _Child) -> None:
        self._alive.discard(child)
        child.kill()
        await child.gone()


class _DiedError(Exception):
    """The child ended before it answered; `signal` ended it, or 0."""

    def __init__(self, status: int | None) -> None:
        self.signal = -status if status is not None and status < 0 else 0
        super().__init__(signal.Signals(self.signal).name if self.signal else f"exit status {status}")


class _Child:
    """One process that parses, for one document at a time."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout

    async def ask(self, head: bytes, body: bytes) -> bytes:
        """What the child tells of the document; _DiedError when it ends instead."""
        try:
            self._stdin.write(head)
            for start in range(0, len(body), _STEP):  # a large body is not copied whole a second time
                self._stdin.write(body[start : start + _STEP])
                await self._stdin.drain()
            told, _ = frames.LENGTHS.unpack(await self._stdout.readexactly(frames.LENGTHS.size))
            return await self._stdout.readexactly(told)
        except (ConnectionError, asyncio.IncompleteReadError):
            await self.gone()
            raise _DiedError(self._process.returncode) from None

    def kill(self) -> None:
        """End it now, whatever it does."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def gone(self) -> None:
        """Wait until it has ended, with nothing left of it: no process, no open pipe."""
        self._stdin.close()
        await self._stdout.read()
        await self._process.wait()

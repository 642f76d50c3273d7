"""A real HTTP server on loopback that answers as a test tells it, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from monitor.demo.loopback import HOST, listen, port_of


@dataclass(frozen=True, kw_only=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes


Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


class HttpServer:
    """Gives each path its answers in turn, the last one for ever; 404 where it has none."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.requests: list[Request] = []
        self.connections = 0
        self.came = asyncio.Event()  # set by each request
        self._answers: dict[str, list[Answer]] = {}

    def url(self, path: str, host: str = HOST) -> str:
        return f"http://{host}:{self.port}{path}"

    def serve(self, path: str, *answers: Answer, host: str = HOST) -> str:
        """Put up answers; the address under which they are given."""
        self._answers[path] = list(answers)
        return self.url(path, host)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        request = await _read(reader)
        self.requests.append(request)
        self.came.set()
        waiting = self._answers.get(request.path) or [answer(404)]
        told = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(told, bytes):
            writer.write(told)
            await writer.drain()
        else:
            await told(writer)


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A whole answer; `content_length` may lie."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("content-length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} Told\r\n{head}connection: close\r\n\r\n".encode() + body


async def silence(writer: asyncio.StreamWriter) -> None:
    """Take the request and never answer."""
    del writer
    await asyncio.Event().wait()


@asynccontextmanager
async def http_server() -> AsyncIterator[HttpServer]:
    """A server on a free port, in the loop of the test."""
    listener = listen()
    running = HttpServer(port_of(listener))
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            await running.handle(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client is gone, or the test is over
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(handle, sock=listener)
    try:
        yield running
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method=method, path=path, headers=headers, body=body)

"""Any number of feeds on loopback, as a script: prints its port, answers 304 to whoever knows the ETag.

Takes how many items a feed holds, and "telling" where one of them is to hold a deed in two languages. Every
twentieth feed has no ETag and is sent whole each time. It listens on all of 127.0.0.0/8, so that feeds can have hosts.

`/asked` tells how many answers of each status it has given.
"""

from __future__ import annotations

import asyncio
import collections
import json
import sys

_CHANGING = 20  # every so many feeds, one has no ETag
_TAG = '"as-ever"'


class Feeds:
    """Writes the feeds and counts the answers."""

    def __init__(self) -> None:
        self.answers: collections.Counter[str] = collections.Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after the other."""
        try:
            while head := await _head(reader):
                writer.write(self._answer(head))
                await writer.drain()
        except ConnectionError:
            pass  # who asks may leave
        finally:
            writer.close()

    def _answer(self, head: str) -> bytes:
        path = head.split(" ", 2)[1]
        if path == "/asked":
            return _response("200 OK", json.dumps(self.answers).encode())
        changing = int(path.rsplit("/", 1)[1]) % _CHANGING == 0
        known = f"if-none-match: {_TAG}" in head.lower() and not changing
        status = "304 Not Modified" if known else "200 OK"
        self.answers[status[:3]] += 1
        return _response(
            status, b"" if known else _document(path), tag="" if changing else f"ETag: {_TAG}\r\n"
        )


async def _head(reader: asyncio.StreamReader) -> str:
    """The head of the next request; "" when there is none."""
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return ""


def _response(status: str, body: bytes, *, tag: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\n{tag}Content-Type: application/rss+xml\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


def _document(path: str) -> bytes:
    items = "".join(
        f"<item><guid>{path}/{number}</guid><title>Council meets on item {number}</title>"
        f"<link>https://news.example{path}/{number}</link><pubDate>Tue, 01 Mar 2022 08:{number:02}:00 GMT</pubDate>"
        f"<description>&lt;p&gt;{'The council spoke at length of roads, schools and water. ' * 5}&lt;/p&gt;"
        f"</description></item>"
        for number in range(int(sys.argv[1]))
    )
    if path == "/0" and "telling" in sys.argv:
        told = enumerate(
            ("North Korea fired a ballistic missile", "Le régime a tiré: North Korea fired a missile")
        )
        items += "".join(f"<item><guid>told-{at}</guid><title>{title}</title></item>" for at, title in told)
    head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
    return f"{head}<title>Feed {path}</title>{items}</channel></rss>".encode()


async def main() -> None:
    """Serve until killed."""
    server = await asyncio.start_server(Feeds().serve, "0.0.0.0", 0, backlog=1024)  # noqa: S104 - feeds have hosts
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())

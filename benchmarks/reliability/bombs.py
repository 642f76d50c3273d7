"""Documents made to hurt, served beside healthy feeds: the service keeps its memory, and the others are read."""

from __future__ import annotations

import contextlib
import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from feeddocuments import ITEM, attribute_bomb, entity_bomb, item, rss

from benchmarks.reliability.figure import Figure, Progress

GROWTH = 32  # MB that the service may grow by
HEALTHY = 20  # feeds
_MB = 2**20
_LARGE = 100 * _MB


@dataclass(frozen=True, kw_only=True)
class Bomb:
    """One answer made to hurt."""

    headers: Mapping[str, str]
    body: Callable[[], Iterator[bytes]]


def whole(body: bytes, **headers: str) -> Bomb:
    """An answer sent at once."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Bomb(headers={"content-length": str(len(body)), **named}, body=lambda: iter([body]))


def _zeros() -> Iterator[bytes]:
    """A hundred megabytes, a piece at a time."""
    return (b"0" * _MB for _ in range(_LARGE // _MB))


def _chunks() -> Iterator[bytes]:
    """The same as chunks, with no word on how many come."""
    return (b"%x\r\n%s\r\n" % (len(part), part) for part in _zeros())


def bombs() -> dict[str, Bomb]:
    """Every kind that we know, by name."""
    zipped = gzip.compress(bytes(256 * _MB), compresslevel=9)
    nested = b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 200_000
    return {
        "gzip": whole(zipped, content_encoding="gzip"),
        "chain": whole(gzip.compress(zipped), content_encoding="gzip, gzip"),
        "other-coding": whole(zipped, content_encoding="zstd"),
        "entities": whole(entity_bomb()),
        "comments": whole(rss(item(guid="1", title="x", description="&lt;!--" * 25_000))),
        "attributes": whole(attribute_bomb()),
        "nested-raw": whole(rss(item(guid="1", title="x", description="<b>" * 200_000))),
        "nested-escaped": whole(rss(item(guid="1", title="x", description="&lt;b&gt;" * 200_000))),
        "nested-json": whole(nested),
        "long-title": whole(rss(item(guid="1", title="x" * 8 * _MB))),
        "large": Bomb(headers={"content-length": str(_LARGE)}, body=_zeros),
        "large-chunked": Bomb(headers={"transfer-encoding": "chunked"}, body=_chunks),
    }


def measure(progress: Progress, only: tuple[str, ...] = ()) -> list[Figure]:
    """One round of the service over them and the healthy feeds, in a process of its own."""
    served = {name: bomb for name, bomb in bombs().items() if not only or name in only}
    with tempfile.TemporaryDirectory(prefix="bongsu-bombs-") as folder, _server(served) as base:
        told = {"base": base, "bombs": list(served), "healthy": HEALTHY, "folder": folder}
        command = [sys.executable, "-m", "benchmarks.reliability.bombed", json.dumps(told)]
        root = Path(__file__).resolve().parents[2]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, cwd=root)
    found = json.loads(done.stdout)
    progress(1, 1)
    return [
        Figure(
            what=f"bombs polled beside {HEALTHY} healthy feeds",
            tried=f"{len(served)} bombs",
            harm={
                f"MB past {GROWTH}": max(0, found["grown"] - GROWTH),
                "healthy feeds unread": found["unread"],
                "uncaught": found["uncaught"],
            },
            note=f"the service grew by {found['grown']} MB; healthy feeds were read within {found['seconds']} s",
        )
    ]


@contextmanager
def _server(served: Mapping[str, Bomb]) -> Iterator[str]:
    """Serves the bombs by name, and a healthy feed at any other path; gives the base address."""
    healthy = whole(rss(ITEM))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            bomb = served.get(self.path.strip("/"), healthy)
            self.send_response(200)
            for name, value in {
                "content-type": "application/rss+xml",
                "connection": "close",
                **bomb.headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.close_connection = True
            with contextlib.suppress(ConnectionError):  # who asked has had enough
                for part in bomb.body():
                    self.wfile.write(part)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()

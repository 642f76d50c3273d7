"""A real HTTP server on loopback, whose feeds a test writes."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

Item = tuple[str, str, dt.datetime]  # id, title, published


class FeedServer:
    """Serves what `publish` was given; answers 304 where the ETag is known, 500 where it should fail."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.bodies: dict[str, bytes] = {}
        self.pages: dict[str, bytes] = {}  # by path
        self.statuses: dict[
            str, tuple[int, dict[str, str]]
        ] = {}  # by path: a status and headers, nothing more
        self.broken: set[str] = set()
        self.asked: list[tuple[str, int]] = []  # path and the status that it got
        self._silent: dict[str, threading.Event] = {}  # by path: set when it may answer again

    def url(self, name: str) -> str:
        return f"{self.base}/{name}"

    @contextmanager
    def silent(self, name: str) -> Iterator[None]:
        """Take what is asked of that feed, and answer only when the block has ended."""
        over = self._silent[f"/{name}"] = threading.Event()
        try:
            yield
        finally:
            over.set()

    def wait(self, path: str) -> None:
        """Returns when that path may be answered."""
        if path in self._silent:
            self._silent[path].wait()

    def publish(self, name: str, items: Sequence[Item], *, site: str = "https://news.example") -> str:
        """Put up an RSS feed of these items, newest first as given, whose pages lie on that site; its address."""
        entries = "".join(
            f"<item><guid>{escape(key)}</guid><title>{escape(title)}</title>"
            f"<link>{escape(site)}/{escape(key)}</link><description>{escape(title)}.</description>"
            f"<pubDate>{format_datetime(published)}</pubDate></item>"
            for key, title, published in items
        )
        head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        text = f"{head}<title>{escape(name)}</title>{entries}</channel></rss>"
        self.bodies[f"/{name}"] = text.encode()
        return self.url(name)

    def answer(self, path: str, known: str | None) -> tuple[int, dict[str, str], bytes]:
        if path in self.statuses:
            return *self.statuses[path], b""
        if path in self.pages and path not in self.broken:
            return 200, {"Content-Type": "text/html; charset=utf-8"}, self.pages[path]
        if path in self.broken or path not in self.bodies:
            return (500 if path in self.broken else 404), {}, b""
        body = self.bodies[path]
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if known == etag:
            return 304, {"ETag": etag}, b""
        return 200, {"ETag": etag, "Content-Type": "application/rss+xml"}, body


@contextmanager
def feed_server(host: str = "127.0.0.1") -> Iterator[FeedServer]:
    """A server on a free port, up while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            feeds.wait(self.path)
            status, headers, body = feeds.answer(self.path, self.headers.get("If-None-Match"))
            feeds.asked.append((self.path, status))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            with suppress(ConnectionError):  # whoever asked may have gone
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    feeds = FeedServer(f"http://{host}:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield feeds
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""A receiver that honours ids: what comes again under an id that it knows is taken, and has no effect."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

_WORD = re.compile(rb"EV\d{5}")


@dataclass(kw_only=True)
class Ledger:
    """What came in."""

    url: str
    times: Counter[str] = field(default_factory=Counter)  # id to how often it came
    effects: Counter[str] = field(default_factory=Counter)  # event to how many ids told of it

    def take(self, name: str, body: bytes) -> None:
        """Note one message."""
        if not self.times[name]:
            self.effects.update(each.decode() for each in set(_WORD.findall(body)))
        self.times[name] += 1

    def lost(self, expected: Iterator[str]) -> int:
        """How many of the events nobody was told of."""
        return sum(not self.effects[each] for each in expected)

    @property
    def doubled(self) -> int:
        """How many events were told under two ids."""
        return sum(count > 1 for count in self.effects.values())

    @property
    def again(self) -> set[str]:
        """The ids that came more than once."""
        return {name for name, count in self.times.items() if count > 1}


@contextmanager
def receiver() -> Iterator[Ledger]:
    """A receiver on loopback, while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:  # the sender was killed between its head and the end of its body
                return
            ledger.take(self.headers["webhook-id"], body)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ledger = Ledger(url=f"http://127.0.0.1:{server.server_port}/")
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield ledger
    finally:
        server.shutdown()
        server.server_close()

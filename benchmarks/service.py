"""`monitor run` as a process: from a feed's answer to the message, and what it uses when nothing happens."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from benchmarks.corpus import Corpus
from benchmarks.process import MONITOR, cpu
from benchmarks.table import Row

_FEEDS = 36  # as many as `monitor init` brings
_IDLE = 60.0  # seconds
_SETTLED = 20.0  # seconds in which the first articles are read
_TOLD = 40
_APART = 2.5  # seconds between two events
_PATIENCE = 120.0
_CHANCE = random.Random(2022)  # noqa: S311 - words, no secret
_WORDS = [
    *(
        "morning",
        "river",
        "council",
        "window",
        "yellow",
        "garden",
        "winter",
        "bridge",
        "people",
        "market",
        "summer",
    ),
    *(
        "village",
        "station",
        "school",
        "water",
        "family",
        "evening",
        "harbour",
        "street",
        "country",
        "weather",
    ),
    *("office", "engine", "doctor", "letter", "kitchen", "mountain", "paper"),
]


def _name() -> str:
    return "".join(_CHANCE.choice("bdfgklmnprstvz") + _CHANCE.choice("aeiou") for _ in range(4)).title()


# Painters of whom no other rule knows, and a text of its own for each: every event is an alert of its own.
_PAINTERS = [_name() for _ in range(_TOLD + 1)]
_TEXTS = [f"The {' and the '.join(_CHANCE.sample(_WORDS, 8))} were there." for _ in _PAINTERS]
_FILES = {
    "barns.yml": """\
id: barns
title: Somebody paints a barn
level: high
when: {actor: $painter, action: $paint, object: $barn}
alert: {group_by: [actor]}
""",
    "vocabulary/paint.yml": """\
list: paint
kind: action
about: Painting.
entries:
  - {slug: paint, verbs: [paint]}
""",
    "vocabulary/barn.yml": """\
list: barn
kind: object
about: Barns.
entries:
  - {slug: barn, en: [barn]}
""",
    "vocabulary/painter.yml": "list: painter\nkind: actor\nabout: Who paints.\nentries:\n"
    + "".join(f"  - {{slug: {name.lower()}, en: [{name}]}}\n" for name in _PAINTERS),
}


def measure(corpus: Corpus) -> list[Row]:
    """Both, with as many feeds as a new installation has."""
    idle = _idle(corpus.folder / "idle")
    waits = sorted(_waits(corpus.folder / "told"))
    return [
        Row(
            what=f"monitor run with {_FEEDS} feeds while none is due, share of one core",
            ours=f"{idle:.2%}",
            aim="under 1 %",
        ),
        Row(
            what=f"from the answer of a feed to the message at its receiver, p95 of {len(waits)}",
            ours=f"{waits[int(len(waits) * 0.95)]:.2f} s",
            aim="under 2 s",
        ),
        Row(what="the same, median", ours=f"{statistics.median(waits):.2f} s"),
    ]


def _idle(home: Path) -> float:
    """Share of one core over a minute, once every feed was asked."""
    with _Outside() as outside, _service(home, outside, interval="10m") as service:
        outside.wait_until_all_were_asked()
        time.sleep(_SETTLED)
        before, began = _used(service.pid), time.monotonic()
        time.sleep(_IDLE)
        return (_used(service.pid) - before) / (time.monotonic() - began)


def _waits(home: Path) -> list[float]:
    """Seconds from the first answer that holds an event to the message on it."""
    with _Outside() as outside, _service(home, outside, interval="1s"):
        outside.wait_until_all_were_asked()
        outside.tell(0)
        outside.wait_for(1)  # it loads the model
        for number in range(1, _TOLD + 1):
            outside.tell(number)
            time.sleep(_APART)
        outside.wait_for(_TOLD + 1)
    return [outside.received[number] - outside.answered[number] for number in range(1, _TOLD + 1)]


class _Outside:
    """Feeds that tell of an event now and then, and the receiver of a webhook."""

    def __init__(self) -> None:
        self.asked: set[int] = set()  # feeds
        self.answered: dict[int, float] = {}  # event to when it was first given away
        self.received: dict[int, float] = {}  # event to when the message came
        self._told: dict[int, list[int]] = defaultdict(list)  # by feed
        outside = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer(outside.document(int(self.path.rpartition("/")[2])))

            def do_POST(self) -> None:
                outside.receive(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._answer(b"")

            def _answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """Say nothing: the service may leave when it ends."""

        self._server = Server(("0.0.0.0", 0), Handler)  # noqa: S104 - feeds have hosts
        self.port = self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def tell(self, number: int) -> None:
        """The next answer of one of the feeds holds this event."""
        self._told[number % _FEEDS].append(number)

    def document(self, feed: int) -> bytes:
        """The feed as it is now."""
        told = tuple(self._told[feed])
        said = [(f"{_PAINTERS[each]} paints a barn", _TEXTS[each]) for each in told]
        items = "".join(
            f"<item><guid>{feed}/{title}</guid><title>{title}</title><description>{text}</description></item>"
            for title, text in [("Council meets on roads", ""), *said]
        )
        for each in told:
            self.answered.setdefault(each, time.monotonic())
        self.asked.add(feed)
        return f'<rss version="2.0"><channel><title>Feed {feed}</title>{items}</channel></rss>'.encode()

    def receive(self, message: str) -> None:
        """Note which event it is on."""
        number = next(number for number, name in enumerate(_PAINTERS) if name in message)
        self.received.setdefault(number, time.monotonic())

    def wait_until_all_were_asked(self) -> None:
        """Returns when every feed was asked once."""
        _until(lambda: len(self.asked) == _FEEDS)

    def wait_for(self, messages: int) -> None:
        """Returns when so many have come."""
        _until(lambda: len(self.received) == messages)


@contextmanager
def _service(home: Path, outside: _Outside, *, interval: str) -> Iterator[subprocess.Popen[bytes]]:
    for name, text in _FILES.items():
        file = home / "rules" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    config = (
        f'[poll]\ninterval = "{interval}"\nallow_networks = ["127.0.0.0/8"]\n[web]\nport = 0\n'
        f'[channels.hook]\nkind = "webhook"\nurl = "http://127.0.0.1:{outside.port}/hook"\n'
        '[[subscriptions]]\nid = "desk"\nchannel = "hook"\nrules = ["barns"]\nmin_level = "low"\n'
    )
    config += "".join(
        f'[[feeds]]\nid = "feed-{n}"\nurl = "http://127.0.0.{n + 1}:{outside.port}/{n}"\n'
        'name = "Feed"\npublisher = "Nobody"\n'
        for n in range(_FEEDS)
    )
    (home / "config.toml").write_text(config, encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if name != "MONITOR_CONFIG"}
    env["OPENBLAS_NUM_THREADS"] = "1"
    with (
        (home / "log").open("wb") as log,
        subprocess.Popen([*MONITOR, "run"], cwd=home, env=env, stdout=log, stderr=log) as service,
    ):
        try:
            yield service
        finally:
            service.terminate()


def _used(process: int) -> float:
    """Seconds of CPU of the process and its children so far."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return sum(map(cpu, (process, *map(int, children.split()))))


def _until(true: Callable[[], bool]) -> None:
    """Returns once it is true; RuntimeError where that takes too long."""
    end = time.monotonic() + _PATIENCE
    while not true():
        if time.monotonic() > end:
            raise RuntimeError("the service did not do in time what it was waited for; its log may say why")
        time.sleep(0.05)

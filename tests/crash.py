"""A service that dies: `python crash.py DATABASE SENT SEED LIVES` analyses and delivers until all is done.

Each life runs in a process of its own and kills itself with SIGKILL at a moment drawn from the seed; the
last two run to their end: a server may only just notice that their forerunner is gone. Moments are every SQL
statement, every commit and the two sides of every sending, so that no gap between two steps is safe. SENT
gets one line for each message, the delivery's id and its alert. Prints the exit status of every life as JSON.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import os
import random
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import structlog
from builders import event
from fakes import FakeReader
from sqlalchemy import Engine
from sqlalchemy import event as sqlalchemy_event

from monitor import outbox, pipeline
from monitor.app import web_client
from monitor.config import Config
from monitor.feeds.child import ParserPool
from monitor.matching.judge import RuleIndex
from monitor.matching.load import load_pack
from monitor.model import Digest, Event, Message, Notice
from monitor.pipeline import Analysed, Delivered, Parts
from monitor.storage import Database

START = dt.datetime(2026, 3, 11, 23, 0, tzinfo=dt.UTC)
RULES = Path(__file__).parent / "data" / "rules"
WORDS = tuple(f"SRBM-{number:02}" for number in range(8))  # each an event of its own
CONFIG = Config.model_validate({"analysis": {"batch": 3}, "delivery": {"concurrency": 2}})
MOMENTS = 60  # a life without a kill has many more


def events() -> dict[str, Event]:
    """What each word in a title tells of: launches of different days."""
    first = dt.date(2026, 2, 1)
    return {word: replace(event(), date=first + dt.timedelta(days=2 * at)) for at, word in enumerate(WORDS)}


class Sink:
    """Writes down what it is given, as a receiver outside would know it."""

    def __init__(self, path: Path, moment: Callable[[], None]) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.moment = moment

    async def send(self, message: Message | Digest | Notice, *, now: dt.datetime) -> None:
        del now
        assert isinstance(message, Message)
        self.moment()
        os.write(self.file, f"{message.delivery.id} {message.alert.id}\n".encode())
        self.moment()


class Countdown:
    """Kills the process at the moment of that number; never when it is 0."""

    def __init__(self, left: int) -> None:
        self.left = left

    def __call__(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


async def live(database: Database, sent: Path, *, countdown: Countdown, now: dt.datetime) -> None:
    reader = FakeReader(events())
    pack = load_pack([RULES])
    parts = Parts(
        config=CONFIG,
        database=database,
        client=web_client(CONFIG),
        parse=ParserPool().parse,
        reader=lambda: reader,
        rules=RuleIndex.of(pack.rules),
        names={},
        channels={"console": Sink(sent, countdown)},
        random=lambda: 0.5,
    )
    while await pipeline.analyse(parts, now=now) != Analysed():
        pass
    while await outbox.deliver(parts, now=now) != Delivered():
        pass


def one_life(url: str, sent: Path, *, kill_at: int, now: dt.datetime) -> int:
    """Wait status of a child that lives until the moment of that number."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    countdown = Countdown(kill_at)
    for name in ("before_cursor_execute", "commit"):
        sqlalchemy_event.listen(Engine, name, lambda *_: countdown())
    asyncio.run(live(Database(url), sent, countdown=countdown, now=now))
    os._exit(0)


def main(url: str, sent: str, seed: str, lives: str) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    draw = random.Random(int(seed))
    kills = [draw.randint(1, MOMENTS) for _ in range(int(lives))]
    statuses = [
        one_life(url, Path(sent), kill_at=kill_at, now=START + life * CONFIG.delivery.lease)
        for life, kill_at in enumerate([*kills, 0, 0], start=1)
    ]
    sys.stdout.write(json.dumps(statuses))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The service in a process of its own: `python workers.py run|worker CONFIG SENT` works until SIGTERM.

As `monitor run` or as a `monitor worker` of all kinds, but with a reader that takes its time over every article
and loads no model. SENT gets one line for each message, the delivery's id and its alert; the log goes to stdout.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from crash import RULES, events
from fakes import FakeReader
from logs import plain_log

from monitor.app import App
from monitor.config import Config
from monitor.matching.load import load_pack
from monitor.model import Article, Digest, Message, Notice, Reading
from monitor.storage.jobs import Work
from monitor.worker import Worker

PACE = 0.05  # seconds for an article


class SlowReader(FakeReader):
    """Gives a test the time to kill who reads."""

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        time.sleep(PACE * len(articles))
        return super().read(articles)


class Sink:
    """Writes down what it is given, as a receiver outside would know it."""

    def __init__(self, path: str) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    async def send(self, message: Message | Digest | Notice, *, now: object) -> None:
        del now
        assert isinstance(message, Message)
        os.write(self.file, f"{message.delivery.id} {message.alert.id}\n".encode())


async def main(mode: str, config: Config, sent: str) -> None:
    plain_log()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    reader = SlowReader(events())
    opened = App.open(
        config,
        pack=load_pack([RULES]),
        reader=lambda: reader,
        channels={"console": Sink(sent)},
        jobs=mode == "worker",
    )
    async with opened as app:
        await (Worker(app, list(Work)).serve(stop) if mode == "worker" else app.serve(stop))


if __name__ == "__main__":
    given = Config.model_validate(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    asyncio.run(main(sys.argv[1], given, sys.argv[3]))

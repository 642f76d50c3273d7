"""A service that polls, analyses and delivers until it is killed: `python -m benchmarks.reliability.worker TOLD`.

TOLD is JSON: the database's URL, the feeds' addresses, the receiver's, how many events. Each line of the input
begins a life in a process of its own: `TIME once` ends it when nothing is left to do, `TIME on` never does. Its
number is printed, and when it is over, how it ended. What is loaded once serves every life: a kill every fifth
of a second would otherwise meet nothing but imports.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import replace

import structlog
from builders import event
from fakes import FakeReader

from benchmarks.reliability import TESTS
from monitor import outbox, pipeline
from monitor.app import open_channels, web_client
from monitor.config import Config
from monitor.feeds.entry import Document
from monitor.feeds.parse import parse
from monitor.matching.judge import RuleIndex
from monitor.matching.load import load_pack
from monitor.model import Event
from monitor.pipeline import Analysed, Delivered, Parts
from monitor.storage import Database

FIRST = dt.date(2020, 1, 1)
_PAUSE = 0.005  # seconds between two rounds of a life


def word(number: int) -> str:
    """What the titles on that event hold, and no other."""
    return f"EV{number:05}"


def config(told: Mapping[str, object]) -> Config:
    """One webhook, told of everything; feeds due every minute."""
    feeds = told["feeds"]
    assert isinstance(feeds, list)
    return Config.model_validate(
        {
            "storage": {"url": told["database"]},
            "poll": {"allow_networks": ["127.0.0.1/32"], "interval": "1m"},
            "channels": {"sink": {"kind": "webhook", "url": told["sink"]}},
            "subscriptions": [{"id": "desk", "channel": "sink"}],
            "feeds": [
                {"id": f"feed-{at}", "url": url, "name": f"Feed {at}", "publisher": f"Paper {at}"}
                for at, url in enumerate(feeds)
            ],
        }
    )


def events(count: int) -> dict[str, Event]:
    """Launches two days apart: each an event of its own."""
    return {
        word(number): replace(event(), date=FIRST + dt.timedelta(days=2 * number)) for number in range(count)
    }


async def parse_here(body: bytes, *, content_type: str | None, url: str) -> Document:
    """The document, parsed in this process: a child takes longer to start than a life lasts."""
    return parse(body, content_type=content_type, url=url)


async def live(
    told: Mapping[str, object], reader: FakeReader, rules: RuleIndex, *, once: bool, now: dt.datetime
) -> None:
    """Round after round; with `once`, until one finds nothing to do."""
    settings = config(told)
    async with web_client(settings) as client:
        parts = Parts(
            config=settings,
            database=Database(settings.database_url),
            client=client,
            parse=parse_here,
            reader=lambda: reader,
            rules=rules,
            names={},
            channels=open_channels(settings, poster=client),
            random=lambda: 0.5,
        )
        while await _round(parts, now=now) or not once:  # noqa: ASYNC110 - nothing tells of new work
            await asyncio.sleep(_PAUSE)


async def _round(parts: Parts, *, now: dt.datetime) -> bool:
    """Whether there was anything to do."""
    polled = await pipeline.poll(parts, now=now)
    busy = polled.articles > 0
    while await pipeline.analyse(parts, now=now) != Analysed():
        busy = True
    while await outbox.deliver(parts, now=now) != Delivered():
        busy = True
    return busy


def main(told: Mapping[str, object]) -> None:
    """Begin a life for each line, one after the other."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    reader = FakeReader(events(int(str(told["events"]))))
    rules = RuleIndex.of(load_pack([TESTS / "data" / "rules"]).rules)
    for line in sys.stdin:
        moment, how = line.split()
        child = os.fork()
        if not child:
            asyncio.run(live(told, reader, rules, once=how == "once", now=dt.datetime.fromisoformat(moment)))
            os._exit(0)
        _say(child)
        _say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

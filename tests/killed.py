"""Deeds that are killed: `python killed.py TOLD` does one for each line of its input, each in a process of its own.

TOLD is JSON: the database's URL, the feed's address, the receiver's, and a folder. A line is `DEED MOMENT TIME`: the
process kills itself with SIGKILL at that SQL statement or commit of the deed, at none when it is 0. Printed is how
it ended.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import os
import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import structlog
from builders import event
from crash import Countdown
from fakes import FakeReader
from sqlalchemy import Engine
from sqlalchemy import event as sqlalchemy_event

from benchmarks.reliability.worker import parse_here
from monitor.app import App
from monitor.config import Config
from monitor.matching.load import Pack, load_pack
from monitor.storage import Database, prune
from monitor.web import create
from monitor.web.site import Site

RULES = Path(__file__).parent / "data" / "rules"
HOST = "127.0.0.1"
Deed = Callable[[App], Awaitable[object]]


def config(told: Mapping[str, Any]) -> Config:
    """One feed, a webhook that gets a digest every hour, and pages by which readers subscribe."""
    return Config.model_validate(
        {
            "storage": {"url": told["database"]},
            "poll": {"allow_networks": ["127.0.0.1/32"]},
            "channels": {
                "sink": {"kind": "webhook", "url": told["sink"]},
                "mail": {"kind": "email", "host": HOST, "sender": "b@example.org"},
            },
            "web": {"subscribe": "mail", "address": "https://alerts.example.org"},
            "subscriptions": [{"id": "desk", "channel": "sink", "digest": "hourly"}],
            "feeds": [{"id": "a", "url": told["feed"], "name": "A", "publisher": "A", "full_text": True}],
        },
        context={"folder": told["folder"]},
    )


def post(path: str) -> Deed:
    """The form of that page, sent as a browser does."""

    async def send(app: App) -> None:
        transport = httpx.ASGITransport(app=create(Site(app=app), hosts=[HOST]))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
            found = re.search(r'name="token" value="([^"]+)"', (await client.get(path)).text)
            await client.post(path, data={"token": found[1] if found else ""})

    return send


async def let_go(app: App) -> None:
    """What `monitor db prune` does, of all that there is."""
    for forget in (prune.texts, prune.misses):
        with app.parts.database.write() as conn:
            forget(conn, app.clock())


async def do(
    told: Mapping[str, Any], deed: str, countdown: Countdown, pack: Pack, *, now: dt.datetime
) -> None:
    """The deed, with the countdown running from its beginning."""
    if deed == "upgrade":
        Database(told["database"]).upgrade()
        return
    reader = FakeReader({"SRBM": event(), "ICBM": event(date=dt.date(2026, 3, 1))})
    kept, countdown.left = countdown.left, 0  # opening is no part of the deed
    async with App.open(config(told), clock=lambda: now, pack=pack, reader=lambda: reader) as app:
        app.parts = replace(app.parts, parse=parse_here)  # quicker than a child of its own in each
        deeds: Mapping[str, Deed] = {
            "poll": App.poll,
            "pages": App.read_pages,
            "analyse": App.analyse,
            "deliver": App.deliver,
            "prune": let_go,
        }
        countdown.left = kept
        await deeds.get(deed, post(deed))(app)
        countdown.left = 0


def main(told: Mapping[str, Any]) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    pack = load_pack([RULES])
    for line in sys.stdin:
        deed, moment, time = line.split()
        child = os.fork()
        if not child:
            countdown = Countdown(int(moment))
            for name in ("before_cursor_execute", "commit"):
                sqlalchemy_event.listen(Engine, name, countdown)
            asyncio.run(do(told, deed, countdown, pack, now=dt.datetime.fromisoformat(time)))
            os._exit(0)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{ended}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

"""The service under bombs: `python -m benchmarks.reliability.bombed TOLD` polls once, prints what it cost as JSON."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from fakes import FakeReader

from benchmarks.reliability import TESTS
from monitor.app import App
from monitor.config import Config
from monitor.matching.load import load_pack
from monitor.storage import articles, feeds

START = dt.datetime(2026, 3, 11, 23, 0, tzinfo=dt.UTC)


def config(told: Mapping[str, Any]) -> Config:
    """Healthy feeds and bombs, these in between."""
    names = [f"healthy-{number}" for number in range(told["healthy"])]
    names[1:1] = told["bombs"]
    return Config.model_validate(
        {
            "poll": {"allow_networks": ["127.0.0.1/32"], "per_host": 64, "interval": "1m"},
            "feeds": [
                {"id": name, "url": f"{told['base']}/{name}", "name": name, "publisher": name}
                for name in names
            ],
        },
        context={"folder": told["folder"]},
    )


async def suffer(told: Mapping[str, Any]) -> dict[str, int]:
    """One round on the healthy feeds alone, so that all is loaded, then one on everything."""
    now = START
    async with App.open(
        config(told),
        clock=lambda: now,
        pack=load_pack([TESTS / "data" / "rules"]),
        reader=lambda: FakeReader({}),
        channels={},
    ) as app:
        with app.parts.database.read() as conn:
            due = feeds.due(conn, now=now, limit=999)
        healthy = [pair for pair in due if pair[0].id.startswith("healthy")]
        await app.poll_these(healthy[:2])
        before = _peak()
        began = time.monotonic()
        everything = asyncio.create_task(app.poll_these(due))
        while not everything.done() and _read(app) < len(healthy):  # noqa: ASYNC110 - a row tells nobody
            await asyncio.sleep(0.05)
        seconds = time.monotonic() - began
        polled = await everything
        with app.parts.database.read() as conn:
            errors = [state.error or "" for state in feeds.states(conn).values()]
        return {
            "grown": round(_peak() - before),
            "unread": len(healthy) - _read(app),
            "uncaught": sum("breaks the parser" in error or "died of it" in error for error in errors),
            "seconds": round(seconds),
            "failed": polled.failed,
        }


def _read(app: App) -> int:
    """How many healthy feeds have brought their article."""
    with app.parts.database.read() as conn:
        waiting = articles.pending(conn, limit=999)
    return len({each.feed for each in waiting if each.feed.startswith("healthy")})


def _peak() -> float:
    """The most that this process has held, in MB; `ru_maxrss` would begin with what its parent held."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not say what a process held at most")


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sys.stdout.write(json.dumps(asyncio.run(suffer(json.loads(sys.argv[1])))))

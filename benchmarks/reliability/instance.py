"""`monitor run` without the model, until it is stopped: `python -m benchmarks.reliability.instance TOLD`.

TOLD is what worker.py takes; the service is the real one, with its timer, its lock and its parsers.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Mapping

import structlog
from fakes import FakeReader

from benchmarks.reliability import TESTS
from benchmarks.reliability.worker import config, events
from monitor.app import App
from monitor.config import Config
from monitor.matching.load import load_pack

_HASTE = {
    "scheduler": {"tick": "0.1s"},
    "workers": {"stalled_after": "2s"},
    "delivery": {"lease": "4s", "timeout": "2s"},
    "web": {"enabled": False},
}


def hasty(told: Mapping[str, object]) -> Config:
    """The config of worker.py, for a service that finds out in seconds what takes minutes otherwise."""
    values = config(told).model_dump(
        exclude={"workers", "scheduler", "delivery", "web", "feeds", "channels", "storage"}
    )
    listed = [{**each.model_dump(), "interval": "1s"} for each in config(told).feeds]
    sink = {"sink": {"kind": "webhook", "url": told["sink"]}}
    storage = {"url": told["database"]}
    return Config.model_validate(values | _HASTE | {"feeds": listed, "channels": sink, "storage": storage})


async def serve(told: Mapping[str, object]) -> None:
    """The service, until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    reader = FakeReader(events(int(str(told["events"]))))
    async with App.open(
        hasty(told), pack=load_pack([TESTS / "data" / "rules"]), reader=lambda: reader
    ) as app:
        await app.serve(stop)


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asyncio.run(serve(json.loads(sys.argv[1])))

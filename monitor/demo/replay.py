"""The demo itself: the whole service, on the sample week, on a clock that runs fast.

Feeds come from a server on this machine, messages go to receivers in a process of their own, and nothing
leaves the machine. A run that was broken off, by whatever means, is taken up again where it stood.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextlib
import datetime as dt
import json
import logging
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from rich.console import Console

from monitor.app import App
from monitor.config import Config
from monitor.demo.clock import ReplayClock
from monitor.demo.collect import collect, drained
from monitor.demo.loopback import HOST, serve
from monitor.demo.outcome import Outcome, as_json
from monitor.demo.report import print_outcome
from monitor.demo.runs import Run, open_run
from monitor.demo.sample import END, START, SampleFeed, load_week
from monitor.demo.server import feed_app
from monitor.errors import MonitorError

SECONDS = 22.0  # of real time that the week takes
SPEED = (END - START).total_seconds() / SECONDS
PATIENCE = 60.0  # seconds of real time for the last deliveries


def run_demo(base: Path, *, leave: bool, json_out: bool) -> None:
    """Replay the week in a folder under `base`, or go on with a run that was broken off, and print what came of it.

    With `leave` it returns then; else the service stays up until Ctrl-C. With `json_out` standard output gets one
    JSON object and nothing else. UsageError when another demo runs in `base`.
    """
    with (
        open_run(base.resolve()) as run,
        contextlib.suppress(KeyboardInterrupt),
        _log_to(run.log),
        (run.folder / "console.txt").open("a", encoding="utf-8") as file,
    ):
        talk = Console(stderr=json_out, highlight=False)
        printed = Console(file=file, width=100) if json_out else talk
        asyncio.run(_demo(run, talk=talk, printed=printed, leave=leave, json_out=json_out))


async def _demo(run: Run, *, talk: Console, printed: Console, leave: bool, json_out: bool) -> None:
    clock = ReplayClock(run.position, start=START, speed=SPEED)
    week = load_week()
    with _receivers(run) as receivers, serve(feed_app(week, clock), run.last_port) as base:
        run.port(urlsplit(base).port or 0)
        config = demo_config(run, week, feeds_at=base, receivers=receivers)
        async with App.open(config, clock=clock, console=printed) as app:
            _greet(run, clock(), talk)
            await asyncio.to_thread(app.parts.reader)  # the model loads before the clock starts
            async with _in_service(app, clock):
                await _until(lambda: clock() >= END)
                await _until(lambda: drained(app.parts.database, END), patience=PATIENCE)
                outcome = collect(app, run, until=END)
                run.finish()
                _show(outcome, talk, json_out=json_out)
                if not leave:
                    await _stay(talk)


@contextlib.asynccontextmanager
async def _in_service(app: App, clock: ReplayClock) -> AsyncIterator[None]:
    """The service and the clock run while the block does; a fault in either ends it."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(app.serve(stop))
        moving = tasks.create_task(clock.run())
        yield
        stop.set()
        moving.cancel()


async def _until(true: Callable[[], bool], *, patience: float = float("inf")) -> None:
    """Wait until it is true, or until patience (seconds) is at its end."""
    end = time.monotonic() + patience
    while not true() and time.monotonic() < end:  # noqa: ASYNC110 - a clock and a database send no event
        await asyncio.sleep(0.1)


async def _stay(talk: Console) -> None:
    talk.print("  The service stays up, with its feeds and receivers. Ctrl-C ends it.\n", style="bold")
    await asyncio.Event().wait()


def _greet(run: Run, now: dt.datetime, talk: Console) -> None:
    if run.resumed:
        talk.print(f"An earlier demo was broken off; going on from {now:%A %d %B %Y %H:%M} UTC.\n")
    else:
        talk.print(
            f"Replaying the sample feeds of {START:%d} to {END - dt.timedelta(days=1):%d %B %Y}, written for this demo"
            f" about real events, in about {SECONDS:.0f} seconds.\n"
        )


def _show(outcome: Outcome, talk: Console, *, json_out: bool) -> None:
    if json_out:
        sys.stdout.write(json.dumps(as_json(outcome), ensure_ascii=False, indent=1) + "\n")
        sys.stdout.flush()
    else:
        print_outcome(outcome, talk)


def demo_config(
    run: Run, week: tuple[SampleFeed, ...], *, feeds_at: str, receivers: dict[str, object]
) -> Config:
    """The configuration of the demo: every channel, one subscription for each, and all sample feeds."""
    http = receivers["http"]
    return Config.model_validate(
        {
            "storage": {"url": f"sqlite:///{run.database.name}"},
            "poll": {"allow_networks": [f"{HOST}/32"], "per_host": len(week)},
            "delivery": {"give_up_after": dt.timedelta(days=30), "lease": dt.timedelta(hours=6)},
            "scheduler": {"tick": dt.timedelta(seconds=0.3)},
            "channels": {
                "email": {
                    "kind": "email",
                    "host": HOST,
                    "port": receivers["smtp"],
                    "security": "none",
                    "sender": "Bongsu <alerts@bongsu.example>",
                },
                "slack": {"kind": "slack", "webhook_url": f"{http}/services/T000/B000/demo"},
                "webhook": {"kind": "webhook", "url": f"{http}/webhook", "secret": "demo"},
            },
            "subscriptions": [
                {"id": "terminal", "channel": "console"},
                {"id": "desk", "channel": "email", "target": "desk@example.org"},
                {"id": "team", "channel": "slack"},
                {"id": "systems", "channel": "webhook"},
            ],
            "feeds": [_feed(feed, feeds_at) for feed in week],
        },
        context={"folder": run.folder},
    )


def _feed(feed: SampleFeed, base: str) -> dict[str, str]:
    return {
        "id": feed.id,
        "url": f"{base}/feeds/{feed.id}",
        "name": feed.name,
        "publisher": feed.publisher,
        "country": feed.country,
        "language": "en",
        "grade": feed.grade,
        "group": "sample",
    }


@contextlib.contextmanager
def _receivers(run: Run) -> Iterator[dict[str, object]]:
    """The receivers' process and its addresses; it ends when its standard input closes, even by a kill."""
    command = [sys.executable, "-m", "monitor.demo.sinks", str(run.received)]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        with contextlib.closing(child.stdin):
            line = child.stdout.readline()
            if not line:
                raise MonitorError("the demo's receivers did not start; their own message stands above")
            yield json.loads(line)


@contextlib.contextmanager
def _log_to(path: Path) -> Iterator[None]:
    """Keep the service's log out of the terminal."""
    with path.open("a", encoding="utf-8") as file:
        handler = logging.StreamHandler(file)
        logging.getLogger().addHandler(handler)
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(default=str),
            ],
            logger_factory=structlog.WriteLoggerFactory(file),
        )
        try:
            yield
        finally:
            logging.getLogger().removeHandler(handler)
            structlog.reset_defaults()

"""The demo itself: the whole service, on the sample week, on a clock that runs fast.

Feeds come from a server on this machine, messages go to receivers in a process of their own, and nothing
leaves the machine. A run that was broken off, by whatever means, is taken up again where it stood.
"""

from __future__ import annotations

import asyncio
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
from monitor.demo.clock import ReplayClock
from monitor.demo.collect import collect, drained
from monitor.demo.loopback import serve
from monitor.demo.outcome import Outcome, as_json
from monitor.demo.report import print_outcome
from monitor.demo.runs import Run, open_run
from monitor.demo.sample import END, START, load_week
from monitor.demo.server import feed_app
from monitor.demo.settings import write_config
from monitor.errors import MonitorError

SECONDS = 22.0  # of real time that the week takes
PATIENCE = 60.0  # seconds of real time for the last deliveries


def run_demo(
    base: Path, *, leave: bool, json_out: bool, seconds: float = SECONDS, rules: Path | None = None
) -> None:
    """Replay the week in a folder under `base`, or go on with a run that was broken off, and print what came of it.

    The week takes `seconds` of real time. `rules` is a folder beside the shipped rules.
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
        speed = (END - START).total_seconds() / seconds
        clock = ReplayClock(run.position, start=START, speed=speed)
        asyncio.run(
            _demo(run, clock, talk=talk, printed=printed, leave=leave, json_out=json_out, rules=rules)
        )


async def _demo(
    run: Run,
    clock: ReplayClock,
    *,
    talk: Console,
    printed: Console,
    leave: bool,
    json_out: bool,
    rules: Path | None,
) -> None:
    week = load_week()
    with receivers(run) as listening, serve(feed_app(week, clock), run.last_port) as base:
        run.port(urlsplit(base).port or 0)
        config = write_config(run, week, feeds_at=base, receivers=listening, rules=rules)
        async with App.open(config, clock=clock, console=printed) as app:
            _greet(run, clock, talk)
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


def _greet(run: Run, clock: ReplayClock, talk: Console) -> None:
    if run.resumed:
        talk.print(f"An earlier demo was broken off; going on from {clock():%A %d %B %Y %H:%M} UTC.\n")
    else:
        talk.print(
            f"Replaying {START:%d} to {END - dt.timedelta(days=1):%d %B %Y} in about {clock.seconds(END):.0f} seconds:"
            " sample feeds, written for this demo about real events.\n"
        )


def _show(outcome: Outcome, talk: Console, *, json_out: bool) -> None:
    if json_out:
        sys.stdout.write(json.dumps(as_json(outcome), ensure_ascii=False, indent=1) + "\n")
        sys.stdout.flush()
    else:
        print_outcome(outcome, talk)


@contextlib.contextmanager
def receivers(run: Run) -> Iterator[dict[str, object]]:
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

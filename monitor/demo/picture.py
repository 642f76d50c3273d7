"""Draws what the demo shows on a terminal, for the README: the same picture at every call.

The replay moves in steps here, each with a whole round of the service, so that no chance of timing gets in.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

from monitor.app import App
from monitor.demo.collect import collect, drained
from monitor.demo.loopback import serve
from monitor.demo.outcome import Outcome
from monitor.demo.replay import receivers
from monitor.demo.report import print_delivered, print_missed
from monitor.demo.runs import Run
from monitor.demo.sample import END, START, load_week
from monitor.demo.server import feed_app
from monitor.demo.settings import write_config

STEP = dt.timedelta(hours=1)
WIDTH = 100  # characters
LOUD = 3  # alerts shown as they come: the first that are high or critical


class StepClock:
    """Stands still until it is moved by a step."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        """The time of the replay, UTC."""
        return self.now


def draw(path: Path) -> None:
    """Replay the week and write an SVG picture of the terminal."""
    terminal = _terminal()
    with TemporaryDirectory() as folder:
        outcome = asyncio.run(_replay(Run(folder=Path(folder)), terminal))
    lines = _picture(terminal, outcome).splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def _picture(terminal: Console, outcome: Outcome) -> str:
    paper = Console(file=io.StringIO(), record=True, width=WIDTH, force_terminal=True, highlight=False)
    paper.print("[bold green]$[/] monitor demo --exit\n")
    alerts = _written(terminal).split("\n\n")
    loud = [alert for alert in alerts if _is_loud(alert)][:LOUD]
    for alert in loud:
        paper.print(Text.from_ansi(alert), end="\n\n")
    paper.print(Text(f"  … {len(alerts) - len(loud)} more\n", style="dim"))
    print_missed(outcome, paper)
    print_delivered(outcome, paper)
    return paper.export_svg(title="Bongsu", unique_id="bongsu")


def _is_loud(printed: str) -> bool:
    badge = printed.lstrip("\n").partition("\n")[0]
    return " HIGH " in badge or " CRITICAL " in badge


async def _replay(run: Run, terminal: Console) -> Outcome:
    week, clock = load_week(), StepClock(START)
    with receivers(run) as listening, serve(feed_app(week, clock)) as base:
        config = write_config(run, week, feeds_at=base, receivers=listening)
        async with App.open(config, clock=clock, console=terminal, draw=lambda: 0.5) as app:
            while not (clock() >= END and drained(app.parts.database, END)):
                await app.round()
                clock.now += STEP
            return collect(app, run, until=END)


def _terminal() -> Console:
    return Console(
        file=io.StringIO(), width=WIDTH, force_terminal=True, color_system="truecolor", highlight=False
    )


def _written(terminal: Console) -> str:
    assert isinstance(terminal.file, io.StringIO)
    return terminal.file.getvalue().rstrip()

"""`monitor run`: the service."""

from __future__ import annotations

import asyncio
import signal

import typer

from monitor.app import App
from monitor.cli.options import ConfigFile, read_config
from monitor.cli.output import counted
from monitor.config import Config
from monitor.storage import feeds

app = typer.Typer(add_completion=False)


@app.command()
def run(config: ConfigFile = None) -> None:
    """The service: poll feeds, analyse, deliver, until told to stop."""
    asyncio.run(_serve(read_config(config)))


async def _serve(config: Config) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with App.open(config) as service:
        typer.echo(f"Watching {_watched(service)}; Ctrl-C stops.", err=True)
        await service.serve(stop)


def _watched(service: App) -> str:
    with service.parts.database.read() as conn:
        paused = {name for name, state in feeds.states(conn).items() if state.paused}
        count = sum(feed.id not in paused for feed in feeds.all(conn))
    return counted(count, "feed")

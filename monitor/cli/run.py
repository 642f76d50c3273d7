"""`monitor run`: the service."""

from __future__ import annotations

import asyncio
import signal

import typer

from monitor.app import App
from monitor.cli.options import ConfigFile, read_config
from monitor.config import Config

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
        typer.echo(f"Watching {len(config.feeds)} feeds; Ctrl-C stops.", err=True)
        await service.serve(stop)

"""`monitor run`: the service."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import typer

from monitor.app import App
from monitor.cli.options import ConfigFile, read_config
from monitor.cli.output import complain, counted
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
    async with App.open(config) as service, pages(service, config) as address:
        shown = f" The board is at {address}" if address else ""
        typer.echo(f"Watching {_watched(service)}; Ctrl-C stops.{shown}", err=True)
        await service.serve(stop)


@asynccontextmanager
async def pages(service: App, config: Config) -> AsyncIterator[str]:
    """The pages, served as the config says; gives their address, "" where there are none."""
    settings = config.web
    if not settings.enabled:
        yield ""
        return
    from monitor.web import create, serving  # noqa: PLC0415 - loads a web framework
    from monitor.web.site import Site  # noqa: PLC0415

    site = Site(app=service)
    names = [settings.host, "localhost", urlsplit(settings.address).hostname or settings.host]
    async with serving(create(site, hosts=names), host=settings.host, port=settings.port) as address:
        if address is None:
            complain(f"no pages: port {settings.port} is taken; set another in [web] of the config")
        yield settings.address or address or ""


def _watched(service: App) -> str:
    with service.parts.database.read() as conn:
        paused = {name for name, state in feeds.states(conn).items() if state.paused}
        count = sum(feed.id not in paused for feed in feeds.all(conn))
    return counted(count, "feed")

"""`monitor run`: the service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import typer

from monitor.app import App
from monitor.cli.options import ConfigFile, read_config
from monitor.cli.output import complain, counted
from monitor.cli.signals import stop_at_once_while_starting, told_to_stop
from monitor.config import Config, Web
from monitor.errors import UsageError
from monitor.health import door
from monitor.storage import feeds
from monitor.storage.sole import sole

app = typer.Typer(add_completion=False)


@app.command()
def run(config: ConfigFile = None) -> None:
    """The service: poll feeds, analyse, deliver, until told to stop."""
    asyncio.run(_serve(read_config(config)))


async def _serve(config: Config) -> None:
    stop_at_once_while_starting()
    async with App.open(config) as service, _alone(service):
        service.parts.reader()  # now: while its lists are built they take the most room, and nothing else takes any
        async with pages(service, config) as address:
            stop, at_once = told_to_stop()
            shown = f" The board is at {address}" if address else ""
            typer.echo(f"Watching {_watched(service)}; Ctrl-C stops.{shown}", err=True)
            await service.serve(stop, at_once=at_once)


@asynccontextmanager
async def _alone(service: App) -> AsyncIterator[None]:
    """No other service on the same SQLite file; StorageError where there is one."""
    with sole(service.parts.database):
        yield


@asynccontextmanager
async def pages(service: App, config: Config) -> AsyncIterator[str]:
    """The pages, served as the config says; gives their address, "" where there are none."""
    settings = config.web
    if not settings.enabled:
        yield ""
        return
    _refuse_open_door(service, settings)
    from monitor.web import create, serving  # noqa: PLC0415 - loads a web framework
    from monitor.web.site import Site  # noqa: PLC0415
    from monitor.web.usage import kept  # noqa: PLC0415

    site = Site(app=service)
    pages = create(site, hosts=_hosts(settings))
    serve = serving(pages, host=settings.host, port=settings.port, proxies=settings.proxies)
    async with kept(site), serve as address:
        if address is None:
            complain(f"no pages: port {settings.port} is taken; set another in [web] of the config")
        yield settings.address or address or ""


def _refuse_open_door(service: App, settings: Web) -> None:
    """UsageError where others could reach the pages, and nobody would be let in."""
    with service.parts.database.read() as conn:
        found = door(settings, conn, now=service.clock())
    if not found.ok:
        raise UsageError(f"{found.said}: {found.mend}")


def _hosts(settings: Web) -> list[str]:
    """Names under which the pages may be asked: without login another name is a trap (DNS rebinding)."""
    if settings.asks_who:
        return ["*"]
    return [settings.host, "localhost", urlsplit(settings.address).hostname or settings.host]


def _watched(service: App) -> str:
    with service.parts.database.read() as conn:
        paused = {name for name, state in feeds.states(conn).items() if state.paused}
        count = sum(feed.id not in paused for feed in feeds.all(conn))
    return counted(count, "feed")

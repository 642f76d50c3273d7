"""`monitor worker`: one of several on one PostgreSQL."""

from __future__ import annotations

import asyncio
import difflib
import importlib.util
import signal
from typing import Annotated

import typer

from monitor.app import App
from monitor.cli.options import ConfigFile, read_config
from monitor.config import Config
from monitor.errors import UsageError
from monitor.storage.jobs import Work

app = typer.Typer(add_completion=False)

_TIMER = "timer"  # what every worker can do, and one with no other role does alone
_ROLES = (*(str(kind) for kind in Work), _TIMER)


@app.command()
def worker(
    roles: Annotated[
        str, typer.Option(help=f"What it does, of {', '.join(_ROLES)}; every worker can keep the timer.")
    ] = ",".join(Work),
    config: ConfigFile = None,
) -> None:
    """One of several workers on one PostgreSQL: polls, analyses, delivers, until told to stop."""
    kinds = _kinds(roles)
    settings = read_config(config)
    if settings.database_url.startswith("sqlite:"):
        raise UsageError(
            "workers need PostgreSQL (storage.url in the config); on SQLite `monitor run` does everything"
        )
    if importlib.util.find_spec("procrastinate") is None:
        raise UsageError("workers need the extra of that name: pip install 'bongsu[workers]'")
    asyncio.run(_serve(settings, kinds))


async def _serve(config: Config, kinds: frozenset[Work]) -> None:
    from monitor.worker import Worker  # noqa: PLC0415 - needs the extra

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with App.open(config, jobs=True) as service:
        told = ", ".join(kind for kind in Work if kind in kinds) or "standing by for the timer"
        typer.echo(f"Working on {service.parts.database.name}: {told}. Ctrl-C stops.", err=True)
        await Worker(service, kinds).serve(stop)


def _kinds(roles: str) -> frozenset[Work]:
    """The kinds of job that the words name; UsageError for a word that is no role."""
    words = [word.strip() for word in roles.split(",") if word.strip()]
    for word in words:
        if word not in _ROLES:
            alike = difflib.get_close_matches(word, _ROLES, n=1)
            hint = f"did you mean {alike[0]}?" if alike else f"write some of {', '.join(_ROLES)}"
            raise UsageError(f"--roles: there is no role '{word}'; {hint}")
    if not words:
        raise UsageError(f"--roles: write some of {', '.join(_ROLES)}")
    return frozenset(Work(word) for word in words if word != _TIMER)

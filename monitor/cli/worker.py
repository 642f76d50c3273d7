"""`monitor worker`: one of several on one PostgreSQL."""

from __future__ import annotations

import asyncio
import difflib
import importlib.util
from contextlib import nullcontext
from typing import Annotated

import typer

from monitor.app import App
from monitor.cli.options import ConfigFile, read_config
from monitor.cli.run import pages
from monitor.cli.signals import stop_at_once_while_starting, told_to_stop
from monitor.config import Config
from monitor.errors import UsageError
from monitor.storage.jobs import Work

app = typer.Typer(add_completion=False)

_TIMER = "timer"  # every worker can keep it; one with this role alone does nothing else
_WEB = "web"
_ROLES = (*(str(kind) for kind in Work), _TIMER, _WEB)


@app.command()
def worker(
    roles: Annotated[
        str, typer.Option(help=f"What it does, of {', '.join(_ROLES)}; every worker can keep the timer.")
    ] = ",".join(Work),
    config: ConfigFile = None,
) -> None:
    """One of several workers on one PostgreSQL: polls, analyses, delivers, until told to stop."""
    chosen = _chosen(roles)
    settings = read_config(config)
    if settings.database_url.startswith("sqlite:"):
        raise UsageError(
            "workers need PostgreSQL (storage.url in the config); on SQLite `monitor run` does everything"
        )
    if importlib.util.find_spec("procrastinate") is None:
        raise UsageError("workers need the extra of that name: pip install 'bongsu[workers]'")
    asyncio.run(_serve(settings, chosen))


async def _serve(config: Config, chosen: frozenset[str]) -> None:
    from monitor.worker import Worker  # noqa: PLC0415 - needs the extra

    stop_at_once_while_starting()
    async with App.open(config, jobs=True) as service:
        stop, at_once = told_to_stop()
        worker = Worker(service, [kind for kind in Work if kind in chosen])
        async with pages(service, config) if _WEB in chosen else nullcontext("") as address:
            told = ", ".join(role for role in _ROLES if role in chosen)
            shown = f" The board is at {address}" if address else ""
            typer.echo(f"Working on {service.parts.database.name}: {told}. Ctrl-C stops.{shown}", err=True)
            await worker.serve(stop, at_once=at_once)


def _chosen(roles: str) -> frozenset[str]:
    """The roles that the words name; UsageError for a word that is none."""
    words = [word.strip() for word in roles.split(",") if word.strip()]
    for word in words:
        if word not in _ROLES:
            alike = difflib.get_close_matches(word, _ROLES, n=1)
            hint = f"did you mean {alike[0]}?" if alike else f"write some of {', '.join(_ROLES)}"
            raise UsageError(f"--roles: there is no role '{word}'; {hint}")
    if not words:
        raise UsageError(f"--roles: write some of {', '.join(_ROLES)}")
    return frozenset(words)

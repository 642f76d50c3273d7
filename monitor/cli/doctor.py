"""`monitor doctor`: each part of the installation, ok or how to mend it."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import asdict
from typing import Annotated

import typer

from monitor.cli.options import ConfigFile, Json, read_config
from monitor.cli.output import to_json
from monitor.config import Config
from monitor.health import Finding, is_alive

app = typer.Typer(add_completion=False)


@app.command()
def doctor(
    config: ConfigFile = None,
    *,
    health: Annotated[
        bool, typer.Option("--health", help="Only whether `monitor run` is alive; for a container's check.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Config, database, model, channels, feeds, clock: each ok or how to mend it. 1 when one is not."""
    settings = read_config(config)
    now = dt.datetime.now(dt.UTC)
    findings = [is_alive(settings, now=now)] if health else _examine(settings, now)
    if as_json:
        typer.echo(to_json([asdict(finding) for finding in findings]))
    else:
        for finding in findings:
            _tell(finding)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _examine(config: Config, now: dt.datetime) -> list[Finding]:
    from monitor.checkup import examine  # noqa: PLC0415 - loads all there is, which --health must not

    return asyncio.run(examine(config, now=now))


def _tell(finding: Finding) -> None:
    word, color = ("ok", "green") if finding.ok else ("FAIL", "red")
    typer.secho(f"{word:6}", fg=color, bold=True, nl=False)
    typer.echo(f"{finding.part:<18} {finding.said}")
    if finding.mend:
        typer.echo(f"{'':24} -> {finding.mend}")

"""`monitor doctor`: each part of the installation, ok or how to mend it."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from monitor.app import utc_now
from monitor.checkup import Finding, examine, is_alive
from monitor.cli.options import ConfigFile, Json, read_config
from monitor.cli.output import to_json

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
    now = utc_now()
    findings = [is_alive(settings, now=now)] if health else asyncio.run(examine(settings, now=now))
    if as_json:
        typer.echo(to_json([asdict(finding) for finding in findings]))
    else:
        for finding in findings:
            typer.echo(_line(finding))
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _line(finding: Finding) -> str:
    line = f"{'ok  ' if finding.ok else 'FAIL'}  {finding.part:<18} {finding.said}"
    return line if not finding.mend else f"{line}\n      {'':<18} -> {finding.mend}"

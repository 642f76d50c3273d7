"""`monitor db`: the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.audited import record
from monitor.cli.options import ConfigFile, read_config
from monitor.cli.output import counted
from monitor.errors import UsageError
from monitor.history import moment, open_database, utc_now
from monitor.storage import Connection, Database, prune

app = typer.Typer(add_completion=False, no_args_is_help=True, help="The database.")


@app.callback()
def db() -> None:
    """The database."""


@app.command()
def upgrade(config: ConfigFile = None) -> None:
    """Make the database, or bring its schema up to date."""
    with open_database(read_config(config), now=utc_now()) as database:
        typer.echo(f"{database.name} is up to date.")


@app.command()
def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Where the copy goes; it is replaced once whole.")
    ],
    config: ConfigFile = None,
) -> None:
    """Copy a SQLite database while the service runs; the copy takes its place once it is whole."""
    with open_database(read_config(config), now=utc_now()) as database:
        database.backup(file)
    typer.echo(f"Wrote {file}. To go back to it, stop the service and put it in place of the database.")


@app.command(name="prune")
def prune_old(
    keep: Annotated[str, typer.Option(help="How long texts and near misses are kept: 365d, 8w.")] = "365d",
    keep_audit: Annotated[
        str, typer.Option(help="How long lines of the audit log are kept: 1825d, 260w.")
    ] = "1825d",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    config: ConfigFile = None,
) -> None:
    """Let go of old texts, near misses and lines of the audit log; alerts keep what they say for ever."""
    now = utc_now()
    before, audited_before = _ago(keep, now=now), _ago(keep_audit, now=now)
    with open_database(read_config(config), now=now) as database:
        if dry_run:
            with database.read() as conn:
                found = (*prune.counts(conn, before), prune.old_records(conn, audited_before))
            typer.echo(f"{_told(*found, before, audited_before)} would go.")
            return
        texts = _emptied(database, before)
        misses = _forgotten(database, prune.misses, before)
        records = _forgotten(database, prune.records, audited_before)
        told = _told(texts, misses, records, before, audited_before)
        with database.write() as conn:
            record(conn, what="prune", thing="history", comment=told, now=now)
    typer.echo(f"{told} are gone.")


def _emptied(database: Database, before: dt.datetime) -> int:
    total, step = 0, prune.Emptied(texts=0, last=None)
    while True:
        with database.write() as conn:
            step = prune.texts(conn, before, after=step.last)
        total += step.texts
        if step.last is None:
            return total


def _forgotten(
    database: Database, forget: Callable[[Connection, dt.datetime], int], before: dt.datetime
) -> int:
    total, gone = 0, 1
    while gone:
        with database.write() as conn:
            gone = forget(conn, before)
        total += gone
    return total


def _told(texts: int, misses: int, records: int, before: dt.datetime, audited_before: dt.datetime) -> str:
    missed = f"{misses} near miss{'' if misses == 1 else 'es'}"
    audited = f"{counted(records, 'line')} of the audit log from before {audited_before:%Y-%m-%d}"
    return f"{counted(texts, 'text')} and {missed} from before {before:%Y-%m-%d}, {audited}"


def _ago(length: str, *, now: dt.datetime) -> dt.datetime:
    before = moment(length, now=now)
    if before is None or before >= now:
        raise UsageError(f"'{length}' is no length of time; write 365d or 8w")
    return before

"""`monitor db`: the database."""

from __future__ import annotations

import typer

from monitor.cli.options import ConfigFile, read_config
from monitor.history import open_database, utc_now

app = typer.Typer(add_completion=False, no_args_is_help=True, help="The database.")


@app.callback()
def db() -> None:
    """The database."""


@app.command()
def upgrade(config: ConfigFile = None) -> None:
    """Make the database, or bring its schema up to date."""
    with open_database(read_config(config), now=utc_now()) as database:
        typer.echo(f"{database.name} is up to date.")

"""`monitor audit`: who changed what."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from monitor.cli.options import ConfigFile, Json, read_config
from monitor.cli.output import show
from monitor.history import moment, open_database, utc_now
from monitor.storage import audit

app = typer.Typer(add_completion=False, no_args_is_help=True, help="The audit log: list.")

_COLUMNS = ("at", "who", "what", "thing", "origin", "note")


@app.callback()
def root() -> None:
    """The audit log: list."""


@app.command(name="list")
def list_records(
    *,
    who: Annotated[str, typer.Option(metavar="TEXT", help="Only by whom this is part of the name.")] = "",
    what: Annotated[str, typer.Option(metavar="TEXT", help="Only such changes: verdict, add, sign in.")] = "",
    thing: Annotated[str, typer.Option(metavar="TEXT", help="Only on such things: alert, feed yonhap.")] = "",
    since: Annotated[str, typer.Option(help="Not before: 2026-03-12, 24h, 7d or 4w.")] = "",
    until: Annotated[str, typer.Option(help="Before this time.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 50,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Who changed what by page, API or command, newest first."""
    now = utc_now()
    first, last = moment(since, now=now), moment(until, now=now)
    with open_database(read_config(config), now=now) as database, database.read() as conn:
        found = audit.listed(conn, who=who, what=what, thing=thing, since=first, until=last, limit=limit)
    show([asdict(each) for each in found], _COLUMNS, as_json=as_json, empty="Nothing was changed.")

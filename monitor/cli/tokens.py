"""`monitor tokens`: what programs show to be let in."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import asdict
from typing import Annotated, get_args

import typer

from monitor.cli.audited import record
from monitor.cli.options import ConfigFile, Json, read_config
from monitor.cli.output import show, to_json
from monitor.errors import UsageError
from monitor.history import ahead, open_database, utc_now
from monitor.model import Scope, Token
from monitor.storage import tokens

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Tokens for programs: add, list, revoke.")

_COLUMNS = ("name", "scope", "state", "created", "expires", "last_used")
_Name = Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits and hyphens.")]


@app.command()
def add(
    name: _Name,
    *,
    scope: Annotated[
        str, typer.Option(help="read; write: judges and silences too; admin: changes feeds and tokens too.")
    ] = "read",
    expires: Annotated[str, typer.Option(help="When it ends: 30d, 2027-01-01; else never.")] = "",
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Make a token and show it, this once."""
    now = utc_now()
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise UsageError(f"'{name}': a token's name is small letters, digits and hyphens")
    if scope not in get_args(Scope):
        raise UsageError(f"'{scope}' is no scope; there are {', '.join(get_args(Scope))}")
    token = Token(name=name, scope=scope, created=now, expires=ahead(expires, now=now) if expires else None)
    with open_database(read_config(config), now=now) as database, database.write() as conn:
        shown = tokens.add(conn, token)
        record(conn, what="add", thing=f"token {name}", comment=f"scope {scope}", now=now)
    if as_json:
        typer.echo(to_json({**asdict(token), "token": shown}))
        return
    typer.echo(shown)
    typer.echo(
        "Keep it as you would a password: it is not shown again. Send it as `Authorization: Bearer ...`.",
        err=True,
    )


@app.command(name="list")
def list_tokens(config: ConfigFile = None, *, as_json: Json = False) -> None:
    """Every token, with its scope and when it was last used; never the token itself."""
    now = utc_now()
    with open_database(read_config(config), now=now) as database, database.read() as conn:
        rows = [{**asdict(each), "state": _state(each, now)} for each in tokens.all(conn)]
    show(rows, _COLUMNS, as_json=as_json, empty="No tokens; `monitor tokens add` makes one.")


@app.command()
def revoke(name: _Name, config: ConfigFile = None) -> None:
    """Let a token open nothing from now on."""
    now = utc_now()
    with open_database(read_config(config), now=now) as database, database.write() as conn:
        tokens.revoke(conn, name, now=now)
        record(conn, what="revoke", thing=f"token {name}", now=now)
    typer.echo(f"Revoked {name}.")


def _state(token: Token, now: dt.datetime) -> str:
    if token.revoked:
        return "revoked"
    return "in force" if token.is_live(now) else "expired"

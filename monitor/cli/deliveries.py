"""`monitor deliveries`: what was sent, what waits, what was given up."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from monitor.cli.options import ConfigFile, Json, read_config
from monitor.cli.output import show
from monitor.errors import UsageError
from monitor.history import open_database, utc_now
from monitor.model import DeliveryState
from monitor.storage import deliveries

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Deliveries: list, retry.")

_COLUMNS = (
    "id",
    "alert",
    "subscription",
    "channel",
    "state",
    "reason",
    "attempts",
    "created",
    "sent",
    "error",
)


@app.command(name="list")
def list_deliveries(
    state: Annotated[DeliveryState | None, typer.Option(help="Only in this state.")] = None,
    alert: Annotated[str | None, typer.Option(help="Only of the alert of this id.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    config: ConfigFile = None,
    *,
    as_json: Json = False,
) -> None:
    """Deliveries, newest first."""
    with open_database(read_config(config), now=utc_now()) as database, database.read() as conn:
        found = deliveries.listed(conn, state=state, alert=alert, limit=limit)
    show([asdict(each) for each in found], _COLUMNS, as_json=as_json, empty="No deliveries.")


@app.command()
def retry(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="These deliveries.")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All that were given up.")] = False,
    config: ConfigFile = None,
) -> None:
    """Bring back deliveries that were given up; they are sent at the next round."""
    if bool(ids) == everything:
        raise UsageError("name deliveries, or give --all; `monitor deliveries list --state dead` shows them")
    with open_database(read_config(config), now=utc_now()) as database, database.write() as conn:
        count = deliveries.retry(conn, None if everything else ids, now=utc_now())
    if ids and count < len(set(ids)):
        raise UsageError(f"{count} of {len(set(ids))} brought back; the others are not among the dead")
    typer.echo(f"{count} brought back.")

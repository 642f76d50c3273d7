"""`monitor alerts ack` and `verdict`: what an analyst says of an alert."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli.alerts.options import AlertId
from monitor.cli.alerts.stored import known
from monitor.cli.audited import record
from monitor.cli.options import ConfigFile, read_config, who
from monitor.cli.output import short, shown
from monitor.history import open_database, utc_now
from monitor.model import Acknowledgement, AlertVerdict, Opinion
from monitor.storage import acknowledgements, verdicts


def verdict(
    alert: AlertId,
    opinion: Annotated[Opinion, typer.Argument(help="What the alert is.")],
    *,
    by: Annotated[
        str, typer.Option(metavar="NAME", help="Whose verdict; else that of the name you logged in by.")
    ] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    config: ConfigFile = None,
) -> None:
    """Say whether an alert is true, false or a duplicate; your latest verdict counts."""
    analyst, now = who(by), utc_now()
    with open_database(read_config(config), now=now) as database, database.write() as conn:
        found = known(conn, alert)
        said = AlertVerdict(alert=found.id, analyst=analyst, opinion=opinion, given=now, note=note)
        verdicts.add(conn, said)
        told = f"{opinion}, {analyst}"
        record(conn, what="verdict", thing=f"alert {found.id}", comment=told, now=now)
    typer.echo(f"{short(found.id)} is {opinion}, says {shown(analyst)}.")


def ack(
    alert: AlertId,
    *,
    by: Annotated[
        str, typer.Option(metavar="NAME", help="Who takes care of it; else the name you logged in by.")
    ] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="What is being done.")] = "",
    config: ConfigFile = None,
) -> None:
    """Say that you have seen an alert and take care of it: it is not passed on to others."""
    analyst, now = who(by), utc_now()
    with open_database(read_config(config), now=now) as database, database.write() as conn:
        found = known(conn, alert)
        seen = Acknowledgement(alert=found.id, analyst=analyst, given=now, note=note)
        acknowledgements.add(conn, seen)
        record(conn, what="acknowledge", thing=f"alert {found.id}", comment=analyst, now=now)
    typer.echo(f"{short(found.id)} is acknowledged by {shown(analyst)}.")

"""`monitor deliveries`: what was sent, what waits, what was given up."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from monitor.cli.audited import record
from monitor.cli.options import ConfigFile, Json, read_config
from monitor.cli.output import short, show
from monitor.config import Config
from monitor.errors import UsageError
from monitor.history import open_database, utc_now
from monitor.model import Delivery, DeliveryState
from monitor.model.latency import LOOKED_BACK, Leg, lasting, legs
from monitor.storage import Connection, deliveries, latency

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Deliveries: list, retry.")

_COLUMNS = ("id", "alert", "subscription", "channel", "state", "reason", "attempts", "created")


@app.command(name="list")
def list_deliveries(
    state: Annotated[DeliveryState | None, typer.Option(help="Only in this state.")] = None,
    alert: Annotated[str | None, typer.Option(help="Only of the alert of this id.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    config: ConfigFile = None,
    *,
    slow: Annotated[
        bool, typer.Option("--latency", help="Instead, how long alerts of the last week were on their way.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Deliveries, newest first; or how long they take."""
    if slow:
        _show_latency(read_config(config), as_json=as_json)
        return
    with open_database(read_config(config), now=utc_now()) as database, database.read() as conn:
        found = deliveries.listed(conn, state=state, alert=alert, limit=limit)
    rows = [asdict(each) if as_json else _row(each) for each in found]
    show(rows, _COLUMNS, as_json=as_json, empty="No deliveries.", note="error")


def _show_latency(config: Config, *, as_json: bool) -> None:
    """Each leg of the way from publisher to reader, and the whole."""
    now = utc_now()
    with open_database(config, now=now) as database, database.read() as conn:
        found = legs(latency.ways(conn, since=now - LOOKED_BACK))
    rows = [_seconds(leg) if as_json else _lasting(leg) for leg in found]
    empty = f"No alert was sent in {LOOKED_BACK.days} days."
    show(rows, ("name", "p50", "p95", "alerts"), as_json=as_json, empty=empty)


@app.command()
def retry(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="These deliveries, by id or its beginning.")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All that were given up.")] = False,
    config: ConfigFile = None,
) -> None:
    """Bring back deliveries that were given up; they are sent at the next round."""
    if bool(ids) == everything:
        raise UsageError("name deliveries, or give --all; `monitor deliveries list --state dead` shows them")
    now = utc_now()
    with open_database(read_config(config), now=now) as database, database.write() as conn:
        chosen = None if everything else _dead(conn, ids or [])
        count = deliveries.retry(conn, chosen, now=now)
        if count:
            record(conn, what="retry", thing="deliveries", comment=str(count), now=now)
    typer.echo(f"{count} brought back." if count else "None was given up.")


def _seconds(leg: Leg) -> dict[str, object]:
    return {**asdict(leg), "p50": leg.p50.total_seconds(), "p95": leg.p95.total_seconds()}


def _lasting(leg: Leg) -> dict[str, object]:
    return {**asdict(leg), "p50": lasting(leg.p50), "p95": lasting(leg.p95)}


def _dead(conn: Connection, beginnings: list[str]) -> list[str]:
    """The ids that begin so, of deliveries that were given up; UsageError where none or several do."""
    known = [each.id for each in deliveries.listed(conn, state=DeliveryState.DEAD)]
    chosen: list[str] = []
    for beginning in beginnings:
        found = [each for each in known if each.startswith(beginning)]
        if len(found) != 1:
            what = "several deliveries" if found else "no delivery that was given up"
            raise UsageError(
                f"{what} {'begin' if found else 'begins'} with '{beginning}'; nothing was brought back"
            )
        chosen += found
    return chosen


def _row(delivery: Delivery) -> dict[str, object]:
    return {**asdict(delivery), "id": short(delivery.id), "alert": short(delivery.alert)}

"""`monitor alerts`: the history.

To add a command: a file with its function, and a line in COMMANDS.
"""

from __future__ import annotations

from collections.abc import Mapping

import typer

from monitor.cli.loaded import Loaded

COMMANDS: Mapping[str, str] = {
    "list": "monitor.cli.alerts.listing:list_alerts",
    "show": "monitor.cli.alerts.showing:show_alert",
    "search": "monitor.cli.alerts.listing:search",
    "export": "monitor.cli.alerts.exporting:export",
    "ack": "monitor.cli.alerts.judging:ack",
    "verdict": "monitor.cli.alerts.judging:verdict",
}


class Alerts(Loaded):
    """The commands on alerts."""

    table = COMMANDS


app = typer.Typer(cls=Alerts, add_completion=False, no_args_is_help=True)


@app.callback()
def alerts() -> None:
    """The history: list, show, search, export, ack, verdict."""

"""`monitor rules`: what is watched for, whether the files are sound, and what a change would do.

To add a command: a file with its function, and a line in COMMANDS.
"""

from __future__ import annotations

from collections.abc import Mapping

import typer

from monitor.cli.loaded import Loaded

COMMANDS: Mapping[str, str] = {
    "list": "monitor.cli.rules.listing:list_rules",
    "vocabulary": "monitor.cli.rules.vocabulary:show_vocabulary",
    "check": "monitor.cli.rules.checking:check",
    "test": "monitor.cli.rules.testing:run_examples",
    "explain": "monitor.cli.rules.explaining:explain_rule",
    "backtest": "monitor.cli.rules.backtesting:backtest",
    "tune": "monitor.cli.rules.tuning:tune",
    "diff": "monitor.cli.rules.differing:diff",
    "coverage": "monitor.cli.rules.coverage:coverage",
    "new": "monitor.cli.rules.new:new",
    "findings": "monitor.cli.rules.findings:list_findings",
    "history": "monitor.cli.rules.revisions:revisions",
    "schema": "monitor.cli.rules.schema:print_schema",
}


class Rules(Loaded):
    """The commands on rules."""

    table = COMMANDS


app = typer.Typer(cls=Rules, add_completion=False, no_args_is_help=True)


@app.callback()
def rules() -> None:
    """Rules: what is watched for, and how to tune it."""

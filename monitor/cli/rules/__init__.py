"""`monitor rules`: what is watched for, whether the files are sound, and what a change would do.

To add a command: a file with its function, and a line here.
"""

from __future__ import annotations

import typer

from monitor.cli.rules.backtesting import backtest
from monitor.cli.rules.checking import check
from monitor.cli.rules.coverage import coverage
from monitor.cli.rules.differing import diff
from monitor.cli.rules.listing import list_rules
from monitor.cli.rules.new import new
from monitor.cli.rules.revisions import revisions
from monitor.cli.rules.schema import print_schema
from monitor.cli.rules.testing import run_examples

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Rules: what is watched for, and how to tune it."
)
app.command(name="list")(list_rules)
app.command(name="check")(check)
app.command(name="test")(run_examples)
app.command(name="backtest")(backtest)
app.command(name="diff")(diff)
app.command(name="coverage")(coverage)
app.command(name="new")(new)
app.command(name="history")(revisions)
app.command(name="schema")(print_schema)

"""`monitor rules history`: what a rule meant, and when."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli.options import ConfigFile, Json, read_config
from monitor.cli.output import show
from monitor.history import open_database, utc_now
from monitor.storage import rule_sets

_COLUMNS = ("revision", "first", "last")


def revisions(
    rule: Annotated[str, typer.Argument(metavar="ID", help="A rule, in force or not.")],
    config: ConfigFile = None,
    *,
    as_json: Json = False,
) -> None:
    """Every revision of a rule with its first and last day in force; --json has the text of its file too."""
    with open_database(read_config(config), now=utc_now()) as database, database.read() as conn:
        kept = rule_sets.history(conn, rule)
    rows = [
        {"revision": each.revision, "first": each.first, "last": each.last, "text": each.text}
        for each in kept
    ]
    empty = f"No service has had a rule '{rule}' in force; `monitor rules list` shows those there are."
    show(rows, _COLUMNS, as_json=as_json, empty=empty)

"""`monitor rules findings`: what rules over time have said, and what they hold back because nobody can know."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor import watch
from monitor.cli.options import ConfigFile, Json, read_config
from monitor.cli.output import short, show
from monitor.cli.rules.choice import Folder, Ids, chosen, chosen_over_time, folders
from monitor.history import open_database, utc_now
from monitor.matching.load import load_pack
from monitor.model import Holds

_COLUMNS = ("rule", "date", "stands", "level", "alert", "said")
_EMPTY = "No rule over time has found anything yet."

Held = Annotated[bool, typer.Option("--held", help="Only what is held back because feeds were down.")]


def list_findings(
    ids: Ids = None,
    rules: Folder = None,
    config: ConfigFile = None,
    *,
    held: Held = False,
    as_json: Json = False,
) -> None:
    """What rules over time have found: open, resolved, withdrawn, or held, for the feeds that could tell were down."""
    settings = read_config(config)
    pack = load_pack(folders(settings, rules))
    chosen(pack, ids or [])  # an id that no rule has is a mistake
    with open_database(settings, now=utc_now()) as database, database.read() as conn:
        found = watch.found(conn, chosen_over_time(pack, ids or []))
    rows = [
        {
            "rule": each.rule,
            "date": each.date,
            "stands": str(each.holds),
            "level": str(each.level),
            "alert": each.alert if as_json else short(each.alert),
            "said": each.said,
            "why": why,
        }
        for each, why in found
        if not held or each.holds is Holds.HELD
    ]
    show(rows, _COLUMNS, as_json=as_json, empty=_EMPTY, note="why")

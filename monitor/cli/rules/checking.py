"""`monitor rules check`: whether every file is sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import typer

from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import to_json
from monitor.cli.rules.choice import Folder, folders
from monitor.errors import RuleError
from monitor.matching.load import load_pack


def check(rules: Folder = None, config: ConfigFile = None, *, as_json: Json = False) -> None:
    """Read every rule and list, and report every mistake with file, line and column. 1 when there is one."""
    mistakes: Sequence[object] = ()
    try:
        pack = load_pack(folders(read_config_if_any(config), rules))
    except RuleError as error:
        mistakes = error.mistakes
        if not as_json:
            typer.echo(str(error))
    if as_json:
        typer.echo(to_json([asdict(mistake) for mistake in mistakes]))  # type: ignore[call-overload]  # Mistakes
    if mistakes:
        raise typer.Exit(1)
    if not as_json:
        typer.echo(
            f"{len(pack.rules) + len(pack.over_time)} rules and {len(pack.vocabulary.lists)} lists are sound."
        )

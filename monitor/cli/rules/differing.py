"""`monitor rules diff`: what your overrides change, and what the pack changed under them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import to_json
from monitor.cli.rules.choice import Folder, Ids, folders
from monitor.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.matching.override import Change, Override


def diff(ids: Ids = None, rules: Folder = None, config: ConfigFile = None, *, as_json: Json = False) -> None:
    """What the pack changed under each of your overrides since you copied it, and what you changed."""
    from monitor.matching.override import only, overrides  # noqa: PLC0415 - `--help` need not wait for it

    read = folders(read_config_if_any(config), rules)
    found = [each for folder in read[1:] for each in overrides(read[0], folder)]
    for name in ids or ():
        if not any(each.name == name for each in found):
            raise UsageError(f"nothing of yours overrides '{name}'; `monitor rules diff` shows what does")
    chosen = only(found, ids or ())
    if as_json:
        typer.echo(to_json([asdict(each) for each in chosen]))
    elif not chosen:
        typer.echo("Nothing of yours overrides a shipped rule or list.")
    else:
        _print(chosen)


def _print(chosen: Sequence[Override]) -> None:
    from rich.console import Console  # noqa: PLC0415 - JSON output need not wait for rich

    console = Console(file=sys.stdout, highlight=False, markup=False, soft_wrap=True)
    for each in chosen:
        console.print(f"{each.name}  {each.yours}", style="bold")
        if each.pack is None:
            console.print("  What was copied is not known, so yours is shown against what is shipped now.")
        else:
            _change(console, each.pack, "What the pack changed since it was copied")
        _change(console, each.own, "What you changed")
        console.print()


def _change(console: Console, change: Change, title: str) -> None:
    from monitor.alerting.text import calm  # noqa: PLC0415 - as above

    if not change.text:
        console.print(f"  {title}: nothing")
        return
    console.print(f"  {title}:")
    for line in change.meaning or ("only prose, examples or comments",):
        console.print(f"    {calm(line)}", style="cyan")
    for line in change.text.splitlines():
        style = {"+": "green", "-": "red", "@": "dim"}.get(line[:1])
        console.print(f"    {calm(line)}", style=style)

"""`monitor rules check`: whether every file is sound, and what in them is probably not meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import counted, to_json
from monitor.cli.rules.choice import Folder, folders
from monitor.config import Config
from monitor.errors import Mistake, RuleError
from monitor.matching.load import VOCABULARY, Pack, load_pack

Shipped = Annotated[bool, typer.Option("--shipped", help="Advice on the shipped files too.")]


def check(
    rules: Folder = None, config: ConfigFile = None, *, shipped: Shipped = False, as_json: Json = False
) -> None:
    """Every mistake in the rules and lists, then advice, each with file, line and column. 1 when there is a mistake."""
    settings = read_config_if_any(config)
    read = folders(settings, rules)
    mistakes: Sequence[Mistake] = ()
    advice: Sequence[Mistake] = ()
    summary = ""
    try:
        pack = load_pack(read)
        advice = _advice(pack, read if shipped else read[1:], settings, everything=read)
        summary = f"{len(pack.every)} rules and {len(pack.vocabulary.lists)} lists are sound."
    except RuleError as error:
        mistakes = error.mistakes
    if as_json:
        found = {"mistakes": [*map(asdict, mistakes)], "advice": [*map(asdict, advice)]}
        typer.echo(to_json(found))
    else:
        _print(mistakes, advice, summary)
    if mistakes:
        raise typer.Exit(1)


def _advice(
    pack: Pack, about: Sequence[Path], config: Config, *, everything: Sequence[Path]
) -> Sequence[Mistake]:
    """Advice on the files of the folders `about`."""
    from monitor.cli.rules.stored import stored  # noqa: PLC0415 - broken rules need no database driver
    from monitor.matching import advice, vocabulary  # noqa: PLC0415 - same
    from monitor.storage import matches  # noqa: PLC0415 - same

    if not about:
        return ()
    lists, _ = vocabulary.read([folder / VOCABULARY for folder in everything])
    shares = stored(config, matches.shares, lost="how often rules fire is not known") or {}
    return advice.within(advice.advise(pack, lists, shares=shares), about)


def _print(mistakes: Sequence[Mistake], advice: Sequence[Mistake], summary: str) -> None:
    from monitor.cli.rules.quoting import quote  # noqa: PLC0415 - JSON output need not wait for rich

    quote(mistakes, word="mistake", style="bold red")
    quote(advice, word="advice", style="bold yellow")
    if mistakes:
        files = {mistake.where.rsplit(":", 2)[0] for mistake in mistakes}
        summary = f"{counted(len(mistakes), 'mistake')} in {counted(len(files), 'file')}."
    typer.echo(summary + (f" {counted(len(advice), 'piece')} of advice." if advice else ""))

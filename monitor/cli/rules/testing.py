"""`monitor rules test`: whether the examples that the rules carry hold."""

from __future__ import annotations

from dataclasses import asdict

import typer

from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import to_json
from monitor.cli.rules.choice import Folder, Ids, chosen, folders
from monitor.matching.load import load_pack


def run_examples(
    ids: Ids = None, rules: Folder = None, config: ConfigFile = None, *, as_json: Json = False
) -> None:
    """Run the examples that the rules carry. 1 when one does not hold."""
    from monitor import examples  # noqa: PLC0415 - other commands on rules need not wait for spaCy
    from monitor.extraction.extractor import Extractor  # noqa: PLC0415 - same

    settings = read_config_if_any(config)
    pack = load_pack(folders(settings, rules))
    # Ungated: the matches are the same, and a sentence that the gate would drop still says what it lacks.
    reader = Extractor(pack.vocabulary, pack.needs, model=settings.analysis.model, gated=False)
    outcomes = examples.run(chosen(pack, ids or []), reader)
    failed = [outcome for outcome in outcomes if outcome.wrong]
    if as_json:
        typer.echo(to_json([asdict(outcome) for outcome in outcomes]))
    else:
        for outcome in failed:
            typer.echo(f"{outcome.where}: {outcome.rule}: {outcome.wrong}\n  {outcome.text}")
        typer.echo(f"{len(outcomes) - len(failed)} of {len(outcomes)} examples hold.")
    if failed:
        raise typer.Exit(1)

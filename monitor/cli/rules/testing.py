"""`monitor rules test`: whether the examples that the rules carry hold."""

from __future__ import annotations

from dataclasses import asdict

import typer

from monitor import examples, timelines
from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import to_json
from monitor.cli.rules.choice import Folder, Ids, chosen, chosen_over_time, folders
from monitor.extraction.extractor import Extractor
from monitor.matching.load import load_pack


def run_examples(
    ids: Ids = None, rules: Folder = None, config: ConfigFile = None, *, as_json: Json = False
) -> None:
    """Run the examples that the rules carry. 1 when one does not hold."""
    settings = read_config_if_any(config)
    pack = load_pack(folders(settings, rules))
    # Ungated: the matches are the same, and a sentence that the gate would drop still says what it lacks.
    reader = Extractor(pack.vocabulary, pack.needs, model=settings.analysis.model, gated=False)
    outcomes = [
        *examples.run(chosen(pack, ids or []), reader),
        *timelines.run(chosen_over_time(pack, ids or []), pack.rules, reader),
    ]
    failed = [outcome for outcome in outcomes if outcome.wrong]
    if as_json:
        typer.echo(to_json([asdict(outcome) for outcome in outcomes]))
    else:
        for outcome in failed:
            typer.echo(f"{outcome.where}: {outcome.rule}: {outcome.wrong}\n  {outcome.text}")
        typer.echo(f"{len(outcomes) - len(failed)} of {len(outcomes)} examples hold.")
    if failed:
        raise typer.Exit(1)

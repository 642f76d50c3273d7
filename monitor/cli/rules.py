"""`monitor rules`: what is watched for, and whether the files are sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor import examples, resources
from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import complain, show, to_json
from monitor.config import Config
from monitor.errors import RuleError, StorageError, UsageError
from monitor.extraction.extractor import Extractor
from monitor.matching.load import Pack, load_pack
from monitor.matching.rule import Rule
from monitor.storage import Database, verdicts
from monitor.storage.verdicts import Opinions

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Rules: list, check, test.")

_COLUMNS = ("id", "level", "status", "examples", "precision", "from", "title")
_Folder = Annotated[
    Path | None,
    typer.Option("--rules", metavar="DIR", help="Your rules, instead of the folder that the config names."),
]


@app.command(name="list")
def list_rules(rules: _Folder = None, config: ConfigFile = None, *, as_json: Json = False) -> None:
    """Every rule in force, yours and the shipped, with its precision from the verdicts on its alerts."""
    settings = read_config_if_any(config)
    pack = load_pack(_folders(settings, rules))
    said = _opinions(settings)
    rows = [_row(rule, said.get(rule.id, Opinions()), as_json=as_json) for rule in pack.rules]
    show(rows, _COLUMNS, as_json=as_json, empty="No rules.")


@app.command()
def check(rules: _Folder = None, config: ConfigFile = None, *, as_json: Json = False) -> None:
    """Read every rule and list, and report every mistake with file, line and column. 1 when there is one."""
    mistakes: Sequence[object] = ()
    try:
        pack = load_pack(_folders(read_config_if_any(config), rules))
    except RuleError as error:
        mistakes = error.mistakes
        if not as_json:
            typer.echo(str(error))
    if as_json:
        typer.echo(to_json([asdict(mistake) for mistake in mistakes]))  # type: ignore[call-overload]  # Mistakes
    if mistakes:
        raise typer.Exit(1)
    if not as_json:
        typer.echo(f"{len(pack.rules)} rules and {len(pack.vocabulary.lists)} lists are sound.")


@app.command(name="test")
def run_examples(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Only these rules.")] = None,
    rules: _Folder = None,
    config: ConfigFile = None,
    *,
    as_json: Json = False,
) -> None:
    """Run the examples that the rules carry. 1 when one does not hold."""
    settings = read_config_if_any(config)
    pack = load_pack(_folders(settings, rules))
    # Ungated: the matches are the same, and a sentence that the gate would drop still says what it lacks.
    reader = Extractor(pack.vocabulary, pack.needs, model=settings.analysis.model, gated=False)
    outcomes = examples.run(_chosen(pack, ids or []), reader)
    failed = [outcome for outcome in outcomes if outcome.wrong]
    if as_json:
        typer.echo(to_json([asdict(outcome) for outcome in outcomes]))
    else:
        for outcome in failed:
            typer.echo(f"{outcome.where}: {outcome.rule}: {outcome.wrong}\n  {outcome.text}")
        typer.echo(f"{len(outcomes) - len(failed)} of {len(outcomes)} examples hold.")
    if failed:
        raise typer.Exit(1)


def _folders(config: Config, given: Path | None) -> list[Path]:
    if given is None:
        return config.rule_folders
    return [*config.rule_folders[:1], given]


def _opinions(config: Config) -> Mapping[str, Opinions]:
    """What verdicts say of each rule; nothing where there is no database, for rules can be read without one."""
    try:
        database = Database(config.database_url)
        if database.path is not None and not database.path.exists():
            return {}
        try:
            with database.read() as conn:
                return verdicts.by_rule(conn)
        finally:
            database.close()
    except StorageError as error:
        complain(f"the precision of the rules is not known: {error}")
        return {}


def _precision(said: Opinions) -> str:
    """`0.75 (3 of 4)`; `-` without verdicts."""
    judged = said.true + said.false
    return "-" if said.precision is None else f"{said.precision:.2f} ({said.true} of {judged})"


def _chosen(pack: Pack, ids: Sequence[str]) -> list[Rule]:
    known = {rule.id: rule for rule in pack.rules}
    for each in ids:
        if each not in known:
            raise UsageError(f"there is no rule '{each}'; `monitor rules list` shows those there are")
    return [known[each] for each in ids] or list(pack.rules)


def _row(rule: Rule, said: Opinions, *, as_json: bool) -> Mapping[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "level": str(rule.level),
        "status": rule.status,
        "family": rule.family,
        "reference": rule.reference,
        "about": rule.about,
        "tags": rule.tags,
        "examples": len(rule.examples),
        "precision": said.precision if as_json else _precision(said),
        "verdicts": asdict(said),
        "revision": rule.revision,
        "path": rule.path,
        "from": "shipped" if Path(rule.path).is_relative_to(resources.path("rules")) else "yours",
    }

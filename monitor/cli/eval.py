"""`monitor eval`: how well the rules read labelled articles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli.articles import Record, article, opened, records
from monitor.cli.match import Judge
from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import show, to_json
from monitor.errors import UsageError
from monitor.evaluation import Labelled, Tally, evaluate

app = typer.Typer(add_completion=False)

_JUDGED = {"stable", "test"}  # a shadow rule only feeds other rules, and no label knows it
_COLUMNS = ("rule", "labelled", "found", "right", "precision", "recall", "f1")


@app.command(name="eval")
def evaluate_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON lines with `labels`; - for stdin.")],
    config: ConfigFile = None,
    *,
    as_json: Json = False,
    errors: Annotated[bool, typer.Option(help="List each article on which a rule erred.")] = False,
) -> None:
    """Labelled articles in, precision and recall for each rule out."""
    now = dt.datetime.now(dt.UTC)
    with opened(file) as lines:
        items = [_labelled(record, now) for record in records(lines, name=str(file))]
    judged = Judge(read_config_if_any(config))
    verdicts = [verdict for _, verdict in judged.all(item.article for item in items)]
    tallies = evaluate(items, verdicts, [rule.id for rule in judged.rules if rule.status in _JUDGED])
    if as_json:
        typer.echo(to_json([tally.as_dict() for tally in tallies]))
        return
    show([_row(tally) for tally in tallies], _COLUMNS, as_json=False, empty="No rules.")
    if errors:
        _list_errors(tallies[:-1])


def _labelled(record: Record, now: dt.datetime) -> Labelled:
    where, said = record
    labels = said.get("labels")
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise UsageError(f'{where}: labels must be a list of rule ids, such as ["adiz-incursion"] or []')
    return Labelled(
        article=article(record, now=now), labels=frozenset(labels), sure=said.get("sure") is not False
    )


def _row(tally: Tally) -> Mapping[str, Any]:
    return {
        "rule": tally.rule,
        "labelled": tally.hits + len(tally.misses),
        "found": tally.hits + len(tally.false_positives),
        "right": tally.hits,
        "precision": _share(tally.precision),
        "recall": _share(tally.recall),
        "f1": _share(tally.f1),
    }


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _list_errors(tallies: Sequence[Tally]) -> None:
    for tally in tallies:
        for kind, wrongs in (("fired wrongly", tally.false_positives), ("missed", tally.misses)):
            for wrong in wrongs:
                typer.echo(f"{tally.rule} {kind}: {wrong.article.id} {wrong.article.title}\n  {wrong.reason}")

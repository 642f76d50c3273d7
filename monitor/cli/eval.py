"""`monitor eval`: how well the rules read labelled articles."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from monitor.alerting.text import calm
from monitor.archive import Record, archived, article
from monitor.cli.folders import Ray, judge_folder
from monitor.cli.match import Judge
from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import show, to_json
from monitor.config import Config
from monitor.errors import UsageError
from monitor.evaluation import Direction, Figures, Labelled, Measured, Read, Tally, evaluate, measure
from monitor.matching.load import load_pack
from monitor.matching.rule import Rule
from monitor.model import Need

app = typer.Typer(add_completion=False)

COLUMNS = ("rule", "labelled", "found", "right", "precision", "recall", "f1")
DIRECTION_COLUMNS = ("who acts on whom, by", "items", "both found", "right of those")
_JUDGED = {"stable", "test"}  # a shadow rule only feeds other rules, and no label knows it


@app.command(name="eval")
def evaluate_file(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE|DIR", help="JSON lines or Parquet with `labels`; a folder of them; - for stdin."
        ),
    ],
    config: ConfigFile = None,
    *,
    as_json: Json = False,
    processes: Annotated[
        int | None, typer.Option(min=1, help="For a folder; else one for each core.")
    ] = None,
    ray: Ray = "",
    errors: Annotated[bool, typer.Option(help="List each article on which a rule erred.")] = False,
    baselines: Annotated[bool, typer.Option(help="Beside it, how well simpler ways to read do.")] = False,
) -> None:
    """Labelled articles in, precision and recall for each rule out."""
    settings = read_config_if_any(config)
    if file.is_dir():
        if baselines:
            raise UsageError(
                "the baselines hold every mention of every article in memory; give one file, no folder"
            )
        tallies = _of_folder(file, settings, processes=processes, ray=ray)
        told = [tally.as_dict() for tally in tallies]
    elif ray:
        raise UsageError("--ray spreads the files of a folder; give one")
    else:
        items = read_labelled(file, now=dt.datetime.now(dt.UTC))
        # Baselines ask for every mention, and the gate lets articles go before all are told.
        judged = Judge(settings, gated=not baselines)
        measured = measure(read_all(judged, items), needs(judged.rules))
        tallies = measured.tallies
        told = measured.as_dicts(baselines=baselines)
    if as_json:
        typer.echo(to_json(told))
        return
    show([row(tally.rule, tally.figures) for tally in tallies], COLUMNS, as_json=False, empty="")
    if baselines:
        _show_baselines(measured)
    if errors:
        _list_errors(tallies[:-1])


def _of_folder(folder: Path, config: Config, *, processes: int | None, ray: str) -> Sequence[Tally]:
    """The counts over an archive of many files; articles that have no `labels`, not even none, are passed over."""
    from monitor.backtest import Side  # noqa: PLC0415 - what only a folder needs

    now = dt.datetime.now(dt.UTC)
    side = Side(pack=load_pack(config.rule_folders))
    results = judge_folder(folder, [side], config, processes=processes, ray=ray)
    told = (each for result in results for each in result)
    labelled = ((_labelled(record, now), verdict) for record, (verdict,) in told if "labels" in record[1])
    return evaluate(labelled, list(needs(side.pack.rules)))


def read_labelled(file: Path, *, now: dt.datetime) -> list[Labelled]:
    """The labelled articles of a file; UsageError at the first bad line."""
    return [_labelled(record, now) for record in archived(file)]


def read_all(judged: Judge, items: Sequence[Labelled]) -> list[Read]:
    """Each item with its reading and its verdict."""
    judgements = judged.readings(item.article for item in items)
    return [
        Read(item=item, reading=reading, verdict=verdict)
        for item, (_, reading, verdict) in zip(items, judgements, strict=True)
    ]


def needs(rules: Iterable[Rule]) -> dict[str, list[Need]]:
    """What each alternative asks for, of the rules that labels know."""
    known = (rule for rule in rules if rule.status in _JUDGED)
    return {rule.id: [condition.need for condition in rule.when] for rule in known}


def row(rule: str, figures: Figures) -> Mapping[str, object]:
    """One line of a table, under COLUMNS; shares carry their bounds of 95 %."""
    return {
        "rule": rule,
        "labelled": figures.labelled,
        "found": figures.found,
        "right": figures.right,
        "precision": _share(figures.precision, figures.precision_bounds),
        "recall": _share(figures.recall, figures.recall_bounds),
        "f1": _share(figures.f1),
    }


def direction_row(way: str, direction: Direction) -> Mapping[str, object]:
    """One line of a table, under DIRECTION_COLUMNS."""
    values = (
        way,
        direction.items,
        f"{direction.both} ({_share(direction.found)})",
        f"{direction.right} ({_share(direction.accuracy)})",
    )
    return dict(zip(DIRECTION_COLUMNS, values, strict=True))


def _labelled(record: Record, now: dt.datetime) -> Labelled:
    where, said = record
    labels = said.get("labels")
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise UsageError(f'{where}: labels must be a list of rule ids, such as ["adiz-incursion"] or []')
    return Labelled(
        article=article(record, now=now),
        labels=frozenset(labels),
        sure=said.get("sure") is not False,
        actors=_countries(said.get("main_actor"), f"{where}: main_actor"),
        recipients=_countries(said.get("recipient"), f"{where}: recipient"),
    )


def _countries(value: object, where: str) -> frozenset[str]:
    """The countries of "KR,JP"; words that are no country's code are passed over."""
    if not isinstance(value, str | None):
        raise UsageError(f'{where} must be countries by their codes, such as "KP" or "US,KR"')
    return frozenset(re.findall(r"\b[A-Z]{2}\b", value or ""))


def _share(value: float | None, bounds: tuple[float, float] | None = None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" + (f" ({bounds[0]:.2f}-{bounds[1]:.2f})" if bounds else "")


def _show_baselines(measured: Measured) -> None:
    typer.echo("\nKeywords only: one mention of each part of an alternative, anywhere in the article.")
    show([row(*each) for each in measured.keywords.items()], COLUMNS, as_json=False, empty="")
    typer.echo()
    rows = [direction_row(*each) for each in measured.directions.items()]
    show(rows, DIRECTION_COLUMNS, as_json=False, empty="")


def _list_errors(tallies: Sequence[Tally]) -> None:
    for tally in tallies:
        for kind, wrongs in (("fired wrongly", tally.false_positives), ("missed", tally.misses)):
            for wrong in wrongs:
                said = f"{wrong.article.id} {wrong.article.title}".rstrip()
                typer.echo(f"\n{tally.rule} {kind}: {calm(said)}\n  {calm(wrong.reason)}")

"""`python -m benchmarks.quality`: measures how well the shipped rules read, and writes docs/quality.md."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.corpus import RECORDED
from monitor import __version__, config
from monitor.cli.eval import COLUMNS, DIRECTION_COLUMNS, direction_row, needs, read_all, read_labelled, row
from monitor.cli.match import Judge
from monitor.evaluation import (
    ALL,
    Figures,
    Measured,
    Read,
    StatusCase,
    StatusReader,
    macro_f1,
    measure,
    status_figures,
)
from monitor.matching.load import load_pack
from monitor.model import Status

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/quality.md"
NEWS = ROOT / "tests/data/quality/news.jsonl"
STATUS = ROOT / "tests/data/quality/status.jsonl"
DEVELOPMENT = RECORDED / "labelled-dev.jsonl"
HEADER = "<!-- Written by `make quality`, format 1: change benchmarks/quality.py, not this page. -->"
_NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # for articles without a time: every run reads them on one day
_EVEN, _ODD, _DEV = "news, even half", "news, odd half", "development set"

Row = Mapping[str, object]


def main() -> None:
    """Measure on all there is, and write the page."""
    measured = measure_sets()
    PAGE.write_text(page(measured, measure_status()), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {', '.join(measured)}")


def measure_sets() -> dict[str, Measured]:
    """The figures of each set; the development set only where it is on this machine."""
    judged = Judge(config.parse("", path=Path("config.toml")), gated=False)
    news = read_all(judged, read_labelled(NEWS, now=_NOW))
    sets = {_EVEN: _half(news, 0), _ODD: _half(news, 1)}
    if DEVELOPMENT.exists():
        sets[_DEV] = read_all(judged, read_labelled(DEVELOPMENT, now=_NOW))
    return {name: measure(read, needs(judged.rules)) for name, read in sets.items()}


def measure_status() -> dict[Status, Figures]:
    """The figures of each status, over the sentences written for it."""
    settings = config.parse("", path=Path("config.toml"))
    reader = StatusReader(load_pack(settings.rule_folders).vocabulary, model=settings.analysis.model)
    cases = status_cases()
    return status_figures(cases, map(reader.read, cases))


def status_cases() -> list[StatusCase]:
    """The sentences of tests/data/quality/status.jsonl."""
    return [StatusCase.of(_object(line)) for line in STATUS.read_text(encoding="utf-8").splitlines()]


def page(measured: Mapping[str, Measured], status: Mapping[Status, Figures]) -> str:
    """docs/quality.md."""
    parts = [_top(), _overview(measured), _direction(measured), _status(status)]
    parts += [_rules(name, each) for name, each in measured.items()]
    return "\n\n".join(parts) + "\n"


def _half(read: Sequence[Read], remainder: int) -> list[Read]:
    """Articles whose number, in ids such as b0001, is even (0) or odd (1)."""
    return [each for each in read if int(each.item.article.id[1:]) % 2 == remainder]


def _object(line: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(line)
    return said


def _top() -> str:
    return f"""{HEADER}

# How well it reads

Figures of Bongsu {__version__} with the shipped rules. Precision is the share of what a rule fired on that was right,
recall the share of what was labelled that it found, F1 their harmonic mean. In brackets stand the bounds of 95 %
(Wilson): most rules have few labels, and their figures are rough. Articles marked as border cases are left out.

- **{_EVEN}**: articles written for this project without sight of the rules, hard on purpose
  ([what they are](../tests/data/quality/README.md)). Nobody looked at this half while rules were written.
  These are the figures to go by.
- **{_ODD}**: the same kind; this half was looked at while rules were written.
- **{_DEV}**: real news with labels, used for development: rules were written with it in view, so its figures say
  little of news that is new. It is not part of the project, and is left out where it is absent.

`monitor eval FILE --baselines` gives the same figures for articles of your own ([format](formats.md#eval))."""


def _overview(measured: Mapping[str, Measured]) -> str:
    rows = []
    for name, each in measured.items():
        rows.append({"read by": f"{name}: rules", **row(ALL, each.tallies[-1].figures)})
        rows.append({"read by": f"{name}: keywords only", **row(ALL, each.keywords[ALL])})
    return f"""## All rules together

Keywords only is the same rules without grammar: one fires where the article names, anywhere, one entry of each part
that one of its alternatives asks for.

{_table(rows, ("read by", *COLUMNS[1:]))}"""


def _direction(measured: Mapping[str, Measured]) -> str:
    rows = [
        direction_row(f"{name}: {way}", found)
        for name, each in measured.items()
        for way, found in each.directions.items()
    ]
    return f"""## Who acts on whom

On articles that are labelled with both: in how many both were found, and in how many of those both were right.
Grammar is ours: actor and recipient of the event that a rule fired on; where it has not both, of the first event whose
actor grammar tells. Order of names says that the first country named acts on the second.

{_table(rows, DIRECTION_COLUMNS)}"""


def _status(status: Mapping[Status, Figures]) -> str:
    columns = ("status", *COLUMNS[1:])
    rows = [{"status": str(each), **row("", figures)} for each, figures in status.items()]
    return f"""## As which kind of fact an event is told

On sentences written for this project in which one word is the event. Their errors were looked at while the reading was
written. Macro F1, each status as heavy as the next: **{macro_f1(status.values()):.3f}**.

{_table(rows, columns)}"""


def _rules(name: str, measured: Measured) -> str:
    rows = [
        {
            **row(f"`{tally.rule}`", tally.figures),
            "keywords f1": row("", measured.keywords[tally.rule])["f1"],
        }
        for tally in measured.tallies
    ]
    return f"## Each rule: {name}\n\n{_table(rows, (*COLUMNS, 'keywords f1'))}"


def _table(rows: Iterable[Row], columns: Sequence[str]) -> str:
    ruler = [" --- " if column == columns[0] else " ---: " for column in columns]
    lines = [f" {' | '.join(str(each[column]) for column in columns)} " for each in rows]
    return "\n".join(f"|{line}|" for line in (f" {' | '.join(columns)} ", "|".join(ruler), *lines))


if __name__ == "__main__":
    main()

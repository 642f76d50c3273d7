"""`python -m benchmarks [NAME …] [--page]`; without a name all, the largest of them a tenth as large."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import rich.console

from benchmarks import (
    articles,
    backtest,
    bulk,
    gate,
    history,
    matching,
    memory,
    page,
    pages,
    parsing,
    polling,
    rules,
    service,
    workers,
    years,
)
from benchmarks.corpus import Corpus
from benchmarks.table import Row, table
from monitor import __version__

BENCHMARKS: dict[str, Callable[[Corpus], list[Row]]] = {
    "matching": matching.measure,
    "articles": articles.measure,
    "memory": memory.measure,
    "gate": gate.measure,
    "rules": rules.measure,
    "backtest": backtest.measure,
    "bulk": bulk.measure,
    "polling": polling.measure,
    "parsing": parsing.measure,
    "service": service.measure,
    "history": history.measure,
    "pages": pages.measure,
    "years": years.measure,
    "workers": workers.measure,
}
_WIDTH = 120  # of the table in a file
# Named, the gate takes all the data, the archive five times as much, polling and the years ten times.
EVERYTHING = {
    **BENCHMARKS,
    "bulk": bulk.measure_everything,
    "gate": gate.measure_everything,
    "polling": polling.measure_many,
    "years": years.measure_everything,
}


def main() -> int:
    """Measure what was asked for; 1 where the gate changed a match, or something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"only these: {', '.join(BENCHMARKS)}")
    parser.add_argument("--page", action="store_true", help="write them into docs/performance.md too")
    asked = parser.parse_args()
    if unknown := [name for name in asked.name if name not in BENCHMARKS]:
        parser.error(f"there is no {unknown[0]}; there are {', '.join(BENCHMARKS)}")
    chosen = {name: EVERYTHING[name] for name in asked.name} or BENCHMARKS
    out = rich.console.Console()
    if not out.is_terminal:
        out.width = _WIDTH
    with tempfile.TemporaryDirectory(prefix="bongsu-bench-") as folder:
        corpus = Corpus.find(Path(folder))
        measured, failed = {}, []
        about = (corpus.about, _machine())
        for word, measure in chosen.items():
            out.print(f"{word} ...")
            try:
                measured[word] = page.Part(rows=measure(corpus), about=about)
            except Exception:  # noqa: BLE001 - what the others measured in half an hour is shown all the same
                out.print_exception()
                failed.append(word)
    rows = [row for part in measured.values() for row in part.rows]
    out.print(table(rows, title=f"Bongsu {__version__}", caption="\n".join(about)))
    if failed:
        out.print(f"Not measured: {', '.join(failed)}.")
    if asked.page:
        page.keep(measured, order=list(BENCHMARKS))
    return int(bool(failed) or any(row.broken for row in rows))


def _machine() -> str:
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    return f"{machine}; CPU time is user + system."


if __name__ == "__main__":
    sys.exit(main())

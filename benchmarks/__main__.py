"""`python -m benchmarks [matching|memory|gate|rules|polling|history]`; without a name all, the gate on a tenth."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import rich.console

from benchmarks import gate, history, matching, memory, polling, rules
from benchmarks.corpus import Corpus
from benchmarks.table import Row, table
from monitor import __version__

BENCHMARKS: dict[str, Callable[[Corpus], list[Row]]] = {
    "matching": matching.measure,
    "memory": memory.measure,
    "gate": gate.measure,
    "rules": rules.measure,
    "polling": polling.measure,
    "history": history.measure,
}
_WIDTH = 120  # of the table in a file
EVERYTHING = {**BENCHMARKS, "gate": gate.measure_everything}  # named alone, the gate takes all the data


def main() -> int:
    """Measure what was asked for; 1 where the gate changed a match."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", choices=list(BENCHMARKS), help="only this one")
    name = parser.parse_args().name
    chosen = {name: EVERYTHING[name]} if name else BENCHMARKS
    out = rich.console.Console()
    if not out.is_terminal:
        out.width = _WIDTH
    with tempfile.TemporaryDirectory(prefix="bongsu-bench-") as folder:
        corpus = Corpus.find(Path(folder))
        rows = []
        for word, measure in chosen.items():
            out.print(f"{word} ...")
            rows += measure(corpus)
    out.print(table(rows, title=f"Bongsu {__version__}", caption=f"{corpus.about}\n{_machine()}"))
    return int(any(row.broken for row in rows))


def _machine() -> str:
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    return f"{machine}; CPU time is user + system."


if __name__ == "__main__":
    sys.exit(main())

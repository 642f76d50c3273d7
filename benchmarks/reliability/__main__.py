"""`python -m benchmarks.reliability [--full] [NAME ...]`: measures, prints one table, writes docs/reliability.md."""

from __future__ import annotations

import argparse
import functools
import logging
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import rich.console
import rich.progress
import structlog
from postgres import Postgres, Unavailable, postgres_server

from benchmarks.reliability import bombs, feeds, kills, mails, planted, rules, ssrf, standby, together
from benchmarks.reliability.figure import Figure, Progress, markdown, table
from monitor import __version__

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
HEAD = "<!-- figures: `make reliability` writes them -->\n"
FOOT = "\n<!-- end of the figures -->"
_WIDTH = 140  # of the table in a file


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is tried."""

    kills: int
    mutations: int
    items: int
    posts: int
    minutes: int  # of fuzzing


SHORT = Size(kills=200, mutations=1_000, items=1_000, posts=1_000, minutes=0)
FULL = Size(kills=2_000, mutations=10_000, items=10_000, posts=10_000, minutes=60)

Measure = Callable[[Size, Postgres | None, Progress], Iterable[Figure]]
FIGURES: dict[str, Measure] = {
    "kills": lambda size, postgres, progress: kills.measure(size.kills, postgres, progress),
    "together": lambda size, postgres, progress: together.measure(size.items, postgres, progress),
    "instances": lambda size, postgres, progress: standby.measure(size.items, postgres, progress),
    "feeds": lambda size, _, progress: feeds.measure(size.mutations, progress),
    "fuzz": lambda size, _, progress: feeds.fuzz(size.minutes, progress) if size.minutes else [],
    "bombs": lambda _, __, progress: bombs.measure(progress),
    "addresses": lambda _, __, progress: ssrf.measure(progress),
    "secrets": lambda _, __, progress: planted.measure(progress),
    "mails": lambda size, _, progress: mails.measure(size.posts, progress),
    "rules": lambda _, __, progress: rules.measure(rules.FILES, progress),
}


def main() -> int:
    """Measure what was asked for; 1 where harm was done."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[*FIGURES, []], help="only these")
    parser.add_argument(
        "--page", action="store_true", help="write their rows into the page, beside those of before"
    )
    parser.add_argument("--full", action="store_true", help="ten times as much, as before a release")
    parser.add_argument("--minutes", type=int, help="of fuzzing: 60 with --full, else none")
    given = parser.parse_args()
    out = rich.console.Console()
    if not out.is_terminal:
        out.width = _WIDTH
    began = time.monotonic()
    with _postgres() as postgres:
        size = FULL if given.full else SHORT
        size = size if given.minutes is None else replace(size, minutes=given.minutes)
        figures = []
        for each in measure(given.name or list(FIGURES), size, postgres, out):
            figures.append(each)
            if given.page:  # at once: a run of hours may be broken off
                write_rows([each])
    caption = f"{_machine()}, {(time.monotonic() - began) / 60:.0f} minutes."
    out.print(table(figures, title=f"Bongsu {__version__}", caption=caption))
    if not given.page and not given.name:
        write(figures)
    return int(any(each.broken for each in figures))


def measure(
    names: list[str], size: Size, postgres: Postgres | None, out: rich.console.Console
) -> Iterator[Figure]:
    """The figures of these names, each told as it comes, with a bar for each name."""
    with rich.progress.Progress(console=out) as bars:
        for name in names:
            task = bars.add_task(name, total=None)
            quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
            structlog.configure(wrapper_class=quiet)  # what is logged is meant to happen
            for each in FIGURES[name](size, postgres, functools.partial(_advance, bars, task)):
                out.print(f"{each.what}: {each.tried}: {each.said}", highlight=False)
                yield each


def _advance(bars: rich.progress.Progress, task: rich.progress.TaskID, done: int, of: int) -> None:
    bars.update(task, completed=done, total=of)


def write(figures: list[Figure]) -> None:
    """Put the figures into the page, with the machine alone: later runs may change some of its rows."""
    before, head, rest = PAGE.read_text(encoding="utf-8").partition(HEAD)
    after = rest.partition(FOOT)[2]
    PAGE.write_text(f"{before}{head}{markdown(figures)}\n\n{_machine()}.{FOOT}{after}", encoding="utf-8")


def write_rows(figures: list[Figure]) -> None:
    """Put these figures into the page in place of those of the same name, and new ones at the end."""
    before, head, rest = PAGE.read_text(encoding="utf-8").partition(HEAD)
    rows, foot, after = rest.partition("\n\n")
    known = {line.split(" | ")[0]: line for line in rows.splitlines()}
    known |= {line.split(" | ")[0]: line for line in markdown(figures).splitlines()}
    PAGE.write_text(before + head + "\n".join(known.values()) + foot + after, encoding="utf-8")


@contextmanager
def _postgres() -> Iterator[Postgres | None]:
    try:
        with postgres_server() as server:
            yield server
    except Unavailable:
        yield None


def _machine() -> str:
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"


if __name__ == "__main__":
    sys.exit(main())

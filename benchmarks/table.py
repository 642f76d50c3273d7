"""The table that the benchmarks print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import rich.table


@dataclass(frozen=True, kw_only=True)
class Point:
    """A figure's place in a picture of docs/performance.md."""

    picture: str  # its name
    at: str  # what stands below
    value: float


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing measured, and what it is measured against."""

    what: str
    ours: str
    against: str = ""
    ratio: str = ""
    aim: str = ""
    broken: bool = False  # a promise, not a time, does not hold
    point: Point | None = None


def table(rows: Sequence[Row], *, title: str, caption: str) -> rich.table.Table:
    """The rows as a table."""
    drawn = rich.table.Table(title=title, caption=caption, caption_justify="left")
    drawn.add_column("measured")
    for name in ("ours", "against", "ratio", "aim"):
        drawn.add_column(name, justify="right")
    for row in rows:
        style = "bold red" if row.broken else ""
        drawn.add_row(row.what, row.ours, row.against, row.ratio, row.aim, style=style)
    return drawn


def times(more: float, less: float) -> str:
    """How many times larger, to two figures."""
    return f"{float(f'{more / less:.2g}'):g}x" if less > 0 else "-"

"""A figure: what was tried, how often, and the harm that was counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import rich.table

Progress = Callable[[int, int], None]
"""(done, of so many) -> nothing; called as a figure goes on."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One promise held against a world that misbehaves."""

    what: str
    tried: str  # "200 kills"
    harm: Mapping[str, int]  # what may not happen, and how often it did; empty: not measured
    note: str = ""

    @property
    def broken(self) -> bool:
        """Whether anything happened that may not."""
        return any(self.harm.values())

    @property
    def said(self) -> str:
        """As in `0 lost, 0 doubled`."""
        return ", ".join(f"{count:,} {name}" for name, count in self.harm.items()) or "not measured"


def table(figures: Sequence[Figure], *, title: str, caption: str) -> rich.table.Table:
    """The figures for a terminal."""
    drawn = rich.table.Table(title=title, caption=caption, caption_justify="left")
    for name in ("what was done", "how often", "harm", ""):
        drawn.add_column(name)
    for each in figures:
        style = "bold red" if each.broken else "" if each.harm else "dim"
        drawn.add_row(each.what, each.tried, each.said, each.note, style=style)
    return drawn


def markdown(figures: Sequence[Figure]) -> str:
    """The figures for the page."""
    rows = (f"| {each.what} | {each.tried} | {each.said} | {each.note} |" for each in figures)
    return "\n".join(["| what was done | how often | harm | |", "|---|---|---|---|", *rows])

"""Mistakes as a terminal shows them: where, what, and the line itself with a mark under the place."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from monitor.alerting.text import calm
from monitor.errors import Mistake
from monitor.matching.marks import place
from monitor.matching.marks import word as word_at

_WIDEST = 100  # of a quoted line


def quote(mistakes: Iterable[Mistake], *, word: str, style: str) -> None:
    """Print each under `word`, file by file from the top."""
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    for mistake in sorted(mistakes, key=lambda each: place(each.where)):
        console.print(_shown(mistake, word, style))


def _shown(mistake: Mistake, word: str, style: str) -> Text:
    said = Text.assemble((f"{mistake.where}: ", "bold"), (word, style), f": {calm(mistake.what)}\n")
    file, line, column = place(mistake.where)
    text = _line(file, line) if line else ""
    if not text.strip():
        return said.append(f"  {mistake.hint}\n" if mistake.hint else "")
    start = max(0, column - _WIDEST // 2) if len(text) > _WIDEST else 0
    shown = calm(text[start : start + _WIDEST])
    before = cell_len(shown[: column - 1 - start])
    width = cell_len(word_at(text, column)) or 1
    gutter = f" {line} "
    said.append(f"{gutter}│ ", "dim").append(f"{shown}\n")
    said.append(f"{' ' * len(gutter)}│ ", "dim").append(f"{' ' * before}{'^' * width}", style)
    return said.append(f" {mistake.hint}\n" if mistake.hint else "\n")


def _line(file: str, line: int) -> str:
    lines = _lines(file)
    return lines[line - 1] if line <= len(lines) else ""


@lru_cache(maxsize=1)
def _lines(file: str) -> list[str]:
    path = Path(file)
    if not path.is_file():
        return []
    try:
        opened = path.open("rb")
    except OSError:  # which may be the very mistake
        return []
    with opened:
        return opened.read(1_000_000).decode("utf-8", errors="replace").split("\n")

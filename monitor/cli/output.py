"""How commands speak: tables or JSON on stdout, complaints and the log on stderr."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import typer

from monitor.alerting.text import calm
from monitor.errors import MonitorError
from monitor.exports.values import cell, plain

_ID = 8  # hex digits of an id that tables show
_LOGGED = 1000  # characters of a text in the log
_GAP = 2  # characters between columns
_SHORT = 20  # characters: cells up to here are never broken into lines


def show(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    *,
    as_json: bool,
    empty: str,
    note: str = "",
) -> None:
    """The rows as a table of these columns, or whole as a JSON array; `empty` is said where there are none.

    What the rows hold under `note` is too long for a column and follows beneath.
    """
    if as_json:
        typer.echo(to_json(rows))
    elif not rows:
        typer.echo(empty)
    else:
        _table(rows, columns)
        _notes(rows, columns[0], note)


def to_json(value: object) -> str:
    """Indented JSON; times in ISO 8601, sets sorted."""
    return json.dumps(value, default=plain, ensure_ascii=False, indent=2)


def shown(value: object) -> str:
    """The same on a terminal: feeds wrote some of it, so nothing that steers a screen."""
    return calm(cell(value))


def counted(number: int, noun: str) -> str:
    """`1 feed`, `2 feeds`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def short(name: str) -> str:
    """The beginning of an id, enough for commands to know it by."""
    return name[:_ID]


def complain(error: MonitorError | str) -> None:
    """Say on stderr what went wrong."""
    typer.echo(f"monitor: {error}", err=True)


def log_to_stderr() -> None:
    """Send the log to stderr: lines for people on a terminal, JSON lines elsewhere."""
    import structlog  # noqa: PLC0415 - a tenth of a second that `--help` need not wait for

    level = logging.getLevelNamesMapping().get(
        os.environ.get("MONITOR_LOG", "warning").upper(), logging.WARNING
    )
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _quiet,
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=terminal)
            if terminal
            else structlog.processors.JSONRenderer(default=plain, ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _quiet(_logger: object, _name: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The record with its texts on one short line each: feeds wrote some, and a line is a record."""
    for key, value in record.items():
        if isinstance(value, str):
            record[key] = calm(" ".join(value[:_LOGGED].split()))
    return record


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    from rich import box  # noqa: PLC0415 - JSON output need not wait for rich
    from rich.console import Console  # noqa: PLC0415 - same
    from rich.table import Table  # noqa: PLC0415 - same
    from rich.text import Text  # noqa: PLC0415 - same

    # Where nobody reads along, a line is a row: as wide as it must be for grep.
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 400, highlight=False)
    cells = {column: [shown(row.get(column)) for row in rows] for column in columns}
    filled = {column: said for column, said in cells.items() if any(said)}
    heads = {column: _head(column, rows) for column in filled}
    widths = {column: max(map(len, (heads[column], *said))) for column, said in filled.items()}
    roomy = sum(min(width, _SHORT) + _GAP for width in widths.values()) <= console.width
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, _GAP - 1, 0, 0))
    for column, said in filled.items():
        listed = any(isinstance(row.get(column), tuple) for row in rows) and sys.stdout.isatty()
        widest = max(len(word) for text in (heads[column], *said) for word in text.split(" "))
        table.add_column(
            heads[column],
            no_wrap=roomy and widths[column] <= _SHORT,
            overflow="fold",
            max_width=widest if listed else None,  # a list is best read downwards
        )
    for line in zip(*filled.values(), strict=True):
        table.add_row(*map(Text, line))
    console.print(table)


def _head(column: str, rows: Sequence[Mapping[str, Any]]) -> str:
    zone = " (UTC)" if any(isinstance(row.get(column), dt.datetime) for row in rows) else ""
    return column.replace("_", " ") + zone


def _notes(rows: Sequence[Mapping[str, Any]], name: str, note: str) -> None:
    said = [f"{shown(row[name])}: {shown(row[note])}" for row in rows if row.get(note)] if note else []
    if said:
        typer.echo("\n" + "\n".join(said))

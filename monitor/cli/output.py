"""How commands speak: tables or JSON on stdout, complaints and the log on stderr."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import typer

from monitor.errors import MonitorError


def show(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """The rows as a table of these columns, or whole as a JSON array; `empty` is said where there are none."""
    if as_json:
        typer.echo(to_json(rows))
    elif not rows:
        typer.echo(empty)
    else:
        _table(rows, columns)


def to_json(value: object) -> str:
    """Indented JSON; times in ISO 8601, sets sorted."""
    return json.dumps(value, default=plain, ensure_ascii=False, indent=2)


def plain(value: object) -> object:
    """What JSON does not know, as what it knows."""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if isinstance(value, frozenset | set):
        return sorted(value)
    return str(value)


def cell(value: object) -> str:
    """A value as a table shows it."""
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, frozenset | set):
        return ", ".join(sorted(map(str, value)))
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return str(value)


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
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=terminal)
            if terminal
            else structlog.processors.JSONRenderer(default=plain, ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    from rich import box  # noqa: PLC0415 - JSON output need not wait for rich
    from rich.console import Console  # noqa: PLC0415 - same
    from rich.table import Table  # noqa: PLC0415 - same
    from rich.text import Text  # noqa: PLC0415 - same

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(row.get(column))) for column in columns))
    # Where nobody reads along, a line is a row: as wide as it must be for grep.
    width = None if sys.stdout.isatty() else 400
    Console(file=sys.stdout, width=width, highlight=False).print(table)

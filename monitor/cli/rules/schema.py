"""`monitor rules schema`: what an editor needs to complete and check the files."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.output import to_json
from monitor.errors import UsageError


class FileKind(enum.StrEnum):
    """The kinds of file that people write."""

    RULE = "rule"
    VOCABULARY = "vocabulary"
    GUARDS = "guards"


def print_schema(
    kind: Annotated[FileKind, typer.Argument(help="Of which file.")] = FileKind.RULE,
    out: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to; else to stdout.")
    ] = None,
) -> None:
    """Print the JSON Schema of rule files, of vocabulary files or of the file of guards."""
    from monitor.matching.schema import schema  # noqa: PLC0415 - `--help` need not wait for the models

    text = to_json(schema(kind))
    if out is None:
        typer.echo(text)
        return
    try:
        out.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror}") from error

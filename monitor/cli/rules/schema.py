"""`monitor rules schema`: what an editor needs to complete and check the files."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from monitor.cli.output import to_json


class FileKind(enum.StrEnum):
    """The kinds of file that people write."""

    RULE = "rule"
    VOCABULARY = "vocabulary"
    GUARDS = "guards"


def print_schema(
    kind: Annotated[FileKind, typer.Argument(help="Of which file.")] = FileKind.RULE,
) -> None:
    """Print the JSON Schema of rule files, of vocabulary files or of the file of guards."""
    from monitor.matching.schema import schema  # noqa: PLC0415 - `--help` need not wait for the models

    typer.echo(to_json(schema(kind)))

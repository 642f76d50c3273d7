"""Options that several commands on alerts take."""

from __future__ import annotations

from typing import Annotated

import typer

AlertId = Annotated[str, typer.Argument(metavar="ID", help="The alert's id, or its beginning.")]
Rule = Annotated[str | None, typer.Option(help="Only of this rule.")]
LevelOption = Annotated[str, typer.Option("--level", help="Only at this level or above.")]
Actor = Annotated[str | None, typer.Option(help="Only with this actor, by its name in the vocabulary.")]
Place = Annotated[str | None, typer.Option(help="Only at this place, by its name in the vocabulary.")]
TextOption = Annotated[
    str, typer.Option("--text", help='Only with these words, or "phrases", in titles and sentences.')
]
Since = Annotated[
    str, typer.Option(help="Opened since: 2026-03-12, 2026-03-12T08:00+09:00, or 24h, 7d, 4w ago.")
]
Until = Annotated[str, typer.Option(help="Opened before that time.")]

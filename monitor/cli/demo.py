"""`monitor demo`: the whole service on a week of sample feeds, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.demo.replay import run_demo

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    *,
    leave: Annotated[bool, typer.Option("--exit", help="Stop when the replay is done.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    folder: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Where databases and messages lie; an unfinished run is resumed."),
    ] = Path("demo-data"),
) -> None:
    """Replay a recorded week of sample feeds over loopback, and print alerts with their reasons; no network."""
    run_demo(folder, leave=leave, json_out=as_json)

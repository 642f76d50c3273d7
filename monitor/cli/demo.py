"""`monitor demo`: the whole service on a week of sample feeds, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.demo.picture import draw
from monitor.demo.replay import SECONDS, run_demo

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
    rules: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", exists=True, file_okay=False, help="Your rules, beside the shipped ones."
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=1, hidden=True, help="Seconds of real time that the week takes.")
    ] = SECONDS,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", hidden=True, help="Draw the terminal instead.")
    ] = None,
) -> None:
    """Replay a recorded week of sample feeds over loopback, and print alerts with their reasons; no network."""
    if svg is not None:
        draw(svg)
        return
    run_demo(folder, leave=leave, json_out=as_json, seconds=seconds, rules=rules)

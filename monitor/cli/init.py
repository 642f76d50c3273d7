"""`monitor init`: a config and a copy of the rules, to begin with."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from monitor import resources
from monitor.errors import UsageError
from monitor.matching import copies, source

app = typer.Typer(add_completion=False)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to; made if it is absent.")] = Path(),
) -> None:
    """Write config.toml and a copy of the rules; a copy counts once it is changed."""
    config, rules = folder / "config.toml", folder / "rules"
    for path in (config, rules):
        if path.exists():
            raise UsageError(f"{path} is there already; nothing was written")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copytree(resources.path("rules"), rules)
        copies.note(rules, source.yaml_files(rules))
        shutil.copyfile(resources.path("config.example.toml"), config)
    except OSError as error:  # shutil.Error, which is one, tells of each file and has no strerror
        raise UsageError(f"cannot write into {folder}: {error.strerror or error}") from error
    typer.echo(f"Wrote {config} and {rules}.")
    there = "" if folder == Path() else f"`cd {folder}`, "
    typer.echo(f"Next: {there}`monitor doctor` checks what you have, `monitor run` starts the service.")

"""Options that many commands share."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from monitor import config as config_file
from monitor.config import Config
from monitor.errors import UsageError

ConfigFile = Annotated[
    Path | None,
    typer.Option("-c", "--config", metavar="FILE", help="Config; else MONITOR_CONFIG, else ./config.toml."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def read_config(given: Path | None) -> Config:
    """The config that the command is to work with."""
    return config_file.load(config_file.find(given))


def read_config_if_any(given: Path | None) -> Config:
    """The same, or the defaults where nobody named a config and ./config.toml is absent."""
    path = config_file.find(given)
    if given is None and path == config_file.find() and not path.exists():
        return config_file.parse("", path=path)
    return config_file.load(path)


def who(given: str) -> str:
    """The name that was given, else the one by which the user logged in; UsageError where nobody knows it."""
    if given.strip():
        return given.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:  # a container's user may have no name
        raise UsageError("nobody knows who you are; say it by --by NAME") from error

"""`monitor mcp`: the history as tools for an assistant."""

from __future__ import annotations

import typer

from monitor.cli.options import ConfigFile, read_config
from monitor.errors import UsageError

app = typer.Typer(add_completion=False)


@app.command()
def mcp(config: ConfigFile = None) -> None:
    """The history as tools for an assistant, by the Model Context Protocol over stdin and stdout; reads only."""
    settings = read_config(config)
    try:
        from monitor.mcp_server import create  # noqa: PLC0415 - an extra, which may not be there
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"mcp", "mcp_types"}:
            raise
        said = "the tools for assistants are an extra that is not installed: pip install 'bongsu[mcp]'"
        raise UsageError(said) from error
    create(settings).run("stdio")

"""The `monitor` command: finds the command asked for, loads only that, and speaks of what went wrong.

To add a command: a file with a typer app named `app`, and a line in COMMANDS.
"""

from __future__ import annotations

import difflib
import errno
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor import __version__
from monitor.cli.loaded import Loaded
from monitor.cli.output import complain, log_to_stderr
from monitor.errors import MonitorError

COMMANDS: Mapping[str, str] = {
    "demo": "monitor.cli.demo",
    "init": "monitor.cli.init",
    "doctor": "monitor.cli.doctor",
    "run": "monitor.cli.run",
    "worker": "monitor.cli.worker",
    "poll": "monitor.cli.poll",
    "feeds": "monitor.cli.feeds",
    "match": "monitor.cli.match",
    "eval": "monitor.cli.eval",
    "rules": "monitor.cli.rules",
    "alerts": "monitor.cli.alerts",
    "subscriptions": "monitor.cli.subscriptions",
    "silences": "monitor.cli.silences",
    "deliveries": "monitor.cli.deliveries",
    "slack": "monitor.cli.slack",
    "mcp": "monitor.cli.mcp",
    "tokens": "monitor.cli.tokens",
    "audit": "monitor.cli.audit",
    "db": "monitor.cli.db",
}
_OUTPUT_LOST = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}  # `monitor alerts list > file`
_INTERRUPTED = 130  # as shells count a process ended by Ctrl-C


class Root(Loaded):
    """All commands; each loads what it needs when it is called."""

    table = COMMANDS

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first word names; one that is nearly right is suggested."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            alike = difflib.get_close_matches(args[0], COMMANDS)
            hint = f" Did you mean {' or '.join(alike)}?" if alike else " `monitor --help` lists them."
            ctx.fail(f"No such command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; its errors are told in words, and become the exit status."""
        try:
            return super().invoke(ctx)
        except MonitorError as error:
            complain(error)
            raise typer.Exit(error.exit_status) from error
        except BrokenPipeError as error:  # `monitor alerts list | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from error
        except OSError as error:
            if error.errno not in _OUTPUT_LOST or error.filename is not None:
                raise
            complain(f"cannot write the output: {error.strerror}")
            raise typer.Exit(MonitorError.exit_status) from error
        except KeyboardInterrupt as error:
            raise typer.Exit(_INTERRUPTED) from error


app = typer.Typer(
    name="monitor",
    cls=Root,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _say_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"bongsu {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """A watch on the news of North-East Asian security: feeds in, alerts out."""
    log_to_stderr()


def _open_standard_files() -> None:
    """Open on nothing what was closed (`monitor run >&-`): else the next file opened would get what is printed."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - for as long as we run


def main() -> None:
    """Run the command line; what nobody foresaw is told in a line too, not as a traceback."""
    _open_standard_files()
    try:
        app()
    except Exception as error:
        if os.environ.get("MONITOR_DEBUG"):
            raise
        complain(f"{type(error).__name__}: {error}\nThis is a fault of ours: MONITOR_DEBUG=1 shows where.")
        sys.exit(MonitorError.exit_status)

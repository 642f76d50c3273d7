"""Commands that are loaded when they are called: `monitor match` need not wait for a database driver."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup
from typer.main import get_command


class Loaded(TyperGroup):
    """A group whose table names each command: a module with `app`, or `module:function`."""

    table: ClassVar[Mapping[str, str]] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command, in the order of the table."""
        del ctx
        return list(self.table)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        if cmd_name in self.table and cmd_name not in self.commands:
            command = get_command(_app(self.table[cmd_name], cmd_name))
            command.name = cmd_name  # the list of commands shows it
            self.add_command(command, cmd_name)
        return super().get_command(ctx, cmd_name)


def _app(where: str, name: str) -> typer.Typer:
    module, _, function = where.partition(":")
    loaded = importlib.import_module(module)
    if not function:
        app: typer.Typer = loaded.app
        return app
    app = typer.Typer(add_completion=False)
    app.command(name=name)(getattr(loaded, function))
    return app

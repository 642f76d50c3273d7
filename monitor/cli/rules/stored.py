"""What commands about rules ask of the history, where there is one: rules can be read without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from monitor.cli.output import complain
from monitor.config import Config
from monitor.errors import StorageError
from monitor.storage import Database

Answer = TypeVar("Answer")


def stored(config: Config, ask: Callable[[Connection], Answer], *, lost: str) -> Answer | None:
    """The answer of the history; None where there is none, or it cannot be used: then `lost` says what is lacking."""
    try:
        database = Database(config.database_url)
        if database.path is not None and not database.path.exists():
            return None
        try:
            with database.read() as conn:
                return ask(conn)
        finally:
            database.close()
    except StorageError as error:
        complain(f"{lost}: {error}")
        return None

"""The schema's version: found, checked, and brought up to date with Alembic."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, inspect, select, text

from monitor import resources
from monitor.errors import StorageError
from monitor.storage.tables import REVISION

_LOCK = 0x626F6E67  # our advisory lock on PostgreSQL: "bong"


def upgrade(conn: Connection) -> None:
    """Run the migrations that are missing, all in the open write transaction.

    Raises StorageError for a schema newer than this program.
    """
    if conn.dialect.name == "postgresql":  # on SQLite the transaction holds the lock
        conn.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    found = current(conn)
    _refuse_newer(conn, found)
    if found != REVISION:
        command.upgrade(config(conn), "head")


def check(conn: Connection) -> None:
    """StorageError unless the schema is the one that this program knows."""
    found = current(conn)
    _refuse_newer(conn, found)
    if found != REVISION:
        raise StorageError(
            f"{_name(conn)} has schema {found or 'none'}, and this program needs {REVISION}: "
            "run `monitor db upgrade`"
        )


def current(conn: Connection) -> str:
    """The schema's revision; empty for a database without one."""
    if not inspect(conn).has_table("alembic_version"):
        return ""
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def config(conn: Connection) -> Config:
    """Alembic's configuration, with the connection that `env.py` takes."""
    configuration = Config(attributes={"connection": conn})
    folder = str(resources.path("migrations")).replace("%", "%%")
    configuration.set_main_option("script_location", folder)
    return configuration


def _refuse_newer(conn: Connection, found: str) -> None:
    if found > REVISION:
        raise StorageError(
            f"{_name(conn)} has schema {found}, newer than {REVISION}, the newest that this program knows: "
            "install the newer bongsu again, or restore a backup made before its upgrade"
        )


def _name(conn: Connection) -> str:
    return conn.engine.url.render_as_string()

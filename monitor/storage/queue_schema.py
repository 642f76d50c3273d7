"""The tables of the queue on PostgreSQL: Procrastinate's, made and brought up to date in our own transaction."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

_STAMP = "schema of the queue, up to migration "  # kept as the comment on Procrastinate's table of jobs
_FOUND = text("SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')")
_EXISTS = text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")


def upgrade(conn: Connection) -> None:
    """Make the queue, or run the migrations that it lacks. Nothing on SQLite, nor without the extra `workers`."""
    if conn.dialect.name != "postgresql":
        return
    try:
        from procrastinate.schema import SchemaManager  # noqa: PLC0415 - an extra
    except ImportError:
        return
    migrations = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    newest = migrations[-1].stem
    if not exists(conn):
        _run(conn, SchemaManager.get_schema())
    else:
        stamp = (conn.execute(_FOUND).scalar() or "").removeprefix(_STAMP)
        for migration in migrations:
            if stamp and migration.stem > stamp:
                _run(conn, migration.read_text(encoding="utf-8"))
        newest = max(newest, stamp)
    _run(conn, f"COMMENT ON TABLE procrastinate_jobs IS '{_STAMP}{newest}'")


def exists(conn: Connection) -> bool:
    """Whether the queue's tables are there."""
    return bool(conn.execute(_EXISTS).scalar())


def _run(conn: Connection, script: str) -> None:
    """Several statements as they stand, `%` and all."""
    conn.execution_options(no_parameters=True).exec_driver_sql(script)

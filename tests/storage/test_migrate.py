from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Inspector, inspect, text

from monitor.errors import StorageError
from monitor.storage import Database, migrate
from monitor.storage.tables import REVISION, metadata


def is_described(name: str | None, _kind: str, _parents: Any) -> bool:
    """All but the indexes of text search, for which SQLAlchemy has no words, and the queue, which is another's."""
    return not (name or "").startswith(
        ("alert_parts", "alert_words", "ix_alert_texts_parts", "ix_alert_texts_words", "procrastinate_")
    )


def shape(conn: Connection) -> dict[str, Any]:
    """All that makes the schema: columns, keys and indexes, as the database itself tells them."""
    seen: Inspector = inspect(conn)
    return {
        name: {
            "columns": [{**column, "type": str(column["type"])} for column in seen.get_columns(name)],
            "primary key": seen.get_pk_constraint(name),
            "foreign keys": sorted(seen.get_foreign_keys(name), key=str),
            "indexes": sorted(map(_plain, filter(_indexed, seen.get_indexes(name))), key=str),
            "unique": sorted(seen.get_unique_constraints(name), key=str),
            "checks": sorted(seen.get_check_constraints(name), key=str),
        }
        for name in seen.get_table_names()
        if name != "alembic_version" and is_described(name, "table", {})
    }


def _indexed(index: Any) -> bool:
    return is_described(index["name"], "index", {})


def _plain(index: Any) -> dict[str, Any]:
    """The index with the condition of a partial one as text."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


def set_revision(database: Database, revision: str) -> None:
    with database.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = :to").bindparams(to=revision))


def again(database: Database) -> Database:
    """The same database, as a program opens it that has not looked at its schema yet."""
    return Database(database._url.render_as_string(hide_password=False))


def test_migrations_give_exactly_the_schema_that_the_tables_describe(empty_url: str) -> None:
    database = Database(empty_url)
    with database._writer.begin() as conn:
        metadata.create_all(conn)
        described = shape(conn)
        metadata.drop_all(conn)
    database.upgrade()
    with database.read() as conn:
        assert shape(conn) == described
        assert (
            compare_metadata(MigrationContext.configure(conn, opts={"include_name": is_described}), metadata)
            == []
        )
    database.close()


def test_the_newest_migration_is_the_one_that_the_program_asks_for(database: Database) -> None:
    with database.read() as conn:
        assert migrate.current(conn) == REVISION
        assert ScriptDirectory.from_config(migrate.config(conn)).get_heads() == [REVISION]


def test_upgrading_again_changes_nothing(database: Database) -> None:
    with database.read() as conn:
        before = shape(conn)
    database.upgrade()
    with database.read() as conn:
        assert shape(conn) == before


@pytest.mark.fault("OP01")
def test_a_downgrade_takes_everything_away_and_an_upgrade_brings_it_back(database: Database) -> None:
    with database.write() as conn:
        before = shape(conn)
        command.downgrade(migrate.config(conn), "base")
        assert shape(conn) == {}
    database.upgrade()
    with database.read() as conn:
        assert shape(conn) == before


@pytest.mark.fault("IN04")
def test_several_starters_at_once_make_one_schema(empty_url: str) -> None:
    together = Barrier(4, timeout=30)

    def start() -> None:
        database = Database(empty_url)
        together.wait()
        database.upgrade()
        with database.read() as conn:
            assert migrate.current(conn) == REVISION
        database.close()

    with ThreadPoolExecutor(4) as pool:
        for starter in [pool.submit(start) for _ in range(4)]:
            starter.result()


@pytest.mark.fault("OP02")
def test_a_database_newer_than_the_program_is_refused_and_left_alone(database: Database) -> None:
    set_revision(database, "0999")
    newer = again(database)
    for use in (newer.upgrade, lambda: newer.read().__enter__(), lambda: newer.write().__enter__()):
        with pytest.raises(StorageError, match=r"has schema 0999, newer than .* install the newer bongsu"):
            use()
    with database.read() as conn:
        assert migrate.current(conn) == "0999"
    newer.close()


def test_a_database_older_than_the_program_is_not_used_before_it_is_upgraded(database: Database) -> None:
    set_revision(database, "0000")
    older = again(database)
    with pytest.raises(StorageError, match=r"has schema 0000, .* run `monitor db upgrade`"), older.read():
        pass
    older.close()


@pytest.mark.fault("CR10")
def test_a_migration_that_breaks_off_leaves_no_trace(empty_url: str) -> None:
    database = Database(empty_url)
    database.upgrade()

    def broken_off() -> None:
        with database.write() as conn:
            command.downgrade(migrate.config(conn), "base")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    with database.read() as conn:
        assert set(shape(conn)) == set(metadata.tables)
    database.close()

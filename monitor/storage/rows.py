"""Between nouns and rows, where a column carries the name of a field."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

CHUNK = 1000  # values in one IN list: far below what either database takes


def row(noun: Any, **more: object) -> dict[str, object]:
    """The noun's fields by name, and more columns beside them."""
    return {name: getattr(noun, name) for name in _fields(noun.__class__)} | more


def columns(table: Table, noun: Any) -> list[Column[Any]]:
    """The table's columns that are fields of the noun, so that `noun(**row)` takes what they select."""
    names = _fields(noun)
    return [column for column in table.columns if column.name in names]


def upsert(
    conn: Connection,
    table: Table,
    rows: Sequence[Mapping[str, object]],
    *,
    keep: Collection[str] = (),
    unless: str = "",
) -> int:
    """Insert rows, or update those whose primary key is there; the number of rows written.

    Columns in `keep` stay as they were; a row whose column `unless` has not changed stays whole.
    """
    if not rows:
        return 0
    insert = _insert(conn, table)
    keys = {column.name for column in table.primary_key}
    changed = {name: insert.excluded[name] for name in rows[0] if name not in keys and name not in keep}
    where = table.c[unless] != insert.excluded[unless] if unless else None
    statement = insert.on_conflict_do_update(index_elements=sorted(keys), set_=changed, where=where)
    return conn.execute(statement, rows, execution_options={"preserve_rowcount": True}).rowcount


def insert_new(conn: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> int:
    """Insert the rows whose primary key is not there yet; how many."""
    if not rows:
        return 0
    statement = _insert(conn, table).on_conflict_do_nothing()
    return conn.execute(statement, rows, execution_options={"preserve_rowcount": True}).rowcount


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Distinct values in lists that fit one statement."""
    distinct = iter(dict.fromkeys(values))
    while chunk := list(islice(distinct, CHUNK)):
        yield chunk


def _insert(conn: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)


@cache
def _fields(noun: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(noun))

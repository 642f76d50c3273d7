"""What is only ever counted, by all processes together."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from monitor.storage.rows import insert_new
from monitor.storage.tables import tallies

GOOD_POLLS = "polls good"
FAILED_POLLS = "polls failed"


def count(conn: Connection, name: str, *, by: int = 1) -> None:
    """So many more. Others who count the same wait until the transaction ends: do it last."""
    if not by:
        return
    more = update(tallies).where(tallies.c.name == name).values(count=tallies.c.count + by)
    if not conn.execute(more).rowcount:
        insert_new(conn, tallies, [{"name": name, "count": 0}])
        conn.execute(more)


def touch(conn: Connection, name: str) -> None:
    """Write it as it stands: StorageError where nothing can be written."""
    if not conn.execute(update(tallies).where(tallies.c.name == name).values(count=tallies.c.count)).rowcount:
        insert_new(conn, tallies, [{"name": name, "count": 0}])


def all(conn: Connection) -> dict[str, int]:  # noqa: A001 - read as tallies.all(conn)
    """How many there were of each that was ever counted."""
    return {each["name"]: each["count"] for each in conn.execute(select(tallies)).mappings()}

"""Signs of life of the parts of the service."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, select

from monitor.storage.rows import upsert
from monitor.storage.tables import service


def beat(conn: Connection, name: str, *, now: dt.datetime) -> None:
    """Say that the part of that name is alive."""
    upsert(conn, service, [{"name": name, "beat": now}])


def beats(conn: Connection) -> dict[str, dt.datetime]:
    """When each part last showed that it was alive."""
    return {each.name: each.beat for each in conn.execute(select(service))}

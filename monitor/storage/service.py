"""Signs of life of the parts of the service."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, select

from monitor.storage.rows import upsert
from monitor.storage.tables import service


def beat(conn: Connection, name: str, *, now: dt.datetime, fault: str | None = None) -> None:
    """Say that the part of that name is alive, and what is wrong with it."""
    upsert(conn, service, [{"name": name, "beat": now, "fault": fault}])


def beats(conn: Connection) -> dict[str, dt.datetime]:
    """When each part last showed that it was alive."""
    return {each.name: each.beat for each in conn.execute(select(service))}


def faults(conn: Connection) -> dict[str, str]:
    """What is wrong with each part that is not well."""
    return {
        each.name: each.fault for each in conn.execute(select(service).where(service.c.fault.is_not(None)))
    }

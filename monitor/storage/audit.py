"""The audit log: who changed what, when and from where. Lines are added, never changed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, func, insert, select

from monitor.model import Record
from monitor.storage.rows import columns, row
from monitor.storage.tables import audit

_RECORD = columns(audit, Record)


def add(conn: Connection, record: Record) -> None:
    """Write a line; in the transaction of what it tells of, so that neither is there without the other."""
    conn.execute(insert(audit), [row(record)])


def listed(
    conn: Connection,
    *,
    who: str = "",
    what: str = "",
    thing: str = "",
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    limit: int | None = None,
) -> list[Record]:
    """The lines whose parts hold these texts, newest first."""
    query = select(*_RECORD).order_by(audit.c.number.desc()).limit(limit)
    for column, text in ((audit.c.who, who), (audit.c.what, what), (audit.c.thing, thing)):
        if text:
            query = query.where(func.lower(column).contains(text.lower(), autoescape=True))
    if since is not None:
        query = query.where(audit.c.at >= since)
    if until is not None:
        query = query.where(audit.c.at < until)
    return [Record(**each) for each in conn.execute(query).mappings()]

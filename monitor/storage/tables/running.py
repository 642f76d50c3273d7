"""The service itself: its parts, its leader, its counters."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table

from monitor.storage.columns import Moment, Words
from monitor.storage.tables.schema import metadata

service = Table(  # one row for each part that shows it is alive
    "service",
    metadata,
    Column("name", Words, primary_key=True),
    Column("beat", Moment, nullable=False),
    Column("fault", Words),  # none: the part is well
)

leaders = Table(  # which of several workers keeps the timer; on PostgreSQL only
    "leaders",
    metadata,
    Column("name", Words, primary_key=True),
    Column("number", Integer, nullable=False),  # of the newest; each is higher than the last
    Column("beat", Moment, nullable=False),  # by the database's clock
)

tallies = Table(  # what is only ever counted
    "tallies",
    metadata,
    Column("name", Words, primary_key=True),
    Column("count", Integer, nullable=False),
)

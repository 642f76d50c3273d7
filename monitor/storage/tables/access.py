"""Who may come in, and what they did."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table

from monitor.storage.columns import Moment, Words
from monitor.storage.tables.schema import metadata

secrets = Table(  # made by the service for itself
    "secrets",
    metadata,
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("name", Words, primary_key=True),
    Column("digest", Words, nullable=False),  # SHA-256 of the secret
    Column("scope", Words, nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment),  # none: never
    Column("last_used", Moment),
    Column("revoked", Moment),
)

sign_ins = Table(  # links that were mailed
    "sign_ins",
    metadata,
    Column("digest", Words, primary_key=True),  # SHA-256 of what the link carries
    Column("person", Words, nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("onward", Words, nullable=False),
    Column("used", Moment),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Words, primary_key=True),  # SHA-256 of what the cookie carries
    Column("person", Words, nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
)

audit = Table(  # what was changed, and by whom; no line is ever changed
    "audit",
    metadata,
    Column("number", Integer, primary_key=True),  # in order of arrival
    Column("at", Moment, nullable=False, index=True),
    Column("who", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("thing", Words, nullable=False),
    Column("origin", Words, nullable=False),
    Column("note", Words, nullable=False),
)

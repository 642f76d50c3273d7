"""Keys that the service makes for itself and shows to nobody."""

from __future__ import annotations

import secrets as randomness

from sqlalchemy import Connection, select

from monitor.storage.rows import insert_new
from monitor.storage.tables import secrets


def signing_key(conn: Connection) -> str:
    """The key that signs forms and links: made at the first call, the same for every process ever after."""
    insert_new(conn, secrets, [{"name": "signing-key", "value": randomness.token_urlsafe(32)}])
    key: str = conn.execute(select(secrets.c.value).where(secrets.c.name == "signing-key")).scalar_one()
    return key

"""How people are let in: links that were mailed to them, and the browsers in which they are signed in.

Of links and cookies the database holds the SHA-256 of what they carry: a copy of it opens nothing.
"""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import Connection, delete, func, insert, select, update

from monitor.model import Session, SignIn
from monitor.storage.rows import columns, row
from monitor.storage.tables import sessions, sign_ins
from monitor.storage.tokens import digest

_SESSION = columns(sessions, Session)
_SIGN_IN = columns(sign_ins, SignIn)


def ask(conn: Connection, wanted: SignIn) -> str:
    """Store that a link is mailed; gives what it is to carry."""
    carried = secrets.token_urlsafe(32)
    conn.execute(insert(sign_ins), [row(wanted, digest=digest(carried))])
    return carried


def asked_since(conn: Connection, person: str, since: dt.datetime) -> int:
    """How many links were mailed to the person since then."""
    query = select(func.count()).where(sign_ins.c.person == person, sign_ins.c.created > since)
    return conn.execute(query).scalar_one()


def asked(conn: Connection, carried: str, *, now: dt.datetime) -> SignIn | None:
    """The sign-in that the link is for, unless it was used or is too old."""
    mine = (sign_ins.c.digest == digest(carried)) & sign_ins.c.used.is_(None) & (sign_ins.c.expires > now)
    found = conn.execute(select(*_SIGN_IN).where(mine)).mappings().first()
    return None if found is None else SignIn(**found)


def use(conn: Connection, carried: str, *, now: dt.datetime) -> SignIn | None:
    """The same, and no second time: of several that come at once, one gets it."""
    mine = (sign_ins.c.digest == digest(carried)) & sign_ins.c.used.is_(None) & (sign_ins.c.expires > now)
    used = conn.execute(update(sign_ins).where(mine).values(used=now).returning(*_SIGN_IN))
    found = used.mappings().first()
    return None if found is None else SignIn(**found)


def begin(conn: Connection, session: Session) -> str:
    """Store a session; gives what its cookie is to carry. Those that are over are forgotten."""
    carried = secrets.token_urlsafe(32)
    conn.execute(delete(sessions).where(sessions.c.expires <= session.created))
    conn.execute(insert(sessions), [row(session, digest=digest(carried))])
    return carried


def find(conn: Connection, carried: str, *, now: dt.datetime) -> Session | None:
    """The session that the cookie is for, unless it has ended."""
    mine = (sessions.c.digest == digest(carried)) & (sessions.c.expires > now)
    found = conn.execute(select(*_SESSION).where(mine)).mappings().first()
    return None if found is None else Session(**found)


def of(conn: Connection, person: str, *, now: dt.datetime) -> list[Session]:
    """The sessions of the person that have not ended, the oldest first."""
    mine = (sessions.c.person == person) & (sessions.c.expires > now)
    query = select(*_SESSION).where(mine).order_by(sessions.c.created)
    return [Session(**each) for each in conn.execute(query).mappings()]


def end(conn: Connection, carried: str) -> None:
    """End one session."""
    conn.execute(delete(sessions).where(sessions.c.digest == digest(carried)))


def end_all(conn: Connection, person: str) -> int:
    """End every session of the person, and let no link that is on its way begin another; how many."""
    conn.execute(delete(sign_ins).where(sign_ins.c.person == person, sign_ins.c.used.is_(None)))
    return conn.execute(delete(sessions).where(sessions.c.person == person)).rowcount


def forget(conn: Connection, before: dt.datetime) -> None:
    """Forget links that were mailed before then."""
    conn.execute(delete(sign_ins).where(sign_ins.c.created < before))

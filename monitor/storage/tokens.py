"""Tokens by which programs are let in. A secret is shown once and kept as its SHA-256 only."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Mapping

from sqlalchemy import Connection, or_, select, update

from monitor.errors import UsageError
from monitor.model import Token
from monitor.storage.rows import columns, insert_new, row
from monitor.storage.tables import tokens

_TOKEN = columns(tokens, Token)
_PREFIX = "bongsu"  # by which scanners of repositories know one of ours


def add(conn: Connection, token: Token) -> str:
    """Store the token and give what its holder shows, `bongsu_NAME_SECRET`. UsageError when the name is taken."""
    shown = f"{_PREFIX}_{token.name}_{secrets.token_urlsafe(32)}"
    if not insert_new(conn, tokens, [row(token, digest=digest(shown))]):
        raise UsageError(f"there is or was a token {token.name!r} already; `monitor tokens list` shows it")
    return shown


def find(conn: Connection, shown: str, *, now: dt.datetime) -> Token | None:
    """The live token that this is, or None."""
    name = shown.removeprefix(f"{_PREFIX}_").partition("_")[0]
    found = conn.execute(select(*_TOKEN, tokens.c.digest).where(tokens.c.name == name)).mappings().first()
    if found is None or not hmac.compare_digest(found["digest"], digest(shown)):
        return None
    token = Token(**{key: value for key, value in found.items() if key != "digest"})
    return token if token.is_live(now) else None


def all(conn: Connection) -> list[Token]:  # noqa: A001 - read as tokens.all(conn)
    """Every token, those that open nothing any more too, by name."""
    return [Token(**each) for each in conn.execute(select(*_TOKEN).order_by(tokens.c.name)).mappings()]


def any_live(conn: Connection, *, now: dt.datetime) -> bool:
    """Whether some token opens anything."""
    return any(each.is_live(now) for each in all(conn))


def revoke(conn: Connection, name: str, *, now: dt.datetime) -> None:
    """Let the token open nothing from now on; it stays in the list. UsageError when unknown or revoked before."""
    off = update(tokens).where(tokens.c.name == name, tokens.c.revoked.is_(None)).values(revoked=now)
    if not conn.execute(off).rowcount:
        raise UsageError(
            f"there is no token {name!r} that could be revoked; `monitor tokens list` shows those there are"
        )


def used(conn: Connection, when: Mapping[str, dt.datetime]) -> None:
    """Note when each token was last used."""
    for name, moment in when.items():
        earlier = or_(tokens.c.last_used.is_(None), tokens.c.last_used < moment)
        conn.execute(update(tokens).where(tokens.c.name == name, earlier).values(last_used=moment))


def digest(shown: str) -> str:
    """SHA-256, in hex digits. A slow hash gains nothing: the secret has 256 bits."""
    return hashlib.sha256(shown.encode()).hexdigest()

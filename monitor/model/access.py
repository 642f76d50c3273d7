"""Who may do what with the service, and what was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Scope = Literal["read", "write", "admin"]  # each takes in those before it


class Role(StrEnum):
    """What a person may do."""

    READER = "reader"
    ANALYST = "analyst"
    ADMIN = "admin"


SCOPES: Mapping[Role, tuple[Scope, ...]] = {
    Role.READER: ("read",),
    Role.ANALYST: ("read", "write"),
    Role.ADMIN: ("read", "write", "admin"),
}


def role_of(scope: str) -> Role:
    """The role that may do what belongs to the scope, and no more."""
    return next(role for role, scopes in SCOPES.items() if scopes[-1] == scope)


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """What a program shows to be let in; the secret itself is not kept."""

    name: str
    scope: str  # a Scope
    created: dt.datetime
    expires: dt.datetime | None = None  # None: never
    last_used: dt.datetime | None = None
    revoked: dt.datetime | None = None

    def is_live(self, now: dt.datetime) -> bool:
        """Whether it opens anything still."""
        return self.revoked is None and (self.expires is None or now < self.expires)


@dataclass(frozen=True, kw_only=True, slots=True)
class SignIn:
    """A link that was mailed to somebody who asked to sign in."""

    person: str  # address
    created: dt.datetime
    expires: dt.datetime
    onward: str  # path where they were going
    used: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A browser in which somebody is signed in."""

    person: str  # address
    created: dt.datetime
    expires: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One line of the audit log."""

    at: dt.datetime
    who: str  # "kim@example.org", "token desk", "local", "command kim"
    what: str  # "verdict", "silence", "sign in"
    thing: str  # on which thing: "alert 827cd03a…", "subscription desk"
    origin: str  # from where: "page 192.0.2.7", "api 192.0.2.7", "command"
    note: str = ""

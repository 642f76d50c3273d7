"""Changes by command, in the audit log."""

from __future__ import annotations

import datetime as dt

from monitor.cli.options import who
from monitor.errors import UsageError
from monitor.model import Record
from monitor.storage import Connection, audit


def record(conn: Connection, *, what: str, thing: str, now: dt.datetime, comment: str = "") -> None:
    """Write a change into the audit log, in the transaction that makes it."""
    audit.add(conn, Record(at=now, who=_name(), what=what, thing=thing, origin="command", note=comment))


def _name() -> str:
    """Who is logged in, whatever they call themselves; nothing fails for want of a name."""
    try:
        return who("")
    except UsageError:  # the user of a container may have none
        return "nobody known"

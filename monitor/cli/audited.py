"""Changes by command, in the audit log."""

from __future__ import annotations

import datetime as dt

from monitor.cli.options import who
from monitor.errors import UsageError
from monitor.model import Record
from monitor.storage import Connection, audit


def note(
    conn: Connection, *, what: str, thing: str, now: dt.datetime, comment: str = "", by: str = ""
) -> None:
    """Write a change into the audit log, in the transaction that makes it."""
    record = Record(at=now, who=_name(by), what=what, thing=thing, origin="command", note=comment)
    audit.add(conn, record)


def _name(given: str) -> str:
    """As `who`, but nothing fails for want of a name: the user of a container may have none."""
    try:
        return who(given)
    except UsageError:
        return "nobody known"

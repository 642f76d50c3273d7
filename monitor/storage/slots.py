"""Slots at places where messages may follow one another only so fast: a row for each place, which all workers ask.

A place is a channel, or one Slack channel of it. Whoever takes a slot has the row until the commit, so that no two
get the same one.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, literal_column, select, update

from monitor.storage.rows import insert_new
from monitor.storage.tables import slots

_CLOCKS = {  # seconds since 1970, now and not when the transaction began
    "postgresql": func.extract("epoch", func.clock_timestamp()),
    "sqlite": literal_column("(julianday('now') - 2440587.5) * 86400.0"),
}


def take(
    conn: Connection, place: str, *, apart: float, within: float, now: float | None = None
) -> float | None:
    """Take the next slot there, `apart` seconds after the last: how many seconds until it comes.

    None where that is more than `within`; then no slot is taken. `now` is in seconds; left out, the database's clock
    counts, which workers on several machines have in common.
    """
    insert_new(conn, slots, [{"place": place, "taken": 0.0, "free": 0.0}])
    here = slots.c.place == place
    last = conn.execute(select(slots).where(here).with_for_update()).one()
    now = _clock(conn) if now is None else now
    set_back = last.taken > now  # the clock was: what was free in its future is free at once
    at = now if set_back else max(now, last.free)
    if at - now > within:
        return None
    conn.execute(update(slots).where(here).values(taken=now, free=at + apart))
    return at - now


def _clock(conn: Connection) -> float:
    return float(conn.execute(select(_CLOCKS[conn.dialect.name])).scalar_one())

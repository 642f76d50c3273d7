"""Where the first message on each alert stands, for the channels that can reply to it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from monitor.model import Delivery, Thread
from monitor.storage.rows import columns, upsert
from monitor.storage.tables import threads

_THREAD = columns(threads, Thread)


def of(conn: Connection, delivery: Delivery) -> Thread | None:
    """The thread on the delivery's alert, by its channel and to its target; None where there is none yet."""
    mine = (
        threads.c.alert == delivery.alert,
        threads.c.channel == delivery.channel,
        threads.c.target == delivery.target,
    )
    found = conn.execute(select(*_THREAD).where(*mine)).mappings().first()
    return None if found is None else Thread(**found)


def keep(conn: Connection, delivery: Delivery, thread: Thread) -> None:
    """Keep where the first message stands; the latest first message counts, as the one before was lost."""
    whose = {"alert": delivery.alert, "channel": delivery.channel, "target": delivery.target}
    upsert(conn, threads, [whose | {"place": thread.place, "first": thread.first}])

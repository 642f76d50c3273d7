"""Who leads among several on one PostgreSQL, by an advisory lock: workers, of whom one keeps the timer, or services.

The lock lives as long as its holder's connection, which a frozen process keeps open. So the leader shows that it
is alive, and whoever finds it silent ends its connection. Each leader has a number higher than the last, and
`fence` lets a transaction commit only while that number is the newest: a leader that was frozen and wakes writes
nothing.
"""

from __future__ import annotations

import datetime as dt
import logging
from contextlib import suppress

import structlog
from sqlalchemy import Connection, Function, func, select, text, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from monitor.errors import StorageError
from monitor.storage.database import Database
from monitor.storage.rows import insert_new
from monitor.storage.tables import leaders

log = structlog.get_logger()

_LOCKS = 0x6C64  # first half of our advisory locks on leadership: "ld"
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
_PATIENCE = dt.timedelta(seconds=30)
_END_HOLDER = text(
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND classid = :locks AND CAST(objid AS bigint) = CAST(hashtext(:name) AS bigint) & 4294967295"
)


class Leader:
    """One candidate. On SQLite, where one process does all, it always leads.

    `patience` is how long a leader may be silent; call `acquire` or `holds` a few times in that time.
    """

    def __init__(
        self, database: Database, name: str = "timer", *, patience: dt.timedelta = _PATIENCE
    ) -> None:
        self._database = database
        self._name = name
        self._patience = patience
        self._alone = database.path is not None
        self._session: Connection | None = None  # the lock is held as long as it is open
        self._number = 0  # 0: not the leader

    def acquire(self) -> bool:
        """Lead, if nobody else does; whether this one leads. A silent leader is put down, for the next call."""
        if self.holds():
            return True
        try:
            with self._database.explained():
                session = self._session = self._session or self._database.session()
                if self._locks(session):
                    self._number = self._enter(session)
                else:
                    self._end_silent(session)
        except StorageError:
            self.release()
            raise
        return self._number > 0

    def holds(self) -> bool:
        """Whether this one leads still, which shows too that it is alive."""
        if self._alone:
            return True
        if self._session is None or not self._number:
            return False
        mine = (leaders.c.name == self._name) & (leaders.c.number == self._number)
        try:
            held = self._session.execute(update(leaders).where(mine).values(beat=_clock())).rowcount == 1
        except DBAPIError:  # the connection is gone, and the lock with it
            held = False
        if not held:
            self.release()
        return held

    def fence(self, conn: Connection) -> None:
        """Let this transaction commit only while this one leads; StorageError when it does not.

        Whoever takes over waits until the transaction has ended; one that stands still is broken off.
        """
        if self._alone:
            return
        limit = f"{self._patience.total_seconds() * 1000:.0f}ms"
        conn.execute(select(func.set_config("idle_in_transaction_session_timeout", limit, True)))  # noqa: FBT003 - SQL
        newest = select(leaders.c.number).where(leaders.c.name == self._name)
        newest = newest.with_for_update(
            read=True, key_share=True
        )  # which lets beats through, and no new number
        if not self._number or conn.execute(newest).scalar() != self._number:
            raise StorageError("another one leads by now, and does what this one meant to do")

    def release(self) -> None:
        """Lead no longer; another may at once."""
        self._number = 0
        if self._session is not None:
            with suppress(SQLAlchemyError):  # the connection is gone, and the lock with it
                self._session.execute(
                    select(func.pg_advisory_unlock_all())
                )  # the server ends it later than we
            self._session.invalidate()  # closed, not kept for others
            self._session.close()
            self._session = None

    def _locks(self, session: Connection) -> bool:
        return bool(
            session.execute(select(func.pg_try_advisory_lock(_LOCKS, func.hashtext(self._name)))).scalar()
        )

    def _enter(self, session: Connection) -> int:
        """The new leader's number."""
        insert_new(session, leaders, [{"name": self._name, "number": 0, "beat": _NEVER}])
        mine = select(leaders.c.name).where(leaders.c.name == self._name).with_for_update().cte("mine")
        newer = (
            update(leaders)
            .where(leaders.c.name == mine.c.name)
            .values(number=leaders.c.number + 1, beat=_clock())
            .returning(leaders.c.number)
        )
        return int(session.execute(newer).scalar_one())

    def _end_silent(self, session: Connection) -> None:
        """End the connection of a leader that is silent: its process is frozen, or its machine is cut off."""
        silent = (leaders.c.name == self._name) & (leaders.c.beat < _clock() - self._patience)
        if session.execute(select(leaders.c.number).where(silent)).first():
            session.execute(_END_HOLDER, {"locks": _LOCKS, "name": self._name})


class Candidate:
    """One of several services on one database: it leads as soon as no other does, and says which it is."""

    def __init__(self, leader: Leader) -> None:
        self._leader = leader
        self._stands_by = False

    async def stand(self) -> None:
        """Lead, if nobody else does."""
        if self._leader.holds():
            return
        if self._leader.acquire():
            log.log(logging.WARNING if self._stands_by else logging.INFO, "service.leads")
        elif not self._stands_by:
            log.warning("service.stands_by", why="another one is at work on this database")
        self._stands_by = not self._leader.holds()


def number(database: Database, name: str = "timer") -> int:
    """How often somebody began to lead."""
    with database.read() as conn:
        return conn.execute(select(leaders.c.number).where(leaders.c.name == name)).scalar() or 0


def _clock() -> Function[dt.datetime]:
    """The time of the database, which all workers share."""
    return func.clock_timestamp()

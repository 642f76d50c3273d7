"""Connections and transactions, for SQLite and PostgreSQL alike."""

from __future__ import annotations

import asyncio
import functools
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from monitor.errors import StorageError
from monitor.storage import migrate, queue_schema
from monitor.storage.explain import explain

PATIENCE = 30.0  # seconds that a writer waits for another on SQLite
_REPLACED = (
    "was put in place of the file that was open; stop what uses it, delete the files beside it that end with -wal and "
    "-shm, if they are older, and start again"
)
_LOOK = 0.05  # seconds between two looks at a lock that another holds
_LONGEST_LOCK = 10.0  # seconds that a statement waits for a lock on PostgreSQL
_NETWORK = {"connect_timeout": "10", "tcp_user_timeout": "30000"}  # s, ms: a host may vanish
_SESSION = {  # of the server's side
    "tcp_keepalives_idle": "10",  # s
    "tcp_keepalives_interval": "5",  # s
    "tcp_keepalives_count": "4",
    "lock_timeout": f"{_LONGEST_LOCK * 1000:.0f}",  # ms
}
_IDLE = "idle_in_transaction_session_timeout"
_LAST = "SELECT set_config(name, '{}', {}) FROM pg_settings WHERE name = 'transaction_timeout'"  # PostgreSQL 17 on
_LOCK_TIMEOUT = "2s"  # of a session, which is used where nothing may wait long
_READING: dict[str, dict[str, object]] = {  # on SQLite, see _begin
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
}


class Database:
    """One database, by its URL: `sqlite:///path/to/file.db` or `postgresql://user@host/name`.

    Safe to share between threads. `patience` is in seconds. With `jobs`, on PostgreSQL, what workers are to do
    with a row is put into their queue together with the row, and a transaction that stands still for `patience`, or
    lasts longer, is broken off: a worker that froze or was cut off may not hold up the others. Every failure of the
    database, in here or in the body of `with`, comes out as StorageError.
    """

    def __init__(self, url: str, *, patience: float = PATIENCE, jobs: bool = False) -> None:
        self._url = _parse(url)
        self._patience = patience
        self._jobs = jobs
        self._engine = self._open()
        self._reader = self._engine.execution_options(**_READING.get(self._engine.dialect.name, {}))
        self._writer = self._engine.execution_options(writes=True, jobs=jobs)
        self._at_once = self._writer.execution_options(at_once=True)
        self._checked = False
        self._file: tuple[int, int] | None = None  # device and number of the SQLite file, once it was opened

    @property
    def name(self) -> str:
        """The URL without its password, for people."""
        return self._url.render_as_string()

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database."""
        return Path(self._url.database or "") if self._url.get_backend_name() == "sqlite" else None

    @property
    def conninfo(self) -> str:
        """Address of a PostgreSQL database, with its password and our limits, as its own library takes it."""
        url = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        return make_conninfo(url, **self._limits())

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and writes nothing."""
        with self._transaction(self._reader) as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end, or leaves no trace when an error comes out of it.

        On SQLite it has the write lock from its start, so that what it reads stays true until it commits.
        """
        with self._transaction(self._writer) as conn:
            yield conn

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """`write` for a coroutine: while another process has the write lock of a SQLite file, the loop goes on.

        The block itself must not await.
        """
        with ExitStack() as stack:
            yield await self._locked(stack)

    def upgrade(self) -> None:
        """Make the database and bring its schema up to date; several starters at once do no harm."""
        with self.explained():
            if self.path is not None:
                _create(self.path, patience=self._patience)
            with self._writer.begin() as conn:
                if self.path is None:  # another starter may be at it, for as long as that takes
                    conn.exec_driver_sql("SET LOCAL lock_timeout = 0")
                    conn.exec_driver_sql(_LAST.format(0, "true"))
                migrate.upgrade(conn)
                queue_schema.upgrade(conn)

    def session(self) -> Connection:
        """A connection to PostgreSQL that the caller keeps, for locks that outlive transactions."""
        session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        session.exec_driver_sql(f"SET lock_timeout = '{_LOCK_TIMEOUT}'")
        return session

    def backup(self, target: Path) -> None:
        """Copy a SQLite database as it stands at one moment, while others write; the copy is whole or absent.

        StorageError for PostgreSQL, whose own tools do it, and where the file cannot be written, or is the database
        itself: a copy put in its place would take what others write meanwhile with it.
        """
        if self.path is None:
            raise StorageError(f"{self.name}: pg_dump backs up a PostgreSQL database")
        with self.explained():
            self._existing(self._engine)
            if target.exists() and (not target.is_file() or target.samefile(self.path)):
                what = "is the database itself" if target.is_file() else "is no plain file"
                raise StorageError(f"{target} {what}; name another file for the copy")
            with _unfinished(target) as unfinished, closing(sqlite3.connect(self.path)) as source:
                with closing(sqlite3.connect(unfinished)) as copy:
                    source.backup(copy)
                unfinished.replace(target)

    def check(self) -> None:
        """StorageError where a SQLite file is damaged: every page is looked at, which takes a while."""
        if self.path is None:
            return
        with self.read() as conn:
            found = conn.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise explain(sqlite3.DatabaseError(f"malformed: {found}"), self.name)

    @contextmanager
    def explained(self) -> Iterator[None]:
        """What goes wrong with the database in the block comes out as StorageError."""
        try:
            yield
        except (DBAPIError, PoolTimeout, OSError, sqlite3.Error) as error:
            raise explain(error, self.name) from error

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        with self.explained(), self._existing(engine).begin() as conn:
            if not self._checked:
                migrate.check(conn)
                self._checked = True
            yield conn

    async def _locked(self, stack: ExitStack) -> Connection:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience
        while True:
            try:
                return stack.enter_context(self._transaction(self._at_once))
            except StorageError as error:
                if not _is_busy(error) or loop.time() > deadline:
                    raise
            await asyncio.sleep(_LOOK)

    def _existing(self, engine: Engine) -> Engine:
        """The engine, once its file is there: SQLite would make an empty one in its place."""
        if self.path is None:
            return engine
        try:
            found = self.path.stat()
        except FileNotFoundError:
            what = f"{self.name}: there is no such file; `monitor db upgrade` makes the database"
            raise StorageError(what) from None
        self._file = self._file or (found.st_dev, found.st_ino)
        if self._file != (found.st_dev, found.st_ino):
            # What is open is the file that was there, and what is written to it would be lost.
            raise StorageError(f"{self.name} {_REPLACED}", for_good=True)
        return engine

    def _limits(self) -> dict[str, str]:
        """What a connection to PostgreSQL asks for; where the URL names another limit, that one holds."""
        limits = {name: value for name, value in _NETWORK.items() if name not in self._url.query}
        asked = {**_SESSION, **({_IDLE: f"{self._patience * 1000:.0f}"} if self._jobs else {})}
        options = [f"-c {name}={value}" for name, value in asked.items()]
        theirs = self._url.query.get("options", "")  # of two the server takes the last
        return {
            **limits,
            "options": " ".join([*options, theirs if isinstance(theirs, str) else " ".join(theirs)]),
        }

    def _open_postgres(self) -> Engine:
        engine = create_engine(
            self._url, pool_pre_ping=True, hide_parameters=True, connect_args=self._limits()
        )
        if self._jobs:
            event.listen(engine, "connect", functools.partial(_limit_whole, seconds=self._patience))
        event.listen(engine, "begin", _plan_anew)
        return engine

    def _open(self) -> Engine:
        if self.path is None:
            return self._open_postgres()
        engine = create_engine(self._url, connect_args={"timeout": self._patience}, hide_parameters=True)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", functools.partial(_begin, patience=self._patience))
        return engine


def _limit_whole(connection: DBAPIConnection, _entry: ConnectionPoolEntry, *, seconds: float) -> None:
    """How long a transaction may last: one cut off amid a statement is not idle, and would keep its locks for hours."""
    connection.cursor().execute(_LAST.format(f"{seconds * 1000:.0f}", "false"))
    connection.commit()


def _parse(text: str) -> URL:
    """The URL with our driver in it; `postgres://` is taken too."""
    try:
        url = make_url(text)
        backend = url.drivername.partition("+")[0]
        if backend in {"postgresql", "postgres"}:
            return _with_hidden_password(url.set(drivername="postgresql+psycopg"))
        if backend == "sqlite" and url.database and url.database != ":memory:":
            return url.set(drivername="sqlite")
    except (ArgumentError, NoSuchModuleError, ValueError):
        pass
    raise StorageError("the database's URL must look like sqlite:///bongsu.db or postgresql://user@host/name")


def _with_hidden_password(url: URL) -> URL:
    """The URL with a password among its options put where SQLAlchemy knows to hide it."""
    password = url.query.get("password", url.password)
    return url.set(password=str(password) if password else None).difference_update_query(["password"])


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """An empty file beside the target, for its owner only; gone at the end unless it took the target's place."""
    path = target.with_name(f"{target.name}.unfinished")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    except OSError as error:
        raise StorageError(f"cannot write {target}: {error.strerror}") from error
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _create(path: Path, *, patience: float) -> None:
    """Make the file, readable by its owner only, and put it into write-ahead mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    deadline = time.monotonic() + patience
    while not _write_ahead(path):
        if time.monotonic() > deadline:
            raise sqlite3.OperationalError("database is locked")
        time.sleep(0.05)


def _write_ahead(path: Path) -> bool:
    """Whether the mode is set; SQLite does not wait for other connections here as it does elsewhere."""
    conn = sqlite3.connect(path)
    try:
        return bool(conn.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",))
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return False
        raise
    finally:
        conn.close()


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    connection.execute("PRAGMA synchronous = FULL")  # a commit outlives a power cut
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(conn: Connection, *, patience: float) -> None:
    """IMMEDIATE for writers: a lock taken as late as the first write fails if another wrote meanwhile."""
    options = conn.get_execution_options()
    writes = options.get("writes", False)
    conn.exec_driver_sql(f"PRAGMA query_only = {int(not writes)}")
    waits = 0 if options.get("at_once", False) else patience
    conn.exec_driver_sql(f"PRAGMA busy_timeout = {waits * 1000:.0f}")
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _plan_anew(conn: Connection) -> None:
    """On PostgreSQL, for readers: a plan for what is asked, not one for whatever may be asked.

    After a few searches it would else take one plan for rare words and common ones alike, and a search of a
    million alerts a second. Writers do without, for what refers to their rows would be planned row by row.
    """
    if conn.get_execution_options().get("postgresql_readonly"):
        conn.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")


def _is_busy(error: StorageError) -> bool:
    """Whether another process has the write lock of a SQLite file."""
    cause = getattr(error.__cause__, "orig", None)
    return isinstance(cause, sqlite3.Error) and cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY

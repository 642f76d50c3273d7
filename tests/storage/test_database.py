from __future__ import annotations

import asyncio
import datetime as dt
import re
import sqlite3
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import psycopg
import pytest
from builders import NOW, article, feed
from postgres import Postgres
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from monitor.errors import StorageError
from monitor.storage import Database, articles, feeds, service
from monitor.storage.explain import explain

LOCK = "LOCK TABLE service IN ACCESS EXCLUSIVE MODE"


def at(path: Path, *, patience: float = 30.0) -> Database:
    return Database(f"sqlite:///{path}", patience=patience)


@pytest.fixture
def upgraded(tmp_path: Path) -> Path:
    """The file of a SQLite database, its schema up to date."""
    database = at(tmp_path / "b.db")
    database.upgrade()
    database.close()
    return tmp_path / "b.db"


@pytest.mark.fault("CR03", "CR12")
@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, StorageError])
def test_nothing_is_written_when_an_error_comes_out_of_the_block(
    database: Database, error: type[BaseException]
) -> None:
    def broken_off() -> None:
        with database.write() as conn:
            articles.add(conn, [article()])
            service.beat(conn, "heartbeat", now=NOW)
            raise error

    with pytest.raises(error):
        broken_off()
    with database.read() as conn:
        assert articles.pending(conn, limit=9) == []
        assert service.beats(conn) == {}


def test_what_was_written_before_an_error_of_the_database_is_undone_too(database: Database) -> None:
    def write() -> None:
        with database.write() as conn:
            articles.add(conn, [article()])
            conn.execute(text("INSERT INTO articles (id) VALUES ('x')"))

    with pytest.raises(StorageError):
        write()
    with database.read() as conn:
        assert articles.pending(conn, limit=9) == []


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StorageError), database.read() as conn:
        service.beat(conn, "heartbeat", now=NOW)
    with database.write() as conn:  # the same connection, out of the pool again
        assert service.beats(conn) == {}
        service.beat(conn, "heartbeat", now=NOW)


def test_a_reader_sees_one_state_of_the_database(database: Database) -> None:
    with database.read() as conn:
        assert service.beats(conn) == {}
        with database.write() as other:
            service.beat(other, "heartbeat", now=NOW)
        assert service.beats(conn) == {}
    with database.read() as conn:
        assert service.beats(conn) == {"heartbeat": NOW}


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, StorageError])
async def test_a_coroutine_writes_all_or_nothing(database: Database, error: type[BaseException]) -> None:
    async def write(broken_off_by: type[BaseException] | None = None) -> None:
        async with database.writing() as conn:
            articles.add(conn, [article()])
            if broken_off_by:
                raise broken_off_by

    with pytest.raises(error):
        await write(error)
    with database.read() as conn:
        assert articles.pending(conn, limit=9) == []
    await write()
    with database.read() as conn:
        assert len(articles.pending(conn, limit=9)) == 1


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another connection has the write lock of the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


async def test_while_another_writes_the_loop_goes_on(upgraded: Path) -> None:
    database = at(upgraded)
    begun = asyncio.Event()

    async def beat() -> None:
        begun.set()
        async with database.writing() as conn:
            service.beat(conn, "heartbeat", now=NOW)

    with locked(upgraded):
        beating = asyncio.create_task(beat())
        await begun.wait()
        await asyncio.sleep(0)  # comes back, though the lock does not
        assert not beating.done()
    await beating
    with database.read() as conn:
        assert service.beats(conn) == {"heartbeat": NOW}
    database.close()


async def test_a_coroutine_that_waits_for_another_writer_can_be_broken_off_and_gives_up_in_the_end(
    upgraded: Path,
) -> None:
    patient, hasty = at(upgraded), at(upgraded, patience=0.0)

    async def beat(database: Database) -> None:
        async with database.writing() as conn:
            service.beat(conn, "heartbeat", now=NOW)

    with locked(upgraded):
        with pytest.raises(StorageError, match="another process keeps writing"):
            await beat(hasty)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await beat(patient)
    await beat(hasty)
    with patient.write() as conn:  # the same connection, which waits for its turn again
        assert conn.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
    patient.close()
    hasty.close()


@pytest.mark.xdist_group("postgresql")
def test_a_lock_in_postgresql_is_not_waited_for_without_end(postgres: Postgres) -> None:
    with postgres.database(migrated=True) as url:
        database, other = Database(url), Database(url)
        with other.write() as holder:
            holder.exec_driver_sql(LOCK)
            with (
                pytest.raises(StorageError, match="another process keeps a lock") as busy,
                database.write() as conn,
            ):
                service.beat(conn, "heartbeat", now=NOW)
        assert busy.value.passing
        with database.write() as conn:
            service.beat(conn, "heartbeat", now=NOW)
        database.close()
        other.close()


@pytest.fixture
def worker_and_other(postgres: Postgres) -> Iterator[tuple[Database, Database]]:
    """One PostgreSQL, as an impatient worker has it open and as another process does."""
    with postgres.database(migrated=True) as url:
        pair = Database(url, patience=1.0, jobs=True), Database(url)
        yield pair
        for each in pair:
            each.close()


@pytest.mark.xdist_group("postgresql")
def test_a_worker_that_is_cut_off_amid_a_statement_keeps_its_locks_for_a_while_only(
    worker_and_other: tuple[Database, Database],
) -> None:
    worker, other = worker_and_other
    with pytest.raises(StorageError), worker.write() as conn:
        conn.exec_driver_sql(f"{LOCK}; SELECT pg_sleep(60)")  # as busy as one that no longer speaks
    with other.write() as conn:
        service.beat(conn, "heartbeat", now=NOW)


@pytest.mark.xdist_group("postgresql")
def test_the_queue_of_a_worker_that_is_cut_off_between_two_statements_keeps_no_locks(
    worker_and_other: tuple[Database, Database],
) -> None:
    worker, other = worker_and_other
    queue = psycopg.connect(worker.conninfo)  # as the queue's own library opens it
    queue.execute(LOCK)
    with other.write() as conn:
        service.beat(conn, "heartbeat", now=NOW)
    with pytest.raises(psycopg.Error, match="idle-in-transaction"):
        queue.execute("SELECT 1")
    queue.close()


@pytest.mark.xdist_group("postgresql")
def test_a_limit_that_the_address_names_holds_in_place_of_ours(postgres: Postgres) -> None:
    with postgres.database(migrated=True) as url:
        database = Database(f"{url}&options=-c%20lock_timeout%3D123ms")
        with database.read() as conn:
            assert conn.exec_driver_sql("SHOW lock_timeout").scalar() == "123ms"
        database.close()


@pytest.mark.fault("DB03")
def test_writers_in_many_threads_lose_nothing(database: Database) -> None:
    def write(number: int) -> int:
        with database.write() as conn:
            return articles.add(conn, [article(key=str(number))])

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(write, range(24))) == 24
    with database.read() as conn:
        assert len(articles.pending(conn, limit=99)) == 24


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"), database.write() as conn:
        service.beat(conn, "heartbeat", now=dt.datetime(2026, 3, 11))  # noqa: DTZ001 - what is refused


def test_a_database_without_a_schema_is_refused_with_what_to_do(empty_url: str) -> None:
    database = Database(empty_url)
    if database.path is not None:
        database.path.touch()
    with pytest.raises(StorageError, match=r"has schema none.*run `monitor db upgrade`"), database.read():
        pass
    database.close()


async def test_a_file_put_in_place_of_the_one_that_is_open_is_left_alone(upgraded: Path) -> None:
    database = at(upgraded)
    with database.write() as conn:
        service.beat(conn, "heartbeat", now=NOW)
    database.backup(upgraded.with_name("copy.db"))
    upgraded.with_name("copy.db").replace(upgraded)
    with pytest.raises(StorageError, match="was put in place of the file that was open") as refused:
        async with database.writing() as conn:
            service.beat(conn, "heartbeat", now=NOW)
    assert refused.value.for_good
    database.close()
    again = at(upgraded)
    with again.read() as conn:
        assert service.beats(conn) == {"heartbeat": NOW}
    again.close()


@pytest.mark.fault("DB09")
def test_a_file_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    database = at(tmp_path / "absent.db")
    for use in (database.read, database.write):
        with pytest.raises(StorageError, match=r"absent\.db: there is no such file; `monitor db upgrade`"):
            use().__enter__()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.fault("OP05")
def test_an_upgrade_makes_the_folders_and_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    database = at(tmp_path / "a" / "b" / "c.db")
    database.upgrade()
    database.close()
    assert database.path == tmp_path / "a" / "b" / "c.db"
    assert stat.S_IMODE(database.path.stat().st_mode) == 0o600


@pytest.mark.fault("DB11")
def test_a_commit_on_sqlite_outlives_a_power_cut(upgraded: Path) -> None:
    database = at(upgraded)
    with database.write() as conn:
        pragmas = [conn.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
    assert pragmas == ["wal", 2]  # 2 is FULL
    database.close()


def test_a_writer_waits_for_another_and_says_so_when_it_takes_too_long(upgraded: Path) -> None:
    hold, let_go = Event(), Event()

    def holder() -> None:
        database = at(upgraded)
        with database.write():
            hold.set()
            let_go.wait(30)
        database.close()

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(holder)
        assert hold.wait(30)
        hasty = at(upgraded, patience=0.05)
        with pytest.raises(StorageError, match="is busy: another process keeps writing"):
            hasty.write().__enter__()
        with hasty.read() as conn:
            assert feeds.all(conn) == []  # readers do not wait
        let_go.set()
        held.result()
        with hasty.write() as conn:
            feeds.add(conn, feed(), now=NOW)
        hasty.close()


@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        (lambda path: path.write_text("a letter " * 999), "is a file of another kind; name another"),
        (Path.mkdir, "is a folder; name a file|cannot be opened"),
    ],
    ids=["text", "folder"],
)
def test_a_file_of_another_kind_is_refused_and_left_alone(
    tmp_path: Path, prepare: Callable[[Path], object], says: str
) -> None:
    path = tmp_path / "b.db"
    prepare(path)
    before = path.read_bytes() if path.is_file() else b""
    database = at(path)
    for use in (database.upgrade, lambda: database.read().__enter__()):
        with pytest.raises(StorageError, match=says):
            use()
    assert (path.read_bytes() if path.is_file() else b"") == before
    database.close()


@pytest.mark.fault("DB07")
@pytest.mark.parametrize("name", ["", "a-file/b.db"])
def test_a_place_where_no_database_can_be_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "a-file").touch()
    path = tmp_path / name
    with pytest.raises(StorageError, match=re.escape(str(path))):
        at(path).upgrade()


@pytest.mark.fault("DB07")
def test_a_database_that_may_only_be_read_says_so(upgraded: Path) -> None:
    database = at(upgraded)

    def written() -> None:
        with database.write() as conn:
            conn.exec_driver_sql("PRAGMA query_only = 1")  # root may write what chmod forbids
            feeds.add(conn, feed(), now=NOW)

    with pytest.raises(StorageError, match=re.escape(str(upgraded))):
        written()
    database.close()


def test_a_damaged_database_says_what_to_do(upgraded: Path) -> None:
    size = upgraded.stat().st_size
    with upgraded.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    database = at(upgraded)
    with pytest.raises(StorageError, match="is damaged; restore it from a backup"):
        database.check()
    with pytest.raises(StorageError, match="is damaged; restore it from a backup"), database.read() as conn:
        feeds.all(conn)
    database.close()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "bongsu.db",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://hush@host/name",
        "postgresql://user:hush@host:port/name",
        "://hush",
        "nonsense://hush",
    ],
)
def test_a_url_of_no_database_of_ours_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(StorageError, match=r"must look like sqlite:///bongsu\.db or postgresql://") as caught:
        Database(url)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:hush@127.0.0.1:1/name",
        "postgres://user:hush@127.0.0.1:1/name",
        "postgresql+psycopg2://user:hush@127.0.0.1:1/name",
        "postgresql://user@127.0.0.1:1/name?password=hush",
        "postgresql://user:h%25ush%40@127.0.0.1:1/name",
    ],
)
def test_a_server_that_does_not_answer_says_so_without_the_password(url: str) -> None:
    database = Database(url)
    assert database.path is None
    assert "hush" not in database.name
    for use in (database.upgrade, lambda: database.read().__enter__()):
        with pytest.raises(StorageError, match="cannot be reached; see that the server runs") as caught:
            use()
        assert "ush" not in str(caught.value)
    database.close()


def test_a_driver_named_in_the_url_gives_way_to_ours(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'b.db'}")
    database.upgrade()
    assert database.name == f"sqlite:///{tmp_path / 'b.db'}"
    database.close()


def end_other_connections(url: str) -> None:
    """What the others see when the server restarts."""
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    with psycopg.connect(url) as conn:
        conn.execute(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE {others}")


@pytest.mark.fault("DB05")
@pytest.mark.xdist_group("postgresql")
def test_a_server_that_restarts_breaks_what_was_open_and_nothing_after(postgres: Postgres) -> None:
    with postgres.database(migrated=True) as url:
        database = Database(url)

        def write() -> None:
            with database.write() as conn:
                articles.add(conn, [article()])
                end_other_connections(url)
                articles.add(conn, [article(key="2")])

        with pytest.raises(StorageError, match="broke the connection; nothing was saved halfway"):
            write()
        for _ in range(2):
            with database.read() as conn:
                assert articles.pending(conn, limit=9) == []
            end_other_connections(url)
        database.close()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (sqlite3.OperationalError("database or disk is full"), "free some space"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "see who owns the file"),
        (PermissionError(13, "Permission denied"), "see that its folder exists and that you may write there"),
        (OSError(28, "No space left on device"), "free some space"),
        (sqlite3.OperationalError("no such table: feeds"), "run `monitor db upgrade`"),
        (sqlite3.OperationalError("something new"), "x.db: something new"),
    ],
)
def test_an_error_says_what_to_do(error: Exception, says: str) -> None:
    said = str(explain(error, "x.db"))
    assert said.startswith("x.db")
    assert says in said


@pytest.mark.xdist_group("postgresql")
def test_a_reader_on_postgresql_has_a_plan_for_what_is_asked_and_a_writer_need_not(
    postgres: Postgres,
) -> None:
    with postgres.database(migrated=True) as url:
        database = Database(url)
        asked = "SHOW plan_cache_mode"
        with database.read() as conn:
            assert conn.exec_driver_sql(asked).scalar() == "force_custom_plan"
        with database.write() as conn:
            assert conn.exec_driver_sql(asked).scalar() == "auto"
        database.close()

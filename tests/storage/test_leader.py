from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from postgres import Postgres
from sqlalchemy import text

from monitor.errors import StorageError
from monitor.storage import Database, service
from monitor.storage.leader import Leader

pytestmark = pytest.mark.xdist_group("postgresql")
AT_ONCE = dt.timedelta(0)  # patience with a leader that is silent
NOW = dt.datetime(2026, 3, 11, 23, 0, tzinfo=dt.UTC)


@pytest.fixture
def shared(postgres: Postgres) -> Iterator[Database]:
    with postgres.database(migrated=True) as url:
        opened = Database(url)
        yield opened
        opened.close()


def test_one_of_two_leads_and_the_other_does_when_it_stops(shared: Database) -> None:
    first, second = Leader(shared), Leader(shared)
    assert (first.acquire(), second.acquire()) == (True, False)
    assert (first.holds(), second.holds()) == (True, False)
    first.release()
    assert (second.acquire(), first.acquire()) == (True, False)
    first.release()
    second.release()


def test_leaders_under_two_names_do_not_know_each_other(shared: Database) -> None:
    leaders = [Leader(shared, "timer"), Leader(shared, "archive")]
    assert [each.acquire() for each in leaders] == [True, True]
    for each in leaders:
        each.release()


def test_a_silent_leader_is_put_down_and_writes_nothing_when_it_wakes(shared: Database) -> None:
    frozen, next_one = Leader(shared, patience=AT_ONCE), Leader(shared, patience=AT_ONCE)
    assert frozen.acquire()
    while not next_one.acquire():  # the first call ends the silent one's connection, a later one leads
        pass
    with shared.write() as conn:
        service.beat(conn, "late", now=NOW)
        with pytest.raises(StorageError, match="another one leads"):
            frozen.fence(conn)
        conn.rollback()
    assert not frozen.holds()
    with shared.write() as conn:
        next_one.fence(conn)
        assert service.beats(conn) == {}
    next_one.release()


def test_whoever_takes_over_waits_until_the_old_leaders_transaction_has_ended(shared: Database) -> None:
    old, new = Leader(shared), Leader(shared)
    assert old.acquire()
    with ThreadPoolExecutor() as pool:
        with shared.write() as conn:
            old.fence(conn)
            old.release()
            with pytest.raises(StorageError):  # it gave up waiting, for the next tick to try again
                pool.submit(new.acquire).result()
            service.beat(conn, "in time", now=NOW)
        assert pool.submit(new.acquire).result()
    with shared.read() as conn:
        assert list(service.beats(conn)) == ["in time"]
    new.release()


def test_a_leader_shows_that_it_lives_while_its_own_transaction_goes_on(shared: Database) -> None:
    leader = Leader(shared)
    assert leader.acquire()
    with shared.write() as conn:
        leader.fence(conn)
        assert leader.holds()
    leader.release()


def test_a_transaction_that_stands_still_keeps_nobody_from_leading(shared: Database) -> None:
    frozen, new = Leader(shared, patience=dt.timedelta(seconds=1)), Leader(shared, patience=AT_ONCE)
    assert frozen.acquire()
    with pytest.raises(StorageError), shared.write() as conn:  # noqa: PT012 - it is broken off while it stands still
        frozen.fence(conn)
        service.beat(conn, "late", now=NOW)
        led = False
        while not led:
            with suppress(StorageError):  # it gave up waiting, for the next tick to try again
                led = new.acquire()
        service.beat(conn, "later", now=NOW)
    with shared.read() as conn:
        assert service.beats(conn) == {}
    assert not frozen.holds()
    new.release()


def test_a_leader_whose_connection_was_cut_leads_no_longer_and_can_again(shared: Database) -> None:
    leader = Leader(shared)
    assert leader.acquire()
    with shared.write() as conn:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
        conn.execute(text(others + "AND datname = current_database()"))
    assert not leader.holds()
    assert leader.acquire()
    leader.release()


def test_on_sqlite_the_one_process_leads(tmp_path_factory: pytest.TempPathFactory) -> None:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('one') / 'test.db'}")
    database.upgrade()
    leader = Leader(database)
    assert (leader.acquire(), leader.holds()) == (True, True)
    with database.write() as conn:
        leader.fence(conn)
    leader.release()
    assert leader.holds()
    database.close()

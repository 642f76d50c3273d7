from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

from builders import NOW

from monitor.model import Session, SignIn
from monitor.storage import Database, sessions

KIM = "kim@example.org"
HOUR = dt.timedelta(hours=1)


def ask(database: Database, person: str = KIM, now: dt.datetime = NOW) -> str:
    with database.write() as conn:
        return sessions.ask(conn, SignIn(person=person, created=now, expires=now + HOUR, onward="/alerts"))


def begin(database: Database, person: str = KIM, now: dt.datetime = NOW) -> str:
    with database.write() as conn:
        return sessions.begin(conn, Session(person=person, created=now, expires=now + HOUR))


def test_of_many_who_use_a_link_at_once_one_gets_in(database: Database) -> None:
    carried = ask(database)

    def use(_: int) -> SignIn | None:
        with database.write() as conn:
            return sessions.use(conn, carried, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        found = [each for each in pool.map(use, range(8)) if each]
    assert [each.onward for each in found] == ["/alerts"]
    with database.read() as conn:
        assert sessions.asked(conn, carried, now=NOW) is None


def test_a_link_is_for_one_person_and_for_a_time(database: Database) -> None:
    carried = ask(database)
    with database.read() as conn:
        found = sessions.asked(conn, carried, now=NOW + HOUR - dt.timedelta(seconds=1))
        assert found is not None
        assert found.person == KIM
        assert sessions.asked(conn, carried, now=NOW + HOUR) is None
        assert sessions.asked(conn, f"{carried}x", now=NOW) is None
    with database.write() as conn:
        assert sessions.use(conn, carried, now=NOW + HOUR) is None


def test_links_are_counted_by_person_and_forgotten_in_time(database: Database) -> None:
    for person, now in ((KIM, NOW), (KIM, NOW - 2 * HOUR), ("ahn@example.org", NOW)):
        ask(database, person, now)
    with database.write() as conn:
        assert sessions.asked_since(conn, KIM, NOW - HOUR) == 1
        sessions.forget(conn, NOW - HOUR)
        assert sessions.asked_since(conn, KIM, NOW - 9 * HOUR) == 1


def test_a_session_lasts_until_it_expires_or_is_ended(database: Database) -> None:
    first, second = begin(database), begin(database)
    with database.read() as conn:
        assert sessions.find(conn, first, now=NOW + HOUR) is None
        assert sessions.find(conn, "x", now=NOW) is None
        found = sessions.find(conn, first, now=NOW)
        assert found is not None
        assert found.person == KIM
    with database.write() as conn:
        sessions.end(conn, first)
    with database.read() as conn:
        assert sessions.find(conn, first, now=NOW) is None
        assert sessions.find(conn, second, now=NOW) is not None


def test_all_of_a_person_end_together_and_of_nobody_else(database: Database) -> None:
    mine, again, other = begin(database), begin(database), begin(database, "ahn@example.org")
    waiting = ask(database)
    with database.write() as conn:
        assert sessions.end_all(conn, KIM) == 2
    with database.read() as conn:
        assert [sessions.find(conn, each, now=NOW) is None for each in (mine, again, other)] == [
            True,
            True,
            False,
        ]
        assert sessions.asked(conn, waiting, now=NOW) is None


def test_sessions_that_are_over_are_forgotten_when_another_begins(database: Database) -> None:
    begin(database)
    begin(database, "ahn@example.org", NOW + HOUR)
    with database.read() as conn:
        assert len(conn.exec_driver_sql("SELECT * FROM sessions").all()) == 1

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from builders import NOW, article

from monitor.storage import Database, articles, setbacks
from monitor.storage.setbacks import Setback

HOUR = dt.timedelta(hours=1)
ONE, TWO = article(key="1"), article(key="2")


def fail(database: Database, *, times: int = 1, now: dt.datetime = NOW) -> list[int]:
    with database.write() as conn:
        articles.add(conn, [ONE, TWO])
        return [setbacks.add(conn, ONE, f"error {number}", now=now) for number in range(times)]


def set_aside(database: Database) -> list[Setback]:
    with database.read() as conn:
        return setbacks.set_aside(conn)


def test_attempts_are_counted(database: Database) -> None:
    assert fail(database, times=3) == [1, 2, 3]
    assert fail(database) == [4]


def test_an_article_that_still_waits_is_not_set_aside(database: Database) -> None:
    fail(database)
    assert set_aside(database) == []


def test_what_was_set_aside_is_shown_with_its_last_error_latest_first(database: Database) -> None:
    fail(database, times=2)
    with database.write() as conn:
        setbacks.add(conn, TWO, "other", now=NOW + HOUR)
        articles.mark_analysed(conn, [ONE, TWO], now=NOW)
    assert set_aside(database) == [
        Setback(article=TWO.id, attempts=1, error="other", failed=NOW + HOUR),
        Setback(article=ONE.id, attempts=2, error="error 1", failed=NOW),
    ]


def test_an_article_analysed_after_all_is_forgotten(database: Database) -> None:
    fail(database)
    with database.write() as conn:
        articles.mark_analysed(conn, [ONE], now=NOW)
        setbacks.forget(conn, [ONE, TWO])
        setbacks.forget(conn, [])
    assert set_aside(database) == []
    assert fail(database) == [1]


def test_an_edit_brings_an_article_back(database: Database) -> None:
    fail(database)
    with database.write() as conn:
        articles.mark_analysed(conn, [ONE], now=NOW)
        articles.add(conn, [replace(ONE, text="Edited.")])
    assert set_aside(database) == []


def test_an_error_that_no_database_takes_is_kept_all_the_same(database: Database) -> None:
    fail(database)
    with database.write() as conn:
        setbacks.add(conn, ONE, "byte \0 in \ud800", now=NOW)
        articles.mark_analysed(conn, [ONE], now=NOW)
    (found,) = set_aside(database)
    assert found.error.startswith("byte ")

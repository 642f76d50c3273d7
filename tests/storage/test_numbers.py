from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from builders import NOW, alert
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from monitor.storage import Database, alerts, numbers
from monitor.storage.facets import facets, facets_of
from monitor.storage.query import AlertQuery
from monitor.storage.tables import alerts as rows

MICROSECOND = dt.timedelta(microseconds=1)
moments = st.datetimes(timezones=st.just(dt.UTC))


def stored(database: Database) -> list[tuple[str, int]]:
    with database.read() as conn:
        return [(each.id, each.number) for each in conn.execute(select(rows).order_by(rows.c.number))]


@given(moments, moments)
def test_who_was_opened_later_has_no_lower_number(one: dt.datetime, other: dt.datetime) -> None:
    earlier, later = sorted((one, other))
    assert numbers.first_at(earlier) <= numbers.first_at(later)
    assert 0 <= numbers.first_at(earlier) <= numbers.last_at(earlier) < 2**63


def test_alerts_of_one_moment_have_numbers_of_their_own_and_keep_them(database: Database) -> None:
    with database.write() as conn:
        for name in ("b", "a", "c"):
            alerts.save(conn, alert(id=name))
        alerts.save(conn, alert(id="early", opened=NOW - dt.timedelta(days=1)))
    before = stored(database)
    assert [name for name, _ in before] == ["early", "b", "a", "c"]
    with database.write() as conn:
        alerts.save(conn, replace(alert(id="b"), revision=2))
    assert stored(database) == before


@pytest.mark.parametrize(
    "opened", [dt.datetime(1, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 1, 1, tzinfo=dt.UTC)]
)
def test_a_time_beyond_all_reason_is_stored_and_found(database: Database, opened: dt.datetime) -> None:
    with database.write() as conn:
        alerts.save(conn, alert(opened=opened))
    with database.read() as conn:
        query = AlertQuery(since=opened, until=opened + MICROSECOND)
        assert [each.id for each in alerts.search(conn, query)] == [alert().id]


def test_times_are_exact_within_a_millisecond(database: Database) -> None:
    with database.write() as conn:
        alerts.save(conn, alert(id="first", opened=NOW))
        alerts.save(conn, alert(id="second", opened=NOW + MICROSECOND))
    with database.read() as conn:
        until = alerts.search(conn, AlertQuery(until=NOW + MICROSECOND))
        since = alerts.search(conn, AlertQuery(since=NOW + MICROSECOND))
    assert [[each.id for each in found] for found in (until, since)] == [["first"], ["second"]]


def test_a_search_that_is_asked_once_gives_its_page_and_its_facets(database: Database) -> None:
    with database.write() as conn:
        for at in range(5):
            alerts.save(conn, alert(id=f"{at}", opened=NOW + at * MICROSECOND, rules=(f"rule-{at % 2}",)))
    with database.read() as conn:
        query = AlertQuery(text="launches", limit=2)
        found = alerts.found(conn, query, most=4)
        assert [each.id for each in alerts.numbered(conn, found[:2])] == ["4", "3"]
        assert alerts.numbered(conn, found[:2]) == alerts.search(conn, query)
        assert facets_of(conn, found).total == 4
        assert facets_of(conn, alerts.found(conn, query, most=9)) == facets(conn, query)

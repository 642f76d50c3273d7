from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from builders import NOW, article, feed

from monitor.errors import UsageError
from monitor.model import Feed, FeedState, Identity
from monitor.storage import Connection, Database, articles, feeds

HOUR = dt.timedelta(hours=1)
POLLED = FeedState(
    feed="yonhap-nk",
    etag='W/"x"',
    last_modified="Wed, 11 Mar 2026 22:00:00 GMT",
    identity=Identity.CONTENT,
    first_polled=NOW - 2 * HOUR,
    last_polled=NOW,
    last_good=NOW - HOUR,
    last_new=NOW - 2 * HOUR,
    next_due=NOW + HOUR,
    failures=2,
    error="HTTP 500",
    recent={"guid-1": "央行"},
)


def sync(database: Database, *listed: Feed, now: dt.datetime = NOW) -> None:
    with database.write() as conn:
        feeds.sync(conn, listed, now=now)


def add(database: Database, *new: Feed) -> None:
    with database.write() as conn:
        for each in new:
            feeds.add(conn, each, now=NOW)


def save(database: Database, *states: FeedState) -> None:
    with database.write() as conn:
        for state in states:
            feeds.save_state(conn, state)


def state_of(database: Database, name: str = "yonhap-nk") -> FeedState:
    with database.read() as conn:
        return feeds.states(conn)[name]


def due(database: Database, *, now: dt.datetime = NOW, limit: int = 99) -> list[str]:
    with database.read() as conn:
        return [each.id for each, _ in feeds.due(conn, now=now, limit=limit)]


def test_a_feed_comes_out_as_the_config_lists_it(database: Database) -> None:
    listed = feed(group="north", country="KR", interval=dt.timedelta(minutes=7, microseconds=3))
    sync(database, listed)
    with database.read() as conn:
        assert feeds.all(conn) == [listed]
        assert feeds.from_config(conn) == {listed.id}


def test_feeds_are_listed_by_group_and_id(database: Database) -> None:
    sync(database, feed(id="b", group="y"), feed(id="c", group="x"), feed(id="a", group="y"))
    with database.read() as conn:
        assert [each.id for each in feeds.all(conn)] == ["c", "a", "b"]


def test_a_feed_that_changes_in_the_config_is_updated_and_keeps_its_state(database: Database) -> None:
    sync(database, feed())
    save(database, POLLED)
    renamed = feed(name="Renamed", grade="C")
    sync(database, renamed)
    assert state_of(database) == POLLED
    with database.read() as conn:
        assert feeds.all(conn) == [renamed]


def test_a_feed_that_moves_is_asked_at_once_and_without_what_the_old_address_said(database: Database) -> None:
    sync(database, feed(), feed(id="other"))
    save(database, POLLED, replace(POLLED, feed="other"))
    sync(database, feed(url="https://moved.example/"), feed(id="other"))
    assert state_of(database) == replace(POLLED, etag=None, last_modified=None, next_due=None)
    assert state_of(database, "other") == replace(POLLED, feed="other")


def test_a_feed_that_leaves_the_config_is_paused_and_comes_back_with_its_state(database: Database) -> None:
    sync(database, feed(), feed(id="other"))
    save(database, POLLED)
    sync(database, feed(id="other"))
    assert state_of(database) == replace(POLLED, paused=True)
    assert not state_of(database, "other").paused
    sync(database, feed())
    assert state_of(database) == POLLED
    assert state_of(database, "other").paused


def test_an_empty_config_pauses_its_feeds_and_leaves_those_that_a_command_added(database: Database) -> None:
    sync(database, feed())
    add(database, feed(id="own"))
    sync(database)
    assert due(database) == ["own"]
    with database.read() as conn:
        assert feeds.from_config(conn) == {"yonhap-nk"}


def test_a_feed_whose_id_is_taken_is_not_added(database: Database) -> None:
    add(database, feed())
    with pytest.raises(UsageError, match="there is a feed 'yonhap-nk' already"):
        add(database, feed(name="Another"))
    with database.read() as conn:
        assert feeds.all(conn) == [feed()]


def test_a_feed_that_is_removed_takes_its_state_along_and_leaves_its_articles(database: Database) -> None:
    add(database, feed())
    save(database, POLLED)
    with database.write() as conn:
        articles.add(conn, [article()])
        feeds.remove(conn, "yonhap-nk")
    add(database, feed())
    assert state_of(database) == FeedState(feed="yonhap-nk")
    with database.read() as conn:
        assert articles.get(conn, article().id) == article()


def test_a_paused_feed_is_not_due_until_it_is_resumed(database: Database) -> None:
    add(database, feed())
    with database.write() as conn:
        feeds.pause(conn, "yonhap-nk")
    assert due(database) == []
    assert state_of(database) == FeedState(feed="yonhap-nk", paused=True)
    with database.write() as conn:
        feeds.pause(conn, "yonhap-nk", paused=False)
    assert due(database) == ["yonhap-nk"]


@pytest.mark.parametrize("change", [feeds.remove, feeds.pause])
def test_commands_change_only_feeds_of_their_own(
    database: Database, change: Callable[[Connection, str], None]
) -> None:
    sync(database, feed())
    with database.write() as conn:
        with pytest.raises(UsageError, match="written in the config"):
            change(conn, "yonhap-nk")
        with pytest.raises(UsageError, match="no feed 'absent'"):
            change(conn, "absent")
    assert due(database) == ["yonhap-nk"]


def test_the_longest_overdue_comes_first_and_before_it_what_was_never_polled(database: Database) -> None:
    add(database, *(feed(id=name) for name in ("late", "later", "new", "next")))
    save(
        database,
        FeedState(feed="late", next_due=NOW),
        FeedState(feed="later", next_due=NOW - HOUR),
        FeedState(feed="next", next_due=NOW + HOUR),
    )
    assert due(database) == ["new", "later", "late"]
    assert due(database, limit=2) == ["new", "later"]
    assert due(database, now=NOW + HOUR)[-1] == "next"


def test_due_gives_each_feed_with_its_state(database: Database) -> None:
    add(database, feed())
    save(database, POLLED)
    with database.read() as conn:
        assert feeds.due(conn, now=NOW + HOUR, limit=1) == [(feed(), POLLED)]


def test_a_poll_under_way_does_not_undo_a_pause(database: Database) -> None:
    add(database, feed())
    polled = state_of(database)
    with database.write() as conn:
        feeds.pause(conn, "yonhap-nk")
    save(database, replace(polled, last_polled=NOW))
    assert state_of(database) == FeedState(feed="yonhap-nk", last_polled=NOW, paused=True)


def test_a_feed_removed_while_it_was_polled_stays_removed(database: Database) -> None:
    save(database, POLLED)
    with database.read() as conn:
        assert feeds.states(conn) == {}
    add(database, feed())
    assert state_of(database) == FeedState(feed="yonhap-nk")


@pytest.mark.fault("TM01")
def test_a_feed_polled_in_the_future_is_due_for_the_clock_was_set_back(database: Database) -> None:
    sync(database, feed())
    tomorrow = NOW + 24 * HOUR
    save(database, replace(POLLED, last_polled=tomorrow, next_due=tomorrow + HOUR))
    assert due(database) == ["yonhap-nk"]
    save(database, replace(POLLED, last_polled=NOW, next_due=NOW + HOUR))
    assert due(database) == []


@pytest.mark.fault("HT16")
def test_all_feeds_of_a_host_wait_when_it_asks_for_patience(database: Database) -> None:
    there = [feed(id=name, url=f"https://a.example/{name}") for name in ("x", "y")]
    sync(database, *there, feed(id="z", url="https://b.example/z"))
    save(database, *(replace(POLLED, feed=name, next_due=NOW) for name in "xyz"))
    with database.write() as conn:
        feeds.put_off(conn, "a.example", until=NOW + HOUR)
    assert due(database) == ["z"]
    assert due(database, now=NOW + HOUR) == ["z", "x", "y"]


@pytest.mark.fault("HT12")
def test_a_new_address_in_the_config_forgets_where_the_old_had_moved_to(database: Database) -> None:
    sync(database, feed())
    save(database, replace(POLLED, moved_to="https://new.example/nk.xml", moves=3))
    assert state_of(database).moves == 3
    sync(database, feed(url="https://other.example/nk.xml"))
    assert (state_of(database).moved_to, state_of(database).moves) == (None, 0)


def test_what_ails_is_what_fails_or_is_quiet_and_what_is_known_is_every_feed(database: Database) -> None:
    add(database, *(feed(id=each) for each in ("well", "failing", "quiet", "never-polled")))
    well = replace(POLLED, feed="well", failures=0, error=None)
    failing = replace(well, feed="failing", failures=1, error="HTTP 500")
    quiet = replace(well, feed="quiet", last_new=NOW - 24 * HOUR)
    with database.write() as conn:
        feeds.save_states(conn, [well, failing, quiet])
    with database.read() as conn:
        ailing = feeds.ailing(conn, quiet_since=NOW - 24 * HOUR)
        known = feeds.known(conn)
    assert [state for _, state in ailing] == [failing, quiet]
    assert known[1] == (feed(id="never-polled"), FeedState(feed="never-polled"))
    assert [each.id for each, _ in known] == ["failing", "never-polled", "quiet", "well"]

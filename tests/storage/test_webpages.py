from __future__ import annotations

import datetime as dt

import pytest
from builders import article

from monitor.model import Article
from monitor.storage import Connection, Database, articles, webpages

NOW = dt.datetime(2026, 3, 11, 23, 0, tzinfo=dt.UTC)
UNTIL = NOW + dt.timedelta(seconds=30)
BARE = article(text="A summary.")


def waits(conn: Connection, now: dt.datetime) -> bool:
    return articles.pending(conn, limit=9, now=now) == []


@pytest.fixture
def stored(database: Database) -> Database:
    with database.write() as conn:
        articles.add(conn, [BARE])
        webpages.want(conn, [BARE.id], until=UNTIL)
    return database


def rewritten(conn: Connection, text: str = "The whole article.") -> None:
    articles.rewrite(conn, BARE, text)
    webpages.read(conn, BARE, now=NOW)


def the_one(conn: Connection) -> Article:
    found = articles.get(conn, BARE.id)
    assert found
    return found


def test_analysis_waits_for_the_page_until_its_moment_and_no_longer(stored: Database) -> None:
    with stored.read() as conn:
        assert waits(conn, NOW)
        assert not waits(conn, UNTIL)
        assert len(articles.pending(conn, limit=9)) == 1


def test_a_moment_of_another_clock_holds_nothing_up(stored: Database) -> None:
    with stored.read() as conn:
        assert not waits(conn, NOW - dt.timedelta(days=1))  # the clock was set back


def test_a_settled_page_is_waited_for_no_longer(stored: Database) -> None:
    with stored.write() as conn:
        webpages.settle(conn, [BARE.id], why="gone", now=NOW)
        assert not waits(conn, NOW)
        assert webpages.wanted(conn, now=NOW, limit=9) == []
        assert webpages.since(conn, NOW) == {BARE.feed: (1, ["gone"])}


def test_a_page_is_asked_for_twice_at_most(stored: Database) -> None:
    with stored.write() as conn:
        assert [webpages.begin(conn, [BARE.id]) for _ in range(3)] == [{BARE.id}, {BARE.id}, set()]
        assert not webpages.tries_left(conn, BARE.id)


def test_the_text_of_the_page_is_no_edit_by_the_publisher(stored: Database) -> None:
    with stored.write() as conn:
        rewritten(conn)
        assert the_one(conn).text == "The whole article."
        assert articles.known(conn, BARE.feed, [BARE.key]) == {BARE.key: BARE.content_hash}
        assert [each.text for each in articles.pending(conn, limit=9, now=NOW)] == ["The whole article."]


def test_an_edit_by_the_publisher_takes_the_place_of_the_pages_text(stored: Database) -> None:
    edited = article(text="Another summary.")
    with stored.write() as conn:
        rewritten(conn)
        articles.mark_analysed(conn, [the_one(conn)], now=NOW)
        articles.add(conn, [edited])
        assert articles.known(conn, BARE.feed, [BARE.key]) == {BARE.key: edited.content_hash}
        assert articles.pending(conn, limit=9, now=NOW) == [the_one(conn)]
        assert the_one(conn).text == "Another summary."


def test_who_read_the_summary_meanwhile_marks_nothing(stored: Database) -> None:
    with stored.write() as conn:
        rewritten(conn)
        assert articles.still_waiting(conn, [BARE]) == []


def test_what_nobody_asked_for_in_time_is_said(stored: Database) -> None:
    with stored.write() as conn:
        webpages.expire(conn, now=UNTIL)
        assert webpages.since(conn, NOW)[BARE.feed][1] == ["its page was not asked for in time"]


def test_only_the_feeds_that_were_named_are_asked(stored: Database) -> None:
    with stored.read() as conn:
        assert webpages.wanted(conn, now=NOW, limit=9, of=["another"]) == []
        assert webpages.wanted(conn, now=NOW, limit=9, of=[BARE.feed]) == [(BARE, UNTIL)]

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest
from builders import NOW, article

from monitor.model import Article, Standing
from monitor.storage import Connection, Database, articles
from monitor.storage.articles import ArticleQuery


def added(database: Database, *new: Article) -> int:
    with database.write() as conn:
        return articles.add(conn, new)


def analysed(database: Database, *read: Article) -> None:
    with database.write() as conn:
        articles.mark_analysed(conn, read, now=NOW)


def pending(database: Database, *, limit: int = 99) -> list[Article]:
    with database.read() as conn:
        return articles.pending(conn, limit=limit)


def found(conn: Connection, each: Article) -> Article:
    stored = articles.get(conn, each.id)
    assert stored is not None
    return stored


@pytest.mark.parametrize(
    "new",
    [
        article(),
        article(published=None, publisher="", language="", grade="F", standing=Standing.BASELINE),
        article(feed="", key="", url="", title="", text=""),
        article(title="央行 — “quoted” % _ \\ ' \"", text="line\nline\ttab 🚀"),
        article(published=dt.datetime(2026, 3, 12, 7, 52, 1, 5, tzinfo=dt.timezone(dt.timedelta(hours=9)))),
    ],
)
def test_an_article_comes_out_as_it_went_in(database: Database, new: Article) -> None:
    assert added(database, new) == 1
    with database.read() as conn:
        assert found(conn, new) == new


def test_times_come_out_in_utc(database: Database) -> None:
    seoul = dt.timezone(dt.timedelta(hours=9))
    added(database, article(fetched=NOW.astimezone(seoul)))
    (stored,) = pending(database)
    assert stored.fetched == NOW
    assert stored.fetched.tzinfo is dt.UTC


def test_an_id_that_nobody_knows_gives_nothing(database: Database) -> None:
    with database.read() as conn:
        assert articles.get(conn, "absent") is None


def test_known_gives_the_content_hash_of_the_feeds_own_keys(database: Database) -> None:
    mine, other = article(key="1"), article(feed="other", key="2")
    added(database, mine, other)
    with database.read() as conn:
        assert articles.known(conn, mine.feed, ["1", "2", "3", "1"]) == {"1": mine.content_hash}
        assert articles.known(conn, mine.feed, []) == {}


def test_known_takes_more_keys_than_fit_one_statement(database: Database) -> None:
    new = [article(key=str(number)) for number in range(2500)]
    assert added(database, *new) == 2500
    with database.read() as conn:
        assert len(articles.known(conn, "yonhap-nk", (each.key for each in new))) == 2500


def test_an_article_that_is_there_unchanged_is_not_counted_and_not_read_again(database: Database) -> None:
    added(database, article())
    analysed(database, article())
    assert added(database, article(), article(url="https://news.example/moved")) == 0
    assert pending(database) == []


def test_an_edit_is_read_again_and_keeps_its_standing_and_the_time_it_was_fetched(database: Database) -> None:
    first = article(standing=Standing.BASELINE)
    added(database, first)
    analysed(database, first)
    edited = replace(
        first,
        text="Seoul corrects: three missiles.",
        url="https://news.example/1b",
        standing=Standing.LIVE,
        fetched=NOW + dt.timedelta(hours=1),
    )
    assert added(database, edited) == 1
    assert pending(database) == [replace(edited, standing=first.standing, fetched=first.fetched)]


def test_of_one_article_twice_in_a_batch_the_last_stays(database: Database) -> None:
    edited = article(text="Another text.")
    assert added(database, article(), edited) == 2
    assert pending(database) == [edited]


def test_nothing_to_add_is_no_error(database: Database) -> None:
    assert added(database) == 0
    analysed(database)


def test_articles_wait_in_the_order_in_which_they_were_fetched(database: Database) -> None:
    late, early = article(key="late", fetched=NOW), article(key="early", fetched=NOW - dt.timedelta(days=1))
    added(database, late, early)
    assert pending(database) == [early, late]
    assert pending(database, limit=1) == [early]
    analysed(database, early)
    assert pending(database) == [late]


def test_an_article_edited_while_it_was_read_still_waits(database: Database) -> None:
    added(database, article())
    (loaded,) = pending(database)
    edited = replace(loaded, text="Edited meanwhile.")
    added(database, edited)
    analysed(database, loaded)
    assert pending(database) == [edited]
    analysed(database, edited)
    assert pending(database) == []


UNSAFE = {
    "NUL": "a\0b",
    "lone surrogate": "a\ud83db",
    "NUL as the publisher writes it in JSON": "a\\u0000b",
    "pairs of surrogates the wrong way round": "\udc00\ud800",
}


@pytest.mark.fault("FP15", "TX10")
@pytest.mark.parametrize("text", UNSAFE.values(), ids=UNSAFE.keys())
def test_text_that_no_database_takes_is_stored_cleaned_and_is_no_edit_next_time(
    database: Database, text: str
) -> None:
    new: Sequence[Article] = [article(title=text, text=text, url=text, publisher=text)]
    assert added(database, *new) == 1
    (stored,) = pending(database)
    assert stored.title.count("a") == text.count("a")
    with database.read() as conn:
        assert articles.known(conn, "yonhap-nk", ["1"]) == {"1": stored.content_hash}
    assert added(database, *new) == 0
    analysed(database, *new)
    assert pending(database) == []


def waits(database: Database, asked: Article) -> bool:
    with database.write() as conn:
        return articles.waits(conn, asked)


def test_an_article_waits_until_it_is_read_or_edited(database: Database) -> None:
    first = article()
    assert not waits(database, first)
    added(database, first)
    assert waits(database, first)
    added(database, replace(first, text="Edited."))
    assert not waits(database, first)
    analysed(database, replace(first, text="Edited."))
    assert not waits(database, replace(first, text="Edited."))


def test_the_latest_are_those_fetched_last_newest_first(database: Database) -> None:
    first, second, third = (
        replace(article(key=str(number)), fetched=article().fetched + dt.timedelta(hours=number))
        for number in range(3)
    )
    added(database, second, third, first)
    with database.read() as conn:
        assert articles.latest(conn, limit=2) == [third, second]


def test_every_article_stands_on_one_page_of_those_asked_for(database: Database) -> None:
    at = [NOW - dt.timedelta(hours=number // 2) for number in range(9)]  # two at a time
    new = [article(key=str(number), fetched=when) for number, when in enumerate(at)]
    added(database, *new, article(key="other", feed="other", fetched=NOW))
    asked = ArticleQuery(feed="yonhap-nk", since=NOW - dt.timedelta(hours=3), until=NOW, limit=2)
    seen: list[str] = []
    with database.read() as conn:
        while page := articles.search(conn, asked):
            seen += [each.id for each in page]
            asked = replace(asked, after=articles.cursor(page[-1]))
    wanted = sorted(new[2:8], key=lambda each: (each.fetched, each.id), reverse=True)
    assert seen == [each.id for each in wanted]

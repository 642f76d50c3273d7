from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from builders import NOW, alert, report, span

from monitor.errors import StorageError, UsageError
from monitor.model import Alert, Count, Level, Span, Standing, Status
from monitor.storage import Database, alerts
from monitor.storage.query import AlertQuery

HOUR = dt.timedelta(hours=1)
BARE = alert(
    id="bare",
    keys=frozenset(),
    rules=(),
    titles=(),
    level=Level.INFORMATIONAL,
    status=Status.CLAIMED,
    actors=(),
    objects=(),
    places=(),
    date=None,
    count=None,
    standing=Standing.OLD,
    shadow=True,
    reports=(),
)


def save(database: Database, *new: Alert) -> None:
    with database.write() as conn:
        for each in new:
            alerts.save(conn, each)


def get(database: Database, name: str) -> Alert | None:
    with database.read() as conn:
        return alerts.get(conn, name)


@pytest.mark.parametrize(
    "new",
    [
        alert(),
        BARE,
        alert(count=Count(min=10, max=None, text="dozens"), recipients=("japan",), revision=7),
        alert(reports=tuple(report(article=f"{number:016}") for number in (3, 1, 2))),
    ],
    ids=["common", "bare", "open count", "reports in their order"],
)
def test_an_alert_comes_out_as_it_went_in(database: Database, new: Alert) -> None:
    save(database, new)
    assert get(database, new.id) == new


def test_text_that_no_database_takes_is_stored_cleaned(database: Database) -> None:
    unsafe = "two \0 missiles \ud83d"
    told = report(title=unsafe, sentence=Span(field="title", start=0, end=len(unsafe), text=unsafe))
    save(database, alert(titles=(unsafe,), reports=(told,)))
    stored = get(database, alert().id)
    assert stored is not None
    assert stored.reports[0].title.startswith("two ")
    with database.read() as conn:
        assert alerts.search(conn, AlertQuery(text=" missiles ")) == [stored]
        assert alerts.search(conn, AlertQuery(text=unsafe)) == [stored]


def test_an_alert_saved_again_takes_the_place_of_the_former(database: Database) -> None:
    save(database, alert())
    amended = alert(
        keys=frozenset({"new|key"}),
        rules=("other",),
        titles=("Other",),
        actors=("china",),
        places=(),
        level=Level.CRITICAL,
        revision=2,
        updated=NOW + HOUR,
        reports=(report(), report(article="b", title="Later")),
    )
    save(database, amended)
    with database.read() as conn:
        assert alerts.search(conn, AlertQuery()) == [amended]
        assert alerts.by_keys(conn, alert().keys) == []
        assert alerts.by_keys(conn, amended.keys) == [amended]
        assert alerts.search(conn, AlertQuery(actor="north-korea")) == []
        assert alerts.search(conn, AlertQuery(rule="other", actor="china")) == [amended]


def test_an_alert_is_found_under_each_of_its_keys_once(database: Database) -> None:
    one = alert(id="one", keys=frozenset({"a", "b"}), opened=NOW)
    two = alert(id="two", keys=frozenset({"b", "c"}), opened=NOW - HOUR)
    save(database, one, two)
    with database.read() as conn:
        assert alerts.by_keys(conn, ["a"]) == [one]
        assert alerts.by_keys(conn, ["c", "b", "a"]) == [two, one]
        assert alerts.by_keys(conn, ["absent"]) == []
        assert alerts.by_keys(conn, []) == []
        assert alerts.by_keys(conn, [f"{number}" for number in range(1500)] + ["a"]) == [one]


def test_an_alert_is_found_by_the_article_that_it_reports(database: Database) -> None:
    one = alert(id="one", reports=(report(article="a"), report(article="b")))
    two = alert(id="two", reports=(report(article="b"),), opened=NOW - HOUR)
    save(database, one, two)
    with database.read() as conn:
        assert alerts.by_article(conn, "a") == [one]
        assert alerts.by_article(conn, "b") == [two, one]
        assert alerts.by_article(conn, "c") == []
        assert alerts.around(conn, [], ["a", "b", "c"]) == [one, two]


def test_the_beginning_of_an_id_is_enough_when_no_other_begins_so(database: Database) -> None:
    save(database, alert(id="abc1"), alert(id="abd2"), alert(id="ab%3"), alert(id="abc"))
    for name, found in (("abd", "abd2"), ("abc", "abc"), ("abc1", "abc1"), ("ab%", "ab%3")):
        stored = get(database, name)
        assert stored is not None
        assert stored.id == found
    assert get(database, "x") is None
    assert get(database, "%") is None
    with pytest.raises(UsageError, match=r"several alerts begin with 'ab'.*give more of the id"):
        get(database, "ab")


def last(database: Database, rules: list[str], actor: str, before: dt.datetime) -> dt.datetime | None:
    with database.read() as conn:
        return alerts.last_before(conn, rules, actor, before)


def test_last_before_is_the_newest_earlier_alert_of_the_rules_and_the_actor(database: Database) -> None:
    days = [NOW - dt.timedelta(days=number) for number in range(5)]
    save(
        database,
        alert(id="0", rules=("a", "b"), opened=days[0]),
        alert(id="1", rules=("a",), opened=days[1], shadow=True),
        alert(id="2", rules=("c",), opened=days[2]),
        alert(id="3", rules=("b",), opened=days[3]),
        alert(id="4", rules=("a",), actors=("china",), opened=days[4]),
    )
    assert last(database, ["a", "b"], "north-korea", NOW) == days[3]
    assert last(database, ["a", "b"], "north-korea", NOW + HOUR) == NOW
    assert last(database, ["a"], "north-korea", NOW) is None
    assert last(database, ["a", "b", "c"], "china", NOW) == days[4]
    assert last(database, ["b"], "north-korea", days[3]) is None
    assert last(database, [], "north-korea", NOW) is None


@pytest.mark.fault("IN01")
def test_two_writers_at_once_open_one_alert_for_one_event(database: Database) -> None:
    together = Barrier(2, timeout=30)

    def open_unless_there(name: str, keys: frozenset[str]) -> None:
        together.wait()
        with database.write() as conn:
            alerts.lock_keys(conn, keys)
            if not alerts.by_keys(conn, keys):
                alerts.save(conn, alert(id=name, keys=keys))

    with ThreadPoolExecutor(2) as pool:
        for number in range(10):
            keys = frozenset({f"missile|{number}", f"zone|{number}"})
            for writer in [pool.submit(open_unless_there, f"{name}{number}", keys) for name in "ab"]:
                writer.result()
    with database.read() as conn:
        assert len(alerts.search(conn, AlertQuery())) == 10


@pytest.mark.fault("DB10")
def test_keys_that_overlap_in_any_order_lock_nobody_out(database: Database) -> None:
    together = Barrier(2, timeout=30)

    def lock(keys: list[str]) -> None:
        for _ in range(20):
            together.wait()
            with database.write() as conn:
                alerts.lock_keys(conn, keys)

    with ThreadPoolExecutor(2) as pool:
        for writer in [pool.submit(lock, ["a", "b", "c"]), pool.submit(lock, ["c", "b", "a"])]:
            writer.result()


Way = tuple[Sequence[str], Sequence[str]]  # keys, articles
BY_KEY: Way = (["other"], [])
BY_ARTICLE: Way = ([], [report().article])


def impatient(database: Database) -> Database:
    """The same database, for one who does not wait long for a lock."""
    url = database._url
    if database.path is None:
        url = url.update_query_dict({"options": "-c lock_timeout=100"})
    return Database(url.render_as_string(hide_password=False), patience=0.05)


@pytest.mark.parametrize(
    ("first", "second"), [(BY_KEY, BY_ARTICLE), (BY_ARTICLE, BY_KEY)], ids=["key first", "article first"]
)
def test_an_alert_that_one_writer_found_another_waits_for(
    database: Database, first: Way, second: Way
) -> None:
    """Two workers may come to one alert by different ways."""
    save(database, alert(keys=frozenset({"one", "other"})))
    hasty = impatient(database)
    with database.write() as conn:
        alerts.lock_around(conn, *first)
        with pytest.raises(StorageError, match=r"busy|lock timeout"), hasty.write() as other:
            alerts.lock_around(other, *second)
    with hasty.write() as other:
        alerts.lock_around(other, *second)
    hasty.close()


def test_a_reader_sees_an_alert_with_the_reports_of_its_revision(database: Database) -> None:
    amended = replace(alert(), revision=2, reports=(report(), report(article="b", sentence=span("fired"))))
    save(database, alert())
    with database.read() as conn:
        before = alerts.search(conn, AlertQuery())
        save(database, amended)
        assert alerts.search(conn, AlertQuery()) == before
    with database.read() as conn:
        assert alerts.search(conn, AlertQuery()) == [amended]


def test_revisions_are_numbered_in_the_order_in_which_they_came(database: Database) -> None:
    save(database, alert(), alert(id="b", level=Level.LOW))
    save(database, replace(alert(), revision=2), replace(alert(), revision=2, rules=("other",)))
    with database.read() as conn:
        told = alerts.news(conn, AlertQuery(), after=0)
        high = alerts.news(conn, AlertQuery(min_level=Level.HIGH, limit=1), after=1)
        assert alerts.newest(conn) == 3
    assert [(each.number, each.alert.id, each.revision) for each in told] == [
        (1, alert().id, 1),
        (2, "b", 1),
        (3, alert().id, 2),
    ]
    assert [each.number for each in high] == [3]
    assert told[0].alert.revision == 2


@pytest.mark.fault("DB10")
def test_who_follows_the_numbers_misses_no_revision_of_many_writers(database: Database) -> None:
    together = Barrier(5, timeout=60)

    def open_some(writer: str) -> None:
        together.wait()
        for number in range(8):
            save(database, alert(id=f"{writer}{number}a"), alert(id=f"{writer}{number}b"))

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(open_some, writer) for writer in "wxyz"]
        seen: list[str] = []
        last = 0
        together.wait()
        while len(seen) < 64:
            done = all(writer.done() for writer in writers)
            with database.read() as conn:
                news = alerts.news(conn, AlertQuery(limit=5), after=last)
            seen += [each.alert.id for each in news]
            last = news[-1].number if news else last
            assert news or not done
    assert len(set(seen)) == 64

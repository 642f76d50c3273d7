from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from builders import NOW, alert, report
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from monitor.errors import UsageError
from monitor.model import Level, Span, Standing
from monitor.model.wording import says
from monitor.storage import Database, alerts, tables
from monitor.storage.facets import facets
from monitor.storage.query import AlertQuery, conditions, cursor

DAY = dt.timedelta(days=1)
LAUNCH = alert(id="launch", opened=NOW)
PATROL = alert(
    id="patrol",
    opened=NOW - DAY,
    keys=frozenset({"patrol"}),
    rules=("patrol", "drill"),
    titles=("Bombers patrol together", "Drill"),
    level=Level.LOW,
    actors=("china", "russia"),
    places=("east-sea",),
    standing=Standing.BASELINE,
    reports=(replace(report(), article="p", title="Tu-95s and H-6s over the sea"),),
)
TRIAL = alert(
    id="trial",
    opened=NOW - 2 * DAY,
    keys=frozenset({"trial"}),
    rules=("trial",),
    titles=("On trial",),
    level=Level.CRITICAL,
    actors=(),
    places=(),
    shadow=True,
    reports=(),
)


def search(database: Database, query: AlertQuery) -> list[str]:
    with database.read() as conn:
        return [each.id for each in alerts.search(conn, query)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (AlertQuery(), ["launch", "patrol", "trial"]),
        (AlertQuery(rule="drill"), ["patrol"]),
        (AlertQuery(rule="dri"), []),
        (AlertQuery(rule=""), []),
        (AlertQuery(min_level=Level.HIGH), ["launch", "trial"]),
        (AlertQuery(actor="russia"), ["patrol"]),
        (AlertQuery(actor="patrol"), []),
        (AlertQuery(place="east-sea"), ["launch", "patrol"]),
        (AlertQuery(since=NOW - DAY), ["launch", "patrol"]),
        (AlertQuery(until=NOW), ["patrol", "trial"]),
        (AlertQuery(since=NOW - DAY, until=NOW), ["patrol"]),
        (
            AlertQuery(since=(NOW - DAY).astimezone(dt.timezone(9 * dt.timedelta(hours=1))), until=NOW),
            ["patrol"],
        ),
        (AlertQuery(standing=Standing.BASELINE), ["patrol"]),
        (AlertQuery(shadow=True), ["trial"]),
        (AlertQuery(shadow=False), ["launch", "patrol"]),
        (AlertQuery(text="bombers PATROL"), ["patrol"]),
        (AlertQuery(text="tu-95s"), ["patrol"]),
        (AlertQuery(text="Seoul said"), ["launch", "patrol"]),
        (AlertQuery(limit=2), ["launch", "patrol"]),
        (AlertQuery(limit=0), []),
        (AlertQuery(limit=None), ["launch", "patrol", "trial"]),
        (AlertQuery(place="east-sea", min_level=Level.HIGH, text="missile", shadow=False), ["launch"]),
        (AlertQuery(place="east-sea", min_level=Level.CRITICAL), []),
    ],
)
def test_alerts_that_meet_every_condition_come_newest_first(
    database: Database, query: AlertQuery, found: list[str]
) -> None:
    with database.write() as conn:
        for each in (PATROL, TRIAL, LAUNCH):
            alerts.save(conn, each)
    assert search(database, query) == found


TEXTS = (
    "C++",
    "AT&T",
    'He said "no"',
    "Pyongyang's",
    "up 50 % since",
    "snake_case",
    "back\\slash",
    "a/b",
    "央行",
    "북한 미사일",
    "Straße",
    "ИСТРЕБИТЕЛЬ",
    "[a-z]*?",
    "-- DROP TABLE",
    "😀",
)


@pytest.mark.fault("WB12")
@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_found_as_it_stands_and_finds_nothing_else(database: Database, text: str) -> None:
    """Nothing in it is a wildcard: the other texts, and one that differs by a letter, stay unfound."""
    others = [other for other in (*TEXTS, "snakeXcase", "up 50 points since", "") if text not in other]
    with database.write() as conn:
        for number, each in enumerate([text, *others]):
            said = replace(
                report(), title=f"Title: {each}.", sentence=Span(field="text", start=0, end=1, text="")
            )
            alerts.save(conn, alert(id=str(number), reports=(said,)))
    for wanted in (text, text.upper(), text.casefold()):
        assert search(database, AlertQuery(text=wanted)) == ["0"]


@pytest.mark.parametrize("text", ["%", "_", "\\", "/", "%%", "'", '"', "\0", "\ud800", "x" * 10_000])
def test_a_text_that_nothing_holds_finds_nothing(database: Database, text: str) -> None:
    with database.write() as conn:
        alerts.save(conn, LAUNCH)
    assert search(database, AlertQuery(text=text)) == []


SAID = "The 央行 fired-upon C++ compiler of AT&T, up 5 %, flew"
SECOND = "Nothing to see in the strait"


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("compiler flew", True),
        ("flew compiler", True),
        ("compiler landed", False),
        ("strait flew", True),  # one report says this, another that
        ('"compiler of at&t"', True),
        ('"compiler flew"', False),
        ('"compiler', False),  # the mark is not closed, so it is looked for
        ("pil", True),  # part of a word
        ("of", True),  # a short word is found whole
        ("le", False),
        ("央行", True),
        ("行央", False),
        ("行", True),
        ("5 %", True),
        ("6 %", False),
        ("a AND", False),
        ("the OR", False),
        ("NEAR(the", False),
        ("NOR", False),
        ("fired-upon", True),
        ("folded:the", False),
        ("^the", False),
        ("com*", False),
        ('""', False),
        ("   ", True),
    ],
)
def test_all_words_and_phrases_must_occur_and_none_is_an_operator(
    database: Database, text: str, *, is_found: bool
) -> None:
    span = Span(field="text", start=0, end=1, text="")
    said = [replace(report(), article=each, title=each, sentence=span) for each in (SAID, SECOND)]
    with database.write() as conn:
        alerts.save(conn, alert(titles=(), reports=tuple(said)))
    assert bool(search(database, AlertQuery(text=text))) is is_found


@given(st.text(alphabet="ab+&\"'*(){}^:-%_\\ \0央AND"))
def test_no_text_is_an_error(text: str) -> None:
    """Compiled for both databases; SQLite's own parser of full text is asked in the next test."""
    for dialect in ("sqlite", "postgresql"):
        list(conditions(AlertQuery(text=text), dialect=dialect))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="ab+&\"'*(){}^:-%_\\ \0央AND", min_size=1))
def test_a_title_is_found_by_any_of_its_words(database: Database, text: str) -> None:
    with database.write() as conn:
        alerts.save(conn, alert(reports=(replace(report(), title=f"x {text} y"),)))
    assert search(database, AlertQuery(text=text.replace('"', " "))) == [alert().id]
    search(database, AlertQuery(text=text))


def test_the_text_follows_its_alert(database: Database) -> None:
    with database.write() as conn:
        alerts.save(conn, LAUNCH)
        alerts.save(conn, replace(LAUNCH, titles=("Quite another",), reports=()))
    assert search(database, AlertQuery(text="another")) == ["launch"]
    assert search(database, AlertQuery(text="missile")) == []
    with database.write() as conn:
        conn.execute(delete(tables.alerts))
        alerts.save(conn, PATROL)
    assert search(database, AlertQuery(text="another")) == []
    assert search(database, AlertQuery(text="patrol together")) == ["patrol"]


def test_facets_count_what_the_query_finds_by_every_value(database: Database) -> None:
    with database.write() as conn:
        for each in (PATROL, TRIAL, LAUNCH):
            alerts.save(conn, each)
    with database.read() as conn:
        found = facets(conn, AlertQuery(place="east-sea", limit=1))
        none = facets(conn, AlertQuery(text="nowhere said"))
    assert found.total == 2
    assert found.tags["actor"] == {"china": 1, "north-korea": 1, "russia": 1}
    assert found.tags["publisher"] == {"Yonhap": 2}
    assert list(found.levels.items()) == [(Level.HIGH, 1), (Level.LOW, 1)]
    assert found.months == {"2026-03": 2}
    assert sum(found.statuses.values()) == 2
    assert (none.total, none.tags["rule"]) == (0, {})


@pytest.mark.fault("AP01")
def test_pages_join_without_gap_or_repeat_while_alerts_come_in(database: Database) -> None:
    """Many share a moment, so that only the id tells them apart."""
    stored = [alert(id=f"{number:02}", opened=NOW + DAY * (number // 4)) for number in range(10)]
    with database.write() as conn:
        for each in stored:
            alerts.save(conn, each)
    pages: list[str] = []
    after = ""
    while True:
        with database.write() as conn:
            page = alerts.search(conn, AlertQuery(limit=3, after=after))
            alerts.save(conn, alert(id=f"new{len(pages)}", opened=NOW + 100 * DAY))
        if not page:
            break
        pages += [each.id for each in page]
        after = cursor(page[-1])
    assert pages == [f"{number:02}" for number in (9, 8, 7, 6, 5, 4, 3, 2, 1, 0)]


@pytest.mark.fault("AP01")
@given(st.text(min_size=1))
def test_a_cursor_that_is_none_of_ours_is_wrong_usage(text: str) -> None:
    try:
        list(conditions(AlertQuery(after=text), dialect="sqlite"))
    except UsageError as error:
        assert "start again without it" in str(error)  # noqa: PT017 - a text may be a cursor by chance


SHORT = st.text(alphabet="ab +-&\"'%_\n央行Aß", max_size=12)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(titles=st.lists(SHORT, max_size=3), text=SHORT)
def test_a_subscription_and_a_search_mean_the_same_by_a_text(
    database: Database, titles: list[str], text: str
) -> None:
    span = Span(field="text", start=0, end=1, text="")
    said = [replace(report(), article=str(at), title=each, sentence=span) for at, each in enumerate(titles)]
    told = alert(titles=("Odd",), reports=tuple(said))
    with database.write() as conn:
        alerts.save(conn, told)
    assert bool(search(database, AlertQuery(text=text))) is says(told, text)


def test_a_text_and_whatever_is_asked_beside_it_are_met_together(database: Database) -> None:
    """On SQLite the index of texts leads, so every other condition must hold beside it."""
    told = [
        alert(
            id=f"{at:016x}",
            opened=NOW + at * dt.timedelta(hours=1),
            rules=(f"rule-{at % 2}",),
            level=Level(at % 5),
            shadow=at % 7 == 0,
            titles=(f"Deed {at} 央行 a-b",),
        )
        for at in range(40)
    ]
    with database.write() as conn:
        alerts.save_all(conn, told)
    since, until = NOW + dt.timedelta(hours=5), NOW + dt.timedelta(hours=35)
    asked = AlertQuery(rule="rule-1", min_level=Level.MEDIUM, shadow=False, since=since, until=until, limit=4)
    wanted = [
        each
        for each in reversed(told)
        if each.rules == ("rule-1",)
        and each.level >= Level.MEDIUM
        and not each.shadow
        and since <= each.opened < until
    ]
    for text in ("", "deed", "央行", "deed 央行 -", "-", "deed a"):
        query = replace(asked, text=text)
        with database.read() as conn:
            first = alerts.search(conn, query)
            second = alerts.search(conn, replace(query, after=cursor(first[-1])))
            assert [each.id for each in first + second] == [each.id for each in wanted[:8]], text
            assert len(alerts.found(conn, query, most=100)) == len(wanted)

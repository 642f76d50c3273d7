from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from builders import NOW, alert, report
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import UsageError
from monitor.model import Level, Span, Standing
from monitor.storage import Database, alerts
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
        list(conditions(AlertQuery(after=text)))
    except UsageError as error:
        assert "start again without it" in str(error)  # noqa: PT017 - a text may be a cursor by chance

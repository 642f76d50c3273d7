from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW

from monitor.model import Record
from monitor.storage import Database, audit

HOUR = dt.timedelta(hours=1)
RECORDS = [
    Record(at=NOW, who="kim@example.org", what="verdict", thing="alert a1", origin="page ::1", note="false"),
    Record(at=NOW + HOUR, who="token desk", what="acknowledge", thing="alert a1", origin="api 192.0.2.7"),
    Record(at=NOW + 2 * HOUR, who="root", what="add", thing="feed 100%", origin="command"),
]


@pytest.fixture(autouse=True)
def _written(database: Database) -> None:
    with database.write() as conn:
        for each in RECORDS:
            audit.add(conn, each)


def test_the_newest_line_comes_first_and_whole(database: Database) -> None:
    with database.read() as conn:
        assert audit.listed(conn) == RECORDS[::-1]
        assert audit.listed(conn, limit=1) == RECORDS[2:]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"who": "KIM"}, [0]),
        ({"what": "ack"}, [1]),
        ({"thing": "alert"}, [1, 0]),
        ({"thing": "%"}, [2]),
        ({"thing": "_"}, []),
        ({"since": NOW + HOUR}, [2, 1]),
        ({"until": NOW + HOUR}, [0]),
        ({"thing": "alert", "since": NOW + HOUR, "who": "desk"}, [1]),
    ],
)
def test_lines_are_found_by_their_parts(database: Database, asked: dict[str, str], found: list[int]) -> None:
    with database.read() as conn:
        assert audit.listed(conn, **asked) == [RECORDS[at] for at in found]  # type: ignore[arg-type]  # a table

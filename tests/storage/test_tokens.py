from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW

from monitor.errors import UsageError
from monitor.model import Token
from monitor.storage import Database, tokens

HOUR = dt.timedelta(hours=1)


def make(database: Database, name: str = "desk", **changed: dt.datetime) -> str:
    with database.write() as conn:
        return tokens.add(conn, Token(name=name, scope="read", created=NOW, **changed))


def find(database: Database, shown: str, now: dt.datetime = NOW) -> Token | None:
    with database.read() as conn:
        return tokens.find(conn, shown, now=now)


def test_a_token_is_known_by_all_of_it_and_nothing_less(database: Database) -> None:
    shown = make(database)
    make(database, "other")
    found = find(database, shown)
    assert found is not None
    assert (found.name, found.scope) == ("desk", "read")
    for wrong in (
        "",
        "bongsu_desk_",
        shown[:-1],
        shown + "x",
        shown.replace("desk", "other"),
        "bongsu_none_x",
    ):
        assert find(database, wrong) is None, wrong


def test_the_secret_is_not_kept(database: Database) -> None:
    shown = make(database)
    with database.read() as conn:
        kept = conn.exec_driver_sql("SELECT * FROM tokens").mappings().one()
    assert not any(shown.removeprefix("bongsu_desk_") in str(value) for value in kept.values())


def test_an_expired_or_revoked_token_opens_nothing(database: Database) -> None:
    shown = make(database, expires=NOW + HOUR)
    assert find(database, shown, NOW + HOUR - dt.timedelta(seconds=1)) is not None
    assert find(database, shown, NOW + HOUR) is None
    lasting = make(database, "lasting")
    with database.write() as conn:
        tokens.revoke(conn, "lasting", now=NOW)
    assert find(database, lasting) is None
    with database.read() as conn:
        assert tokens.any_live(conn, now=NOW)
        assert not tokens.any_live(conn, now=NOW + HOUR)


def test_a_name_is_given_once_and_a_token_revoked_once(database: Database) -> None:
    make(database)
    with pytest.raises(UsageError, match="'desk'"):
        make(database)
    with database.write() as conn:
        tokens.revoke(conn, "desk", now=NOW)
    with pytest.raises(UsageError, match="'desk'"), database.write() as conn:
        tokens.revoke(conn, "desk", now=NOW)


def test_the_latest_use_is_kept(database: Database) -> None:
    make(database)
    for moment in (NOW + HOUR, NOW):
        with database.write() as conn:
            tokens.used(conn, {"desk": moment, "unknown": moment})
    with database.read() as conn:
        assert [each.last_used for each in tokens.all(conn)] == [NOW + HOUR]

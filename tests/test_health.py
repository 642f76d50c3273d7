"""Who is let in to the pages, as `monitor doctor` tells it and `monitor run` asks it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from builders import NOW

from monitor.config import Web
from monitor.health import Finding, door
from monitor.model import Token
from monitor.storage import Database, tokens

ELSEWHERE = {"host": "0.0.0.0", "address": "https://b.example.org"}
KIM = {"people": {"kim@example.org": "admin"}}


def found(database: Database, **web: Any) -> Finding:
    with database.read() as conn:
        return door(Web.model_validate(web), conn, now=NOW)


def make_token(database: Database, **changed: Any) -> None:
    with database.write() as conn:
        tokens.add(conn, Token(**{"name": "desk", "scope": "read", "created": NOW, **changed}))


def test_on_this_machine_nothing_is_asked_for(database: Database) -> None:
    assert found(database) == Finding(
        part="pages", ok=True, said="this machine's users, without login; people 0, tokens 0"
    )


@pytest.mark.fault("CF05")
def test_a_door_that_is_open_to_others_needs_somebody_who_may_come_in(database: Database) -> None:
    refused = found(database, **ELSEWHERE)
    assert not refused.ok
    assert "monitor tokens add NAME" in refused.mend
    assert found(database, **ELSEWHERE, **KIM).ok
    make_token(database, expires=NOW + dt.timedelta(hours=1))
    assert found(database, **ELSEWHERE).said == "at https://b.example.org, with login; people 0, tokens 1"


def test_a_token_that_has_expired_lets_nobody_in(database: Database) -> None:
    make_token(database, expires=NOW)
    assert not found(database, **ELSEWHERE).ok


@pytest.mark.parametrize(
    ("web", "said"),
    [
        ({"enabled": False}, "not served: [web] enabled is false"),
        ({"address": "https://b.example.org"}, "anybody who reaches https://b.example.org reads; "),
        ({**KIM, "address": "http://b.example.org"}, "without HTTPS whoever is on the way reads along"),
    ],
)
def test_what_is_odd_is_told(database: Database, web: dict[str, Any], said: str) -> None:
    assert said in found(database, **web).said

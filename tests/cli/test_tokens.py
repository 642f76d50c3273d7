from __future__ import annotations

import pytest
from commands import Monitor


@pytest.fixture(autouse=True)
def _installed(monitor: Monitor) -> None:
    assert monitor("init").status == 0


def test_a_token_is_shown_once_listed_and_revoked(monitor: Monitor) -> None:
    added = monitor("tokens", "add", "grafana", "--expires", "30d")
    assert (added.status, added.out.startswith("bongsu_grafana_")) == (0, True)
    assert "not shown again" in added.err
    for words in (["tokens", "list"], ["tokens", "list", "--json"]):
        assert added.out.strip() not in monitor(*words).out
    (row,) = monitor("tokens", "list", "--json").json
    assert (row["name"], row["scope"], row["state"], row["last_used"]) == (
        "grafana",
        "read",
        "in force",
        None,
    )
    assert monitor("tokens", "revoke", "grafana").status == 0
    assert monitor("tokens", "list", "--json").json[0]["state"] == "revoked"


def test_json_gives_the_token_with_what_it_is(monitor: Monitor) -> None:
    said = monitor("tokens", "add", "hook", "--scope", "write", "--json").json
    assert said["token"].startswith("bongsu_hook_")
    assert (said["scope"], said["expires"]) == ("write", None)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["add", "Big Name"], "small letters"),
        (["add", "x", "--scope", "root"], "there are read, write, admin"),
        (["add", "x", "--expires", "2020-01-01"], "is not ahead of now"),
        (["revoke", "x"], "there is no token 'x'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(monitor: Monitor, words: list[str], says: str) -> None:
    answer = monitor("tokens", *words)
    assert answer.status == 2
    assert says in answer.err

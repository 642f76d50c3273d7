from __future__ import annotations

import pytest
from commands import Monitor


@pytest.fixture(autouse=True)
def _installed(monitor: Monitor) -> None:
    assert monitor("init").status == 0


def test_a_silence_is_added_listed_and_ended(monitor: Monitor) -> None:
    added = monitor(
        "silences", "add", "--reason", "drills", "--until", "2h", "--rule", "taiwan-coercion", "--by", "Ryu"
    )
    assert (added.status, "would have hidden 0 alerts" in added.out) == (0, True)
    (row,) = monitor("silences", "list", "--json").json
    assert (row["author"], row["reason"], row["hid"]) == ("Ryu", "drills", 0)
    assert "taiwan-coercion, up to high" in monitor("silences", "list").out
    assert monitor("silences", "remove", row["id"]).status == 0
    assert monitor("silences", "list", "--json").json == []
    assert len(monitor("silences", "list", "--over", "--json").json) == 1
    assert monitor("silences", "remove", row["id"]).status == 2


def test_a_dry_run_changes_nothing(monitor: Monitor) -> None:
    said = monitor("silences", "add", "--reason", "x", "--until", "2h", "--everything", "--dry-run").out
    assert "Nothing was changed" in said
    assert monitor("silences", "list", "--json").json == []


@pytest.mark.parametrize(
    "words",
    [
        ["--until", "2h"],
        ["--until", "yesterday", "--everything"],
        ["--until", "2020-01-01", "--everything"],
        ["--until", "2h", "--everything", "--max-level", "lofty"],
    ],
)
def test_a_silence_that_makes_no_sense_is_refused(monitor: Monitor, words: list[str]) -> None:
    assert monitor("silences", "add", "--reason", "x", *words).status == 2

"""Verdicts of analysts, from the command that stores them to the precision of the rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from builders import NOW, alert
from commands import Monitor

from monitor import config
from monitor.history import open_database
from monitor.storage import alerts

LAUNCH = alert()
RULE = LAUNCH.rules[0]


@pytest.fixture
def filled(monitor: Monitor) -> None:
    """A database in the working folder, with one alert."""
    del monitor
    Path("config.toml").write_text("")
    with open_database(config.load(Path("config.toml")), now=NOW) as database, database.write() as conn:
        alerts.save(conn, LAUNCH)


def listed(monitor: Monitor) -> Any:
    return next(row for row in monitor("rules", "list", "--json").json if row["id"] == RULE)


def line(monitor: Monitor) -> str:
    return next(row for row in monitor("rules", "list").out.splitlines() if row.startswith(f"{RULE} "))


@pytest.mark.usefixtures("filled")
def test_a_verdict_is_stored_by_the_beginning_of_the_id_and_shown(monitor: Monitor) -> None:
    answer = monitor("alerts", "verdict", LAUNCH.id[:4], "false", "--by", "kim", "--note", "an old film")
    assert (answer.status, answer.out) == (0, f"{LAUNCH.id[:8]} is false, says kim.\n")
    monitor("alerts", "verdict", LAUNCH.id, "true", "--by", "kim")
    for found in (
        monitor("alerts", "list", "--json").json[0],
        monitor("alerts", "show", LAUNCH.id, "--json").json,
    ):
        assert [each["opinion"] for each in found["verdicts"]] == ["false", "true"]
        assert found["verdicts"][0]["note"] == "an old film"
    first, second = (
        each for each in monitor("alerts", "show", LAUNCH.id).out.splitlines() if each.startswith("verdict")
    )
    assert first.endswith(", replaced: an old film")
    assert "true, kim, " in second


@pytest.mark.usefixtures("filled")
def test_a_verdict_is_by_the_name_one_logged_in_by(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "lee")
    assert "says lee" in monitor("alerts", "verdict", LAUNCH.id, "duplicate").out


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("words", [["ffff", "true"], [LAUNCH.id, "maybe"]])
def test_an_unknown_alert_or_opinion_is_wrong_usage(monitor: Monitor, words: list[str]) -> None:
    assert monitor("alerts", "verdict", *words, "--by", "kim").status == 2


@pytest.mark.usefixtures("filled")
def test_rules_are_listed_with_their_precision(monitor: Monitor) -> None:
    for name, opinion in (("kim", "true"), ("lee", "false"), ("park", "duplicate")):
        monitor("alerts", "verdict", LAUNCH.id, opinion, "--by", name)
    row = listed(monitor)
    assert (row["precision"], row["verdicts"]) == (0.5, {"true": 1, "false": 1, "duplicate": 1})
    assert " 0.50 (1 of 2) " in line(monitor)


def test_without_a_database_no_precision_is_known_and_none_is_made(monitor: Monitor) -> None:
    assert listed(monitor)["precision"] is None
    assert " - " in line(monitor)
    assert list(Path().iterdir()) == []


def test_a_database_that_cannot_be_read_is_told_and_hides_no_rule(monitor: Monitor) -> None:
    Path("config.toml").write_text('[storage]\nurl = "sqlite:///broken.db"\n')
    Path("broken.db").write_text("no database at all, but text that is long enough to be looked at")
    answer = monitor("rules", "list")
    assert (answer.status, RULE in answer.out) == (0, True)
    assert "precision of the rules is not known" in answer.err

"""`monitor rules findings`: what is held back is shown, with the reason."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from commands import Monitor

from monitor.model import Finding, Holds, Level
from monitor.storage import Database, overtime

DAY = dt.date(2026, 5, 2)
NOW = dt.datetime(2026, 5, 28, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _held(monitor: Monitor) -> None:
    """An installation in which the feeds of an absence went silent the day after the last sign."""
    assert monitor("init").status == 0
    assert monitor("rules", "findings").out == "No rule over time has found anything yet.\n"
    finding = Finding(
        rule="kju-unseen-21d", date=DAY, holds=Holds.HELD, level=Level.MEDIUM, said="Kim Jong Un: unknown"
    )
    database = Database(f"sqlite:///{Path.cwd() / 'data/monitor.db'}")
    with database.write() as conn:
        overtime.note_outages(conn, {"kcna-watch": DAY}, today=NOW.date())
        overtime.keep(conn, [finding], now=NOW)
    database.close()


def test_a_held_absence_is_listed_with_the_feed_that_was_down(monitor: Monitor) -> None:
    (row,) = monitor("rules", "findings", "--held", "--json").json
    assert (row["rule"], row["date"], row["stands"], row["alert"]) == (
        "kju-unseen-21d",
        "2026-05-02",
        "held",
        "",
    )
    assert row["why"] == "nothing from kcna-watch since 2026-05-02"
    assert "nothing from kcna-watch since 2026-05-02" in monitor("rules", "findings").out


def test_only_the_rules_asked_for_are_listed(monitor: Monitor) -> None:
    assert monitor("rules", "findings", "adiz-surge", "--json").json == []
    assert monitor("rules", "findings", "no-such-rule").status == 2

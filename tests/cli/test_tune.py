"""`monitor rules tune`: a few verdicts become a guard that removes false alerts and no true one."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest
from builders import article
from commands import Monitor
from fakes import FakeChannel

from monitor import config
from monitor.app import App
from monitor.history import utc_now
from monitor.model import Opinion
from monitor.storage import alerts, articles
from monitor.storage.query import AlertQuery

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("rules")]

RULE = """\
id: shots
title: North Korea fires something
level: high
when: {actor: $dprk, action: $launch, object: $missile}  # whatever the range
examples:
  match:
    - text: North Korea fired a short-range missile on Monday.
"""
TRUE, FALSE = Opinion.TRUE, Opinion.FALSE
NEWS = {  # each of its own day
    "North Korea fired a short-range missile, Seoul said.": TRUE,
    "North Korea fired a ballistic missile toward the East Sea.": TRUE,
    "North Korea fired a missile into the basement of a museum near Mount Paektu in a drone show.": FALSE,
    "North Korea fired a ballistic missile of cardboard over a drone show in the capital.": FALSE,
}


@pytest.fixture
def judged(monitor: Monitor) -> None:
    """A history of four alerts that one analyst has judged, two of them false: drones are in both."""
    Path("config.toml").write_text("")
    Path("rules").mkdir()
    Path("rules/shots.yml").write_text(RULE, encoding="utf-8")
    asyncio.run(_analysed())
    listed = monitor("alerts", "list", "--rule", "shots", "--json").json
    assert len(listed) == len(NEWS)
    for each in listed:
        opinion = NEWS[each["reports"][0]["sentence"]["text"]]
        assert monitor("alerts", "verdict", each["id"], str(opinion), "--by", "kim").status == 0


async def _analysed() -> None:
    now = utc_now()
    told = [
        article(key=f"n{day}", title="", text=text, published=now - day * dt.timedelta(days=5), fetched=now)
        for day, text in enumerate(NEWS)
    ]
    settings = config.load(Path("config.toml"))
    async with App.open(settings, clock=lambda: now, channels={"console": FakeChannel()}) as app:
        with app.parts.database.write() as conn:
            articles.add(conn, told)
        await app.analyse()
        with app.parts.database.read() as conn:
            assert alerts.search(conn, AlertQuery(rule="shots"))


@pytest.mark.usefixtures("judged")
def test_two_false_verdicts_are_enough_for_a_guard_that_loses_no_true_alert(monitor: Monitor) -> None:
    answer = monitor("rules", "tune", "shots", "--json", "--processes", "1").json
    first = answer["proposals"][0]
    assert len(first["removes"]) == 2
    assert {each["judged"] for each in first["tried"]["lost"]} == {"false"}
    said = monitor("rules", "tune", "shots", "--processes", "1").out
    assert "removes 2 of 2 false alerts" in said
    assert "2 of 4 alerts lost" in said
    assert Path("rules/shots.yml").read_text(encoding="utf-8") == RULE, "nothing is written unasked"


@pytest.mark.usefixtures("judged")
def test_what_is_written_is_read_anew_and_said_to_be(monitor: Monitor) -> None:
    said = monitor("rules", "tune", "shots", "--processes", "1", "--write").err
    assert "were read anew and are sound" in said
    assert "fires on 0 of 2 false alerts and 2 of 2 true" in said
    text = Path("rules/shots.yml").read_text(encoding="utf-8")
    assert text.count("unless:\n  - {mentions: ") == 1
    assert "# whatever the range" in text
    assert monitor("rules", "test", "shots").status == 0


@pytest.mark.usefixtures("judged")
def test_what_one_false_alert_alone_says_is_not_written(monitor: Monitor) -> None:
    one = next(
        each
        for each in monitor("alerts", "list", "--rule", "shots", "--json").json
        if "Paektu" in each["reports"][0]["sentence"]["text"]
    )
    monitor("alerts", "verdict", one["id"], "true", "--by", "lee")  # disputed now
    answer = monitor("rules", "tune", "shots", "--processes", "1", "--write")
    assert "rests on one alert" in answer.out
    assert (answer.status, "nothing was written" in answer.err) == (2, True)
    assert Path("rules/shots.yml").read_text(encoding="utf-8") == RULE

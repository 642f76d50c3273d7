"""How long news takes, measured from the history and told where one looks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from builders import NOW, alert, delivery, report
from commands import run
from pages import open_world

from monitor.config import load as load_config
from monitor.history import open_database
from monitor.model import Held, Reason, Standing
from monitor.model.latency import Way, lasting, legs
from monitor.storage import Connection, Database, alerts, deliveries, latency

MINUTE = dt.timedelta(minutes=1)


def way(*minutes: float, since: dt.datetime = NOW) -> Way:
    """One that took so many minutes to be fetched, to be alerted and to be sent."""
    times = [since]
    for each in minutes:
        times.append(times[-1] + each * MINUTE)
    published, fetched, alerted, sent = times
    return Way(published=published, fetched=fetched, alerted=alerted, sent=sent)


def tell(conn: Connection, at: int, told: Way, **changed: object) -> None:
    """An alert that went that way."""
    told_by = report(published=told.published, fetched=told.fetched)
    values = {
        "id": f"{at:016x}",
        "keys": frozenset({f"k{at}"}),
        "reports": (told_by,),
        "opened": told.alerted,
    }
    kept = {name: changed.pop(name) for name in ("standing", "said") if name in changed}
    opened = alert(**values, **kept)
    made = delivery(alert=opened.id, created=told.alerted, **changed)
    alerts.save(conn, opened)
    deliveries.enqueue(conn, [made])
    deliveries.mark_sent(conn, made, now=told.sent)


def test_half_and_ninety_five_in_a_hundred_are_told_of_each_leg() -> None:
    found = legs([way(at, 1, 2) for at in range(1, 21)])
    assert [(leg.name, leg.p50 / MINUTE, leg.p95 / MINUTE) for leg in found] == [
        ("published to fetched", 10, 19),
        ("fetched to alerted", 1, 1),
        ("alerted to sent", 2, 2),
        ("published to sent", 13, 22),
    ]
    assert found[0].said == "published to fetched 10 min / 19 min"


def test_a_publishers_clock_that_runs_ahead_makes_no_time_negative() -> None:
    assert legs([way(-5, 1, 1)])[0].p50 == dt.timedelta()


def test_of_an_article_that_tells_no_time_the_rest_of_the_way_is_measured() -> None:
    told = Way(published=None, fetched=NOW, alerted=NOW + MINUTE, sent=NOW + 2 * MINUTE)
    assert [leg.name for leg in legs([told])] == ["fetched to alerted", "alerted to sent"]
    assert legs([]) == []


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0 s"), (0.5, "30 s"), (6, "6 min"), (150, "2.5 h"), (2880, "2 d")]
)
def test_a_span_is_said_shortly(minutes: float, said: str) -> None:
    assert lasting(minutes * MINUTE) == said


def test_only_what_was_told_at_once_and_for_the_first_time_is_measured(database: Database) -> None:
    first = way(5, 1, 1)
    with database.write() as conn:
        tell(conn, 1, first)
        tell(conn, 2, way(5, 1, 600), held=Held.DIGEST)
        tell(conn, 3, way(5, 1, 600), reason=Reason.ESCALATED)
        tell(conn, 4, way(9000, 1, 1), standing=Standing.OLD)
        tell(conn, 5, way(9000, 1, 1), said="Unseen for 21 days")
    with database.read() as conn:
        assert latency.ways(conn, since=NOW) == [first]
        assert latency.ways(conn, since=NOW + MINUTE * 60) == []


def test_the_command_tells_it(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("", encoding="utf-8")
    asked = ("deliveries", "list", "--latency", "--config", config)
    assert run(*asked).out == "No alert was sent in 7 days.\n"
    since = dt.datetime.now(dt.UTC) - 60 * MINUTE
    with open_database(load_config(config), now=since) as database, database.write() as conn:
        tell(conn, 1, way(5, 1, 1, since=since))
    assert "published to sent" in run(*asked).out
    assert run(*asked, "--json").json[-1] == {
        "name": "published to sent",
        "alerts": 1,
        "p50": 420.0,
        "p95": 420.0,
    }


async def test_the_page_of_the_feeds_tells_it(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        reader = world.token("read")
        assert "How long news takes" not in (await world.client.get("/feeds", headers=reader)).text
        with world.app.parts.database.write() as conn:
            tell(conn, 1, way(5, 1, 1))
        world.clock.move(hours=1)
        shown = (await world.client.get("/feeds", headers=reader)).text
    assert "How long news takes" in shown
    assert ">5 min<" in shown

"""Alerts over the API: searched, and one in full."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from apiworld import World
from builders import NOW, alert, delivery, report

from monitor.model import Acknowledgement, AlertVerdict, Decision, Level, Opinion, Reason, Standing
from monitor.storage import acknowledgements, deliveries, verdicts

LAUNCH = alert()
SORTIE = alert(
    id="b" * 16,
    rules=("adiz-incursion",),
    titles=("Aircraft enter an air defence zone",),
    level=Level.LOW,
    actors=("china",),
    places=("taiwan-adiz",),
    opened=NOW - dt.timedelta(days=2),
    reports=(report(publisher="Kyodo", title="Jets over the strait"),),
)
TRIED = alert(id="c" * 16, shadow=True)
OLD = alert(id="d" * 16, standing=Standing.BASELINE, opened=NOW - dt.timedelta(days=30))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [LAUNCH, SORTIE, OLD]),
        ({"rule": "adiz-incursion"}, [SORTIE]),
        ({"level": "high"}, [LAUNCH, OLD]),
        ({"actor": "china"}, [SORTIE]),
        ({"place": "sunan"}, [LAUNCH, OLD]),
        ({"publisher": "Kyodo"}, [SORTIE]),
        ({"text": "strait jets"}, [SORTIE]),
        ({"text": '"jets over"', "level": "high"}, []),
        ({"since": "3d"}, [LAUNCH, SORTIE]),
        ({"until": "2026-03-11T12:00+09:00"}, [SORTIE, OLD]),
        ({"standing": "live"}, [LAUNCH, SORTIE]),
        ({"status": "planned"}, []),
        ({"shadow": "true", "since": "1d"}, [TRIED, LAUNCH]),
    ],
    ids=str,
)
async def test_alerts_are_found_by_what_they_must_meet(
    world: World, asked: dict[str, str], found: list[object]
) -> None:
    world.save(LAUNCH, SORTIE, TRIED, OLD)
    told = await world.get("/alerts", **asked)
    assert [each["id"] for each in told["items"]] == [each.id for each in found]  # type: ignore[attr-defined]
    assert told["next"] is None


async def test_an_alert_in_a_list_says_what_people_read_first(world: World) -> None:
    world.save(LAUNCH)
    (told,) = (await world.get("/alerts"))["items"]
    assert told["headline"].startswith("HIGH · occurred · ")
    assert told["sentence"].startswith("North Korea fired two")
    assert (told["level"], told["stage"], told["report_count"]) == ("high", "reported", 1)
    assert told["rules"] == [{"id": "dprk-missile-launch", "title": "North Korea launches a missile"}]
    assert told["event"]["actors"] == ["north-korea"]
    assert told["event"]["count"] == {"min": 2, "max": 2, "text": "two"}
    assert told["opened"] == "2026-03-11T23:00:00Z"
    assert "keys" not in told


async def test_every_alert_stands_on_one_page_though_more_come_in(world: World) -> None:
    world.save(*(alert(id=f"{at:016x}", opened=NOW - dt.timedelta(hours=at)) for at in range(1, 30)))
    page = await world.get("/alerts", limit=7)
    seen = [each["id"] for each in page["items"]]
    world.save(LAUNCH)
    while page["next"]:
        page = await world.get("/alerts", limit=7, after=page["next"])
        seen += [each["id"] for each in page["items"]]
    assert seen == [f"{at:016x}" for at in range(1, 30)]


async def test_one_alert_shows_who_tells_it_and_who_was_told(world: World) -> None:
    world.save(LAUNCH)
    with world.app.parts.database.write() as conn:
        deliveries.enqueue(
            conn, [delivery(target="desk@example.org", error="550 <desk@example.org> is unknown")]
        )
        refused = Decision(alert=LAUNCH.id, revision=1, subscription="chief", reason=Reason.FILTERED)
        deliveries.refuse(conn, [refused], now=NOW)
        verdicts.add(conn, AlertVerdict(alert=LAUNCH.id, analyst="Ryu", opinion=Opinion.TRUE, given=NOW))
        acknowledgements.add(conn, Acknowledgement(alert=LAUNCH.id, analyst="Kim", given=NOW, note="On it."))
    told = await world.get(f"/alerts/{LAUNCH.id}")
    assert told["reports"][0]["evidence"][0]["role"] == "actor"
    assert "sketch" not in told["reports"][0]
    assert told["origins"] == [{"name": "Yonhap", "named": False, "article": LAUNCH.reports[0].article}]
    assert [(each["subscription"], each["reason"], each["send"]) for each in told["decisions"]] == [
        ("chief", "filtered", False),
        ("desk", "first", True),
    ]
    sent = told["decisions"][1]["delivery"]
    assert (sent["state"], sent["target"]) == ("pending", "d…@example.org")
    assert "desk@" not in sent["error"]
    assert (told["verdicts"][0]["opinion"], told["acknowledgements"][0]["note"]) == ("true", "On it.")
    assert told["revisions"][0]["stage"] == "reported"
    assert (await world.get("/alerts/a1b2"))["id"] == LAUNCH.id


async def test_an_address_that_is_no_link_is_left_out(world: World) -> None:
    world.save(replace(LAUNCH, reports=(report(url="javascript:alert(1)"),)))
    assert (await world.get(f"/alerts/{LAUNCH.id}"))["reports"][0]["url"] is None


@pytest.mark.fault("AP01")
@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"level": "lofty"}, 422),
        ({"limit": 0}, 422),
        ({"limit": 201}, 422),
        ({"limit": 10**30}, 422),
        ({"lvl": "high"}, 422),
        ({"text": "a" * 501}, 422),
        ({"since": "yesterday"}, 400),
        ({"since": "0001-01-01T00:00+09:00"}, 400),
        ({"until": "9999-12-31T23:59-09:00"}, 400),
        ({"after": "nonsense"}, 400),
        ({"after": "央"}, 400),
    ],
    ids=str,
)
async def test_a_question_that_makes_no_sense_is_answered_in_words(
    world: World, asked: dict[str, str | int], status: int
) -> None:
    told = await world.get("/alerts", status, **asked)
    assert told["detail"]
    assert told["errors"] if status == 422 else not told["errors"]


@pytest.mark.fault("WB12")
@pytest.mark.parametrize(
    "text", ["C++", "AT&T", '"', "'", "%", "_", "\\", "a AND", "*", "NEAR(", "\0", "\ud7ff", "국"]
)
async def test_odd_words_are_searched_for_like_any_other(world: World, text: str) -> None:
    world.save(replace(LAUNCH, reports=(report(title=f"Odd {text} title"),)))
    assert len((await world.get("/alerts", text=text))["items"]) == 1


@pytest.mark.parametrize(
    "path", ["/alerts/ffff", "/nowhere", "/alerts/a/b", "/alerts/abcd%0A", "/alerts/ab%0Acd"]
)
async def test_what_is_not_there_is_told_as_a_problem(world: World, path: str) -> None:
    assert (await world.get(path, 404))["title"] == "Not Found"


async def test_the_beginning_of_two_ids_is_not_enough(world: World) -> None:
    world.save(LAUNCH, alert(id="a1b2" + "0" * 12))
    assert "give more of the id" in (await world.get("/alerts/a1b2", 400))["detail"]

"""The other resources: articles, stories, rules, feeds, subscriptions, silences, verdicts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest
from apiworld import World
from builders import NOW, alert, article, feed, match, report, span, subscription

from monitor.health import HEARTBEAT
from monitor.model import Because, FeedState, Level, NearMiss, Verdict
from monitor.storage import articles, feeds, matches, service, subscriptions

LAUNCH = alert()
HOUR = dt.timedelta(hours=1)


async def posted(world: World, path: str, status: int = 201, **body: object) -> Any:
    answer = await world.client.post(f"/api/v1{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


# --- articles and stories ----------------------------------------------------------------------------


async def test_an_article_is_shown_with_what_held_and_what_nearly_did(world: World) -> None:
    told = article()
    miss = NearMiss(rule="other", because=Because.PLANNED, sentence=span("North Korea"))
    world.save(LAUNCH)
    with world.app.parts.database.write() as conn:
        articles.add(conn, [told])
        verdict = Verdict(matches=(match(),), near_misses=(miss,))
        matches.add(conn, {told.id: verdict}, alert_ids={(told.id, match().rule): LAUNCH.id}, now=NOW)
    found = await world.get(f"/articles/{told.id}")
    assert found["alerts"] == [LAUNCH.id]
    assert [(each["rule"], each["score"]) for each in found["matches"]] == [("dprk-missile-launch", 0.9)]
    assert [(each["rule"], each["because"]) for each in found["near_misses"]] == [("other", "planned")]
    assert "text" not in found
    await world.get("/articles/none", 404)


async def test_articles_are_listed_page_by_page(world: World) -> None:
    with world.app.parts.database.write() as conn:
        articles.add(conn, [article(key=str(at), fetched=NOW - at * HOUR) for at in range(5)])
        articles.add(conn, [article(key="x", feed="other")])
    page = await world.get("/articles", feed="yonhap-nk", limit=3, since="3h")
    rest = await world.get("/articles", feed="yonhap-nk", limit=3, since="3h", after=page["next"])
    assert (len(page["items"]), len(rest["items"]), rest["next"]) == (3, 1, None)
    await world.get("/articles", 400, after="nonsense")


async def test_copies_of_one_text_are_one_story(world: World) -> None:
    copy = report(article="copy", publisher="Kyodo")
    other = "Pyongyang lofted a rocket over the strait, the coast guard in Tokyo reported on Thursday."
    voice = report(article="voice", publisher="NHK", sentence=span(other, within=other))
    world.save(alert(reports=(report(), copy, voice)))
    found = (await world.get("/stories"))["items"]
    assert [[each["publisher"] for each in story["articles"]] for story in found] == [
        ["Yonhap", "Kyodo"],
        ["NHK"],
    ]
    assert {story["alert"] for story in found} == {LAUNCH.id}


async def test_alerts_are_counted_by_what_they_bear(world: World) -> None:
    world.save(LAUNCH, alert(id="b" * 16, level=Level.LOW, actors=("china",)))
    found = await world.get("/alerts/facets")
    assert (found["total"], found["levels"], found["months"]) == (2, {"high": 1, "low": 1}, {"2026-03": 2})
    assert (await world.get("/alerts/facets", actor="china"))["total"] == 1


# --- rules and feeds ---------------------------------------------------------------------------------


async def test_every_rule_is_shown_with_its_file_and_how_well_it_does(world: World) -> None:
    listed = (await world.get("/rules"))["items"]
    assert {each["id"] for each in listed} >= {rule.id for rule in world.app.parts.over_time}
    for each in listed:
        assert f"id: {each['id']}" in (await world.get(f"/rules/{each['id']}"))["text"]
    world.save(alert(rules=(listed[0]["id"],)))
    await posted(world, f"/alerts/{LAUNCH.id}/verdicts", opinion="true")
    found = await world.get(f"/rules/{listed[0]['id']}")
    assert (found["verdicts"]["precision"], found["alert_count"]) == (1.0, 1)
    await world.get("/rules/none", 404)


async def test_a_feed_shows_how_it_fares_and_no_key(world: World) -> None:
    with world.app.parts.database.write() as conn:
        wire = feeds.all(conn)[0]
        feeds.add(conn, feed(id="b", url="https://me:hush@b.example/rss?key=hush"), now=NOW)
        failed = "https://me:hush@b.example/rss?key=hush: status 500"
        feeds.save_state(conn, FeedState(feed="b", failures=2, last_polled=NOW, error=failed))
    found = {each["id"]: each for each in (await world.get("/feeds"))["items"]}
    assert (found[wire.id]["state"], found["b"]["state"]) == ("new", "failing")
    assert found["b"]["url"] == "https://b.example/rss?…"
    assert "hush" not in str(found)
    assert (await world.get("/feeds/b"))["failures"] == 2
    await world.get("/feeds/none", 404)


async def test_health_says_what_is_wrong(world: World) -> None:
    assert (await world.get("/health"))["faults"] == {"scheduler": "never ran"}
    with world.app.parts.database.write() as conn:
        service.beat(conn, HEARTBEAT, now=NOW)
    found = await world.get("/health")
    assert (found["ok"], found["feeds"]) == (True, {"new": 1})


async def test_subscriptions_are_shown_without_addresses(world: World) -> None:
    with world.app.parts.database.write() as conn:
        subscriptions.add(conn, subscription(target="kim@example.org"))
        subscriptions.add(conn, subscription(id="hook", target="https://hooks.example/T0/secret"))
    told = await world.get("/subscriptions")
    assert {each["id"]: each["target"] for each in told["items"]} == {
        "everyone": "",
        "desk": "k…@example.org",
        "hook": "https://hooks.example/…",
    }
    assert (await world.get("/subscriptions/desk"))["min_level"] == "informational"
    await world.get("/subscriptions/none", 404)


# --- silences, verdicts ------------------------------------------------------------------------------


async def test_a_silence_is_tried_made_and_lifted(world: World) -> None:
    world.save(LAUNCH, alert(id="b" * 16, level=Level.CRITICAL))
    wish: dict[str, Any] = {"reason": "drills", "until": "2h", "rules": ["dprk-missile-launch"]}
    tried = await posted(world, "/silences/preview", 200, **wish)
    assert (tried["count"], [each["id"] for each in tried["alerts"]]) == (1, [LAUNCH.id])
    assert (await world.get("/silences"))["items"] == []
    made = await posted(world, "/silences", **wish)
    assert (await world.get("/silences"))["items"] == [made]
    assert (made["author"], made["until"]) == ("local", "2026-03-12T01:00:00Z")
    assert (await world.client.delete(f"/api/v1/silences/{made['id']}")).json()[
        "until"
    ] == "2026-03-11T23:00:00Z"
    assert (await world.get("/silences"))["items"] == []
    assert len((await world.get("/silences", over="true"))["items"]) == 1
    assert (await world.client.delete(f"/api/v1/silences/{made['id']}")).status_code == 409


@pytest.mark.fault("AP06")
async def test_a_silence_asked_for_twice_under_one_key_is_made_once(world: World) -> None:
    wish = {"reason": "drills", "until": "2h", "rules": ["dprk-missile-launch"]}

    async def asked(key: str, **changed: object) -> httpx.Response:
        headers = {"Idempotency-Key": key}
        return await world.client.post("/api/v1/silences", json=wish | changed, headers=headers)

    made = (await asked("one")).json()
    assert (await asked("one")).json() == made
    assert (await asked("one", reason="other drills")).status_code == 409
    assert (await asked("two")).json()["id"] != made["id"]
    assert len((await world.get("/silences"))["items"]) == 2


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"reason": "drills", "until": "2h"}, 400),
        ({"reason": "drills", "until": "yesterday", "everything": True}, 400),
        ({"reason": "", "until": "2h", "everything": True}, 422),
        ({"reason": "drills", "until": "2h", "rule": "a"}, 422),
    ],
)
async def test_a_silence_must_say_what_it_is_about(world: World, wish: dict[str, Any], status: int) -> None:
    assert (await posted(world, "/silences", status, **wish))["detail"]


async def test_a_verdict_is_the_latest_word_of_its_analyst(world: World) -> None:
    world.save(LAUNCH)
    assert (await posted(world, f"/alerts/{LAUNCH.id}/verdicts", opinion="true"))["analyst"] == "local"
    said = await posted(
        world, f"/alerts/{LAUNCH.id}/verdicts", opinion="false", analyst="Ryu", note="A drill."
    )
    assert said == {"analyst": "Ryu", "opinion": "false", "given": "2026-03-11T23:00:00Z", "note": "A drill."}
    assert len((await world.get(f"/alerts/{LAUNCH.id}"))["verdicts"]) == 2
    await posted(world, f"/alerts/{LAUNCH.id}/verdicts", 422, opinion="maybe")
    await posted(world, "/alerts/ffff/verdicts", 404, opinion="true")


async def test_a_get_changes_nothing(world: World) -> None:
    for path in ("/silences/preview", f"/alerts/{LAUNCH.id}/verdicts"):
        answer: httpx.Response = await world.client.get(f"/api/v1{path}")
        assert answer.status_code in {404, 405}
        assert answer.headers["content-type"] == "application/problem+json"


async def test_what_cannot_be_done_says_what_can(world: World) -> None:
    answer = await world.client.put("/api/v1/silences", json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert (await world.client.post("/api/v1/health", json={})).headers["allow"] == "GET, HEAD"
    assert (await world.client.get("/api/v1/silences/preview")).headers["allow"] == "POST"

"""`/metrics` as Prometheus reads it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from builders import NOW, alert, article, delivery
from pages import ADDRESS, World, open_world
from prometheus_client.parser import text_string_to_metric_families

from monitor.health import HEARTBEAT
from monitor.model import FeedState, Level
from monitor.storage import alerts, articles, deliveries, feeds, rule_sets, service

Figures = dict[str, dict[tuple[str, ...], float]]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        yield opened


async def figures(world: World) -> Figures:
    answer = await world.client.get("/metrics", headers=world.token("read"))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found: Figures = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


async def test_every_figure_is_there(tmp_path: Path, empty_url: str) -> None:
    async with open_world(tmp_path, url=empty_url) as world:
        told = delivery(created=NOW - dt.timedelta(minutes=2))
        with world.app.parts.database.write() as conn:
            articles.add(conn, [article(fetched=NOW - dt.timedelta(minutes=5))])
            alerts.save(conn, alert())
            deliveries.enqueue(conn, [told])
            feeds.save_state(conn, FeedState(feed="a", failures=2, last_polled=NOW))
            rule_sets.enter(conn, {"launch": "1a"}, text_of=lambda _: "", now=NOW)
            service.beat(conn, HEARTBEAT, now=NOW - dt.timedelta(seconds=7))
            service.beat(conn, "rules", now=NOW, fault="x.yml:1:1: broken")
        await world.app.poll()  # the address is none
        found = await figures(world)
    assert found["bongsu_polls_total"] == {("good",): 0, ("failed",): 1}
    assert found["bongsu_articles"] == {(): 1}
    assert found["bongsu_matches"] == {(): 0}
    assert found["bongsu_alerts"] == {(str(level),): int(level is Level.HIGH) for level in Level}
    assert found["bongsu_deliveries"][told.channel, "pending"] == 1
    assert sum(found["bongsu_deliveries"].values()) == 1
    assert found["bongsu_deliveries"]["mail", "dead"] == 0
    assert found["bongsu_queue_depth"] == {("articles",): 1, ("deliveries",): 1}
    assert found["bongsu_queue_oldest_age_seconds"] == {("articles",): 300, ("deliveries",): 120}
    assert found["bongsu_feeds"] == {("well",): 0, ("failing",): 1, ("new",): 0, ("paused",): 0}
    assert found["bongsu_rules"] == {(): 1}
    assert found["bongsu_rules_last_reload_successful"] == {(): 0}
    assert found["bongsu_rules_last_reload_timestamp_seconds"] == {(): NOW.timestamp()}
    assert found["bongsu_last_tick_age_seconds"] == {(): 7}
    ((revision,),) = found["bongsu_rule_set_info"]
    assert re.fullmatch("[0-9a-f]{12}", revision)


async def test_no_person_and_no_secret_is_named(world: World) -> None:
    with world.app.parts.database.write() as conn:
        alerts.save(conn, alert())
        deliveries.enqueue(conn, [delivery(target="sue@example.org")])
    await world.sign_in("kim@example.org")
    text = (await world.client.get("/metrics")).text
    assert "bongsu_deliveries" in text
    for secret in ("@", "http", ADDRESS, world.site.key, "127.0.0.1", "a.example"):
        assert secret not in text


async def test_names_follow_the_conventions(world: World) -> None:
    text = (await world.client.get("/metrics", headers=world.token("read"))).text
    for family in text_string_to_metric_families(text):
        assert re.fullmatch(r"bongsu_[a-z_]+", family.name)
        assert family.documentation.endswith(".")
        if family.type == "counter":
            assert all(sample.name.endswith("_total") for sample in family.samples)
        assert not re.search("_(ms|minutes|hours|days)$", family.name)


async def test_openmetrics_is_spoken_where_it_is_asked_for(world: World) -> None:
    accept = {"accept": "application/openmetrics-text; version=1.0.0"}
    answer = await world.client.get("/metrics", headers={**world.token("read"), **accept})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


@pytest.mark.fault("OP11")
async def test_they_are_not_for_everybody(world: World) -> None:
    assert (await world.client.get("/metrics")).status_code == 401


async def test_on_this_machine_they_need_no_token(tmp_path: Path) -> None:
    async with open_world(tmp_path, web={}) as world:
        assert (await world.client.get("/metrics")).status_code == 200
        passed_on = await world.client.get("/metrics", headers={"x-forwarded-for": "192.0.2.7"})
        assert (passed_on.status_code, "monitor tokens add" in passed_on.text) == (403, True)

"""What `monitor doctor` says of each part, and how to mend it."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from builders import NOW, alert, article, delivery
from httpserver import HttpServer, answer, http_server
from mailserver import mail_server
from postgres import Postgres

from monitor.checkup import examine
from monitor.config import Config
from monitor.demo.loopback import listen, port_of
from monitor.health import Finding
from monitor.history import open_database
from monitor.model import FeedState
from monitor.storage import alerts, articles, deliveries, feeds, setbacks, webpages

pytestmark = pytest.mark.model
FEED = {"id": "wire", "name": "Wire", "publisher": "Wire"}


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with http_server() as running:
        yield running


def config(folder: Path, **tables: Any) -> Config:
    values = {"poll": {"allow_networks": ["127.0.0.1/32"]}, **tables}
    return Config.model_validate(values, context={"folder": folder})


async def findings(settings: Config) -> dict[str, Finding]:
    return {finding.part: finding for finding in await examine(settings, now=NOW)}


def ok(found: dict[str, Finding]) -> set[str]:
    return {part for part, finding in found.items() if finding.ok}


async def test_pages_that_cannot_be_read_are_told_for_each_feed_that_asks_for_them(tmp_path: Path) -> None:
    wires = [
        {**FEED, "id": name, "url": f"http://127.0.0.1/{name}", "full_text": True} for name in ("a", "b")
    ]
    settings = config(tmp_path, feeds=wires)
    stored = [article(feed=feed, key=str(at)) for feed in ("a", "b") for at in range(2)]
    with open_database(settings, now=NOW) as database, database.write() as conn:
        articles.add(conn, stored)
        webpages.want(conn, [each.id for each in stored], until=NOW)
        webpages.settle(conn, [each.id for each in stored if each.feed == "a"], why="a wall", now=NOW)
        webpages.settle(conn, [stored[2].id], why="a wall", now=NOW)
        webpages.read(conn, stored[3], now=NOW)
    found = (await findings(settings))["full text"]
    assert (found.ok, found.said) == (False, "1 of 4 pages read within a day; none of a")


async def test_a_fresh_installation_is_well(tmp_path: Path) -> None:
    found = await findings(config(tmp_path))
    parts = [
        "config",
        "rules",
        "model",
        "database",
        "feeds",
        "articles",
        "deliveries",
        "latency",
        "pages",
        "channel console",
        "clock",
    ]
    assert list(found) == parts
    assert ok(found) == set(parts)


async def test_what_is_not_well_is_told_with_what_to_do(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{closed_port()}/feed.xml"
    settings = config(tmp_path, feeds=[{**FEED, "url": nobody}])
    dead, unread = delivery(), article()
    with open_database(settings, now=NOW) as database, database.write() as conn:
        feeds.save_state(conn, FeedState(feed="wire", failures=3, error="HTTP 500", last_polled=NOW))
        articles.add(conn, [unread])
        setbacks.add(conn, unread, "cannot be read", now=NOW)
        articles.mark_analysed(conn, [unread], now=NOW)
        alerts.save(conn, alert())
        deliveries.enqueue(conn, [dead])
        deliveries.mark_dead(conn, dead, error="no such address")
    found = await findings(settings)
    assert ok(found) == {"config", "rules", "model", "database", "latency", "pages", "channel console"}
    assert found["feeds"].said == "0 of 1 well; failing: wire"
    assert found["feeds"].mend == "`monitor feeds list` says why"
    assert found["articles"].said == f"1 set aside, the last: {unread.id} cannot be read"
    assert found["deliveries"].said == "1 given up, the last: no such address"
    assert found["deliveries"].mend == "mend the channel, then `monitor deliveries retry --all`"
    assert "may it reach the web?" in found["network and clock"].mend


@pytest.mark.fault("RU21")
async def test_rules_a_model_and_a_database_that_cannot_be_used_hide_no_other_part(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.yml").write_text("id: mine\n")
    (tmp_path / "file").write_text("")
    found = await findings(
        config(tmp_path, analysis={"model": "absent"}, storage={"url": "sqlite:///file/monitor.db"})
    )
    assert ok(found) == {"config", "channel console", "clock"}
    assert found["rules"].mend == "`monitor rules check` lists every mistake"
    assert "absent" in found["model"].said


async def test_a_subscription_to_what_no_rule_knows_is_told(tmp_path: Path) -> None:
    wish = {"id": "desk", "channel": "console", "rules": ["dprk-missile-lunch"], "places": ["atlantis"]}
    found = await findings(config(tmp_path, subscriptions=[wish]))
    assert "desk: no rule is called 'dprk-missile-lunch'; did you mean" in found["rules"].said
    assert "desk: no place is called 'atlantis'" in found["rules"].said
    assert found["rules"].mend == "look at [[subscriptions]] in the config"


async def test_an_escalation_that_leads_to_nobody_is_told(tmp_path: Path) -> None:
    wishes = [
        {"id": "desk", "channel": "console", "escalate_to": "chief"},
        {"id": "night", "channel": "console", "escalate_to": "away"},
        {"id": "away", "channel": "console", "paused": True, "escalate_to": "nobody"},
    ]
    found = await findings(config(tmp_path, subscriptions=wishes))
    said = "desk escalates to chief, which is none; night escalates to away, which is paused"
    assert found["subscriptions"].said == said
    assert "subscriptions" not in await findings(config(tmp_path / "other", subscriptions=wishes[2:]))


@pytest.mark.xdist_group("postgresql")
async def test_jobs_that_no_worker_does_are_told(postgres: Postgres, tmp_path: Path) -> None:
    with postgres.database(migrated=True) as url:
        settings = config(tmp_path, storage={"url": url})
        assert "jobs" not in await findings(settings)
        with open_database(settings, now=NOW, jobs=True) as database, database.write() as conn:
            articles.add(conn, [article()])
        told = (await findings(settings))["jobs"]
    assert (told.ok, told.said) == (False, "1 to analyse; no worker")
    assert told.mend == "nobody does them: start `monitor worker`"


MAIL = {"kind": "email", "host": "127.0.0.1", "sender": "a@example.org", "security": "none"}


async def test_a_mail_server_is_logged_in_to_and_sent_nothing(tmp_path: Path) -> None:
    async with mail_server() as server:
        at = {**MAIL, "port": server.port}
        account = {**at, "username": "desk", "password": "right"}
        found = await findings(config(tmp_path, channels={"open": at, "mail": account}))
    assert ok(found) >= {"channel open", "channel mail"}
    assert found["channel mail"].said.startswith(f"127.0.0.1:{server.port} lets desk in")
    assert (server.logins, server.seen) == ([("desk", "right")], [])


async def test_a_mail_server_that_takes_no_mail_of_ours_is_told(tmp_path: Path) -> None:
    async with mail_server() as server:
        at = {**MAIL, "port": server.port}
        channels = {
            "gone": {**MAIL, "port": closed_port()},
            "password": {**at, "username": "desk", "password": "wr0ng"},
            "clear": {**at, "security": "starttls"},
        }
        found = await findings(config(tmp_path, channels=channels))
    told = {name: found[f"channel {name}"] for name in channels}
    assert not any(each.ok for each in told.values())
    assert "refuses username and password" in told["password"].said
    assert "STARTTLS" in told["clear"].said
    assert told["gone"].mend == "look at [channels.gone] in the config"
    assert "wr0ng" not in "".join(each.said for each in told.values())


@pytest.mark.parametrize(
    ("said", "well", "expected"),
    [
        (b'{"ok": true, "user": "bongsu", "team": "Desk"}', True, "Slack knows the bot as bongsu of Desk"),
        (b'{"ok": false, "error": "invalid_auth"}', False, "Slack refuses the token: invalid_auth"),
        (b"<html>", False, "Slack refuses the token: HTTP 200"),
        (b"[]", False, "Slack refuses the token: no JSON"),
    ],
)
async def test_slack_is_asked_whether_it_knows_the_token(
    tmp_path: Path, server: HttpServer, said: bytes, expected: str, *, well: bool
) -> None:
    server.serve("/api/auth.test", answer(200, said))
    channel = {"kind": "slack", "token": "xoxb-hush", "api_url": server.url("/api/chat.postMessage")}
    found = (await findings(config(tmp_path, channels={"slack": channel})))["channel slack"]
    assert (found.ok, found.said) == (well, expected)
    (request,) = server.requests
    assert request.headers["authorization"] == "Bearer xoxb-hush"


@pytest.mark.parametrize(
    ("said", "well", "expected"),
    [
        (b'{"ok": true, "url": "wss://wss.example/?ticket=1"}', True, "hears its buttons"),
        (b'{"ok": false, "error": "not_allowed_token_type"}', False, "Slack refuses app_token"),
    ],
)
async def test_slack_is_asked_whether_it_lets_the_app_in(
    tmp_path: Path, server: HttpServer, said: bytes, expected: str, *, well: bool
) -> None:
    server.serve("/api/auth.test", answer(200, b'{"ok": true, "user": "bongsu", "team": "Desk"}'))
    server.serve("/api/apps.connections.open", answer(200, said))
    channel = {
        "kind": "slack",
        "token": "xoxb-hush",
        "app_token": "xapp-hush",
        "workspaces": ["T024BE7LD"],
        "people": {"U061F7AUR": "analyst"},
        "api_url": server.url("/api/chat.postMessage"),
    }
    found = (await findings(config(tmp_path, channels={"slack": channel})))["channel slack"]
    assert found.ok is well
    assert expected in found.said
    assert "hush" not in found.said


@pytest.mark.parametrize(
    ("date", "well", "said"),
    [
        (format_datetime(NOW + dt.timedelta(seconds=5), usegmt=True), True, "5 s apart from that of wire"),
        (format_datetime(NOW - dt.timedelta(hours=1), usegmt=True), False, "3600 s apart from that of wire"),
        ("soon", True, "2026-03-11 23:00:00 UTC; wire tells no time"),
    ],
)
async def test_the_clock_is_compared_with_that_of_a_publisher(
    tmp_path: Path, server: HttpServer, date: str, said: str, *, well: bool
) -> None:
    url = server.serve("/feed.xml", answer(200, date=date))
    gone = {**FEED, "id": "gone", "url": f"http://127.0.0.1:{closed_port()}/feed.xml"}
    found = await findings(config(tmp_path, feeds=[gone, {**FEED, "url": url}]))
    assert (found["clock"].ok, found["clock"].said) == (well, said)


def closed_port() -> int:
    """A port where nobody listens."""
    with listen() as listener:
        return port_of(listener)

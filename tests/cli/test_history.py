"""Commands on a database that holds something."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from builders import NOW, alert, delivery, feed, report, span
from commands import Monitor

from monitor import config
from monitor.exports.table import safe
from monitor.health import HEARTBEAT
from monitor.history import open_database, utc_now
from monitor.model import Decision, DeliveryState, Level, Reason
from monitor.storage import Database, alerts, deliveries, feeds, service
from monitor.storage.sole import sole

CONFIG = """\
[channels.hook]
kind = "webhook"
url = "https://example.org/hook"
secret = "hush"

[[feeds]]
id = "written"
url = "https://example.org/feed.xml"
name = "Written"
publisher = "Example"
"""
LAUNCH = alert()
OTHER = alert(
    id="b1b2c3d4e5f60718",
    keys=frozenset({"adiz|CN|*|2026-03-11"}),
    rules=("adiz-incursion",),
    titles=("Aircraft enter an air defence zone",),
    level=Level.LOW,
    actors=("china",),
    places=("taiwan-strait",),
    opened=NOW.replace(day=10),
    reports=(replace(report(), title="=HYPERLINK(1)", rules=("adiz-incursion",)),),
)
DEAD = delivery(state=DeliveryState.PENDING)


@pytest.fixture(autouse=True)
def filled(monitor: Monitor) -> None:
    """A config and a database in the working folder, with two alerts and a dead delivery."""
    del monitor
    Path("config.toml").write_text(CONFIG)
    with open_database(config.load(Path("config.toml")), now=NOW) as database, database.write() as conn:
        for each in (LAUNCH, OTHER):
            alerts.save(conn, each)
        held = Decision(alert=OTHER.id, revision=1, subscription="everyone", reason=Reason.FILTERED)
        deliveries.refuse(conn, [held], now=NOW)
        deliveries.enqueue(conn, [DEAD])
        deliveries.mark_dead(conn, DEAD, error="no such host")


def ids(rows: list[dict[str, str]]) -> list[str]:
    return [row["id"] for row in rows]


def test_alerts_are_listed_newest_first(monitor: Monitor) -> None:
    assert ids(monitor("alerts", "list", "--json").json) == [LAUNCH.id, OTHER.id]
    assert LAUNCH.id[:8] in monitor("alerts", "list").out


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--rule", "adiz-incursion"], [OTHER.id]),
        (["--level", "high"], [LAUNCH.id]),
        (["--actor", "china"], [OTHER.id]),
        (["--place", "sunan"], [LAUNCH.id]),
        (["--text", "hyperlink"], [OTHER.id]),
        (["--since", "2026-03-11"], [LAUNCH.id]),
        (["--until", "2026-03-11T00:00+00:00"], [OTHER.id]),
        (["--since", "1h"], []),
        (["--limit", "1"], [LAUNCH.id]),
    ],
)
def test_alerts_are_filtered(monitor: Monitor, words: list[str], found: list[str]) -> None:
    assert ids(monitor("alerts", "list", "--json", *words).json) == found


@pytest.mark.parametrize(
    "words", [["--level", "top"], ["--since", "soon"], ["--until", "2026-13-01"], ["--limit", "0"]]
)
def test_a_filter_that_cannot_be_is_wrong_usage(monitor: Monitor, words: list[str]) -> None:
    assert monitor("alerts", "list", *words).status == 2


def test_alerts_are_searched_by_their_words(monitor: Monitor) -> None:
    assert ids(monitor("alerts", "search", "BALLISTIC missiles", "--level", "high", "--json").json) == [
        LAUNCH.id
    ]
    assert monitor("alerts", "search", "nothing of the kind").out == "No alerts.\n"


def test_one_alert_is_shown_by_the_beginning_of_its_id_with_who_was_told(monitor: Monitor) -> None:
    answer = monitor("alerts", "show", OTHER.id[:4])
    assert answer.status == 0
    for said in (OTHER.id, "adiz-incursion", OTHER.reports[0].sentence.text, "everyone", "filtered"):
        assert said in answer.out
    assert monitor("alerts", "show", OTHER.id, "--json").json["decisions"][0]["reason"] == "filtered"


def test_an_alert_that_is_not_there_is_wrong_usage(monitor: Monitor) -> None:
    answer = monitor("alerts", "show", "ffff")
    assert (answer.status, "there is no alert ffff" in answer.err) == (2, True)


@pytest.mark.fault("WB19")
def test_the_history_is_exported_as_csv_that_no_spreadsheet_runs(monitor: Monitor) -> None:
    answer = monitor("alerts", "export", "--format", "csv", "-o", "out.csv")
    assert (answer.status, answer.out) == (0, "")
    rows = list(csv.DictReader(io.StringIO(Path("out.csv").read_text(encoding="utf-8"), newline="")))
    assert ids(rows) == [LAUNCH.id, OTHER.id]
    assert rows[1]["title"] == "'=HYPERLINK(1)"
    assert rows[0]["count_min"] == "2"
    assert all(row["sentence"] for row in rows)


@pytest.mark.fault("WB19")
@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "  =1", "\u3000=1"])
def test_what_could_be_a_formula_gets_a_quote_mark(value: str) -> None:
    assert safe(value) == f"'{value}"


def test_an_export_that_cannot_be_written_is_said_so(monitor: Monitor) -> None:
    answer = monitor("alerts", "export", "-o", "no/such/folder.json")
    assert (answer.status, "cannot write" in answer.err) == (2, True)


def test_deliveries_are_listed_and_brought_back(monitor: Monitor) -> None:
    (dead,) = monitor("deliveries", "list", "--state", "dead", "--json").json
    assert dead["error"] == "no such host"
    assert monitor("deliveries", "retry").status == 2
    assert monitor("deliveries", "retry", dead["id"]).out == "1 brought back.\n"
    assert monitor("deliveries", "list", "--state", "dead").out == "No deliveries.\n"
    assert monitor("deliveries", "retry", "--all").out == "None was given up.\n"
    assert monitor("deliveries", "retry", dead["id"]).status == 2


def test_a_subscription_is_added_shown_paused_and_removed(monitor: Monitor) -> None:
    rules = ["adiz-incursion", "dprk-missile-launch"]
    chosen = ("--rule", rules[0], "--rule", rules[1])
    words = ("--channel", "hook", *chosen, "--min-level", "high", "--text", "ICBM")
    assert monitor("subscriptions", "add", "team", *words).status == 0
    shown = monitor("subscriptions", "show", "team", "--json").json
    assert (shown["rules"], shown["min_level"], shown["text"]) == (rules, "high", "ICBM")
    assert shown["from_config"] is False
    assert "hook" in monitor("subscriptions", "show", "team").out
    assert monitor("subscriptions", "pause", "team").status == 0
    assert monitor("subscriptions", "show", "team", "--json").json["paused"] is True
    assert monitor("subscriptions", "pause", "team", "--resume").status == 0
    assert monitor("subscriptions", "show", "team", "--json").json["paused"] is False
    assert monitor("subscriptions", "remove", "team").status == 0
    assert ids(monitor("subscriptions", "list", "--json").json) == ["everyone"]


@pytest.mark.parametrize(
    "words",
    [
        ["add", "everyone", "--channel", "console"],
        ["add", "Team A", "--channel", "console"],
        ["add", "team", "--channel", "nope"],
        ["add", "team", "--channel", "console", "--min-level", "top"],
        ["show", "nobody"],
        ["remove", "nobody"],
        ["remove", "everyone"],
        ["pause", "everyone"],
    ],
)
def test_subscriptions_of_the_config_and_wrong_words_are_refused(monitor: Monitor, words: list[str]) -> None:
    answer = monitor("subscriptions", *words)
    assert (answer.status, answer.err != "") == (2, True)


def test_a_feed_is_added_listed_and_removed(monitor: Monitor) -> None:
    words = ("https://example.org/other.xml", "--id", "other", "--country", "KR", "--grade", "B")
    assert monitor("feeds", "add", *words).status == 0
    rows = {row["id"]: row for row in monitor("feeds", "list", "--json").json}
    assert (rows["other"]["grade"], rows["other"]["from_config"], rows["other"]["state"]) == (
        "B",
        False,
        "new",
    )
    assert rows["written"]["from_config"] is True
    assert "written" in monitor("feeds", "list").out
    assert monitor("feeds", "remove", "other").status == 0
    assert ids(monitor("feeds", "list", "--json").json) == ["written"]


@pytest.mark.parametrize(
    "words",
    [
        ["add", "https://example.org/feed.xml", "--id", "again"],
        ["add", "https://example.org/x.xml", "--id", "written"],
        ["add", "ftp://example.org/x.xml", "--id", "x"],
        ["add", "https://example.org/x.xml", "--id", "x", "--grade", "Z"],
        ["remove", "written"],
        ["remove", "nope"],
    ],
)
def test_feeds_of_the_config_and_wrong_words_are_refused(monitor: Monitor, words: list[str]) -> None:
    answer = monitor("feeds", *words)
    assert (answer.status, answer.err != "") == (2, True)


def test_a_feed_that_leaves_the_config_is_paused(monitor: Monitor) -> None:
    Path("config.toml").write_text("")
    (row,) = monitor("feeds", "list", "--json").json
    assert row["state"] == "paused"


def test_a_command_with_another_config_takes_no_feed_from_a_service_at_work(monitor: Monitor) -> None:
    """What is new in a config counts at once; what is gone from it, when the service is started anew."""
    Path("other.toml").write_text('[storage]\nurl = "sqlite:///data/monitor.db"\n')
    with sole(Database(f"sqlite:///{Path('data/monitor.db').resolve()}")):
        rows = monitor("feeds", "list", "-c", "other.toml", "--json").json
        told = monitor("subscriptions", "list", "-c", "other.toml", "--json").json
    assert [row["state"] for row in rows] == ["new"]
    assert not any(row["paused"] for row in told)
    (after,) = monitor("feeds", "list", "-c", "other.toml", "--json").json
    assert after["state"] == "paused"


def test_the_database_is_made_and_brought_up_to_date(monitor: Monitor) -> None:
    Path("fresh.toml").write_text('[storage]\nurl = "sqlite:///fresh.db"\n')
    assert "up to date" in monitor("db", "upgrade", "-c", "fresh.toml").out
    assert Path("fresh.db").exists()


def test_health_is_the_heartbeat(monitor: Monitor) -> None:
    never = monitor("doctor", "--health")
    assert (never.status, "never ran" in never.out) == (1, True)
    with open_database(config.load(Path("config.toml")), now=NOW) as database, database.write() as conn:
        service.beat(conn, HEARTBEAT, now=NOW)
    assert monitor("doctor", "--health").status == 1
    with open_database(config.load(Path("config.toml")), now=NOW) as database, database.write() as conn:
        service.beat(conn, HEARTBEAT, now=utc_now())
    assert monitor("doctor", "--health").status == 0


def test_feeds_added_by_a_command_survive_the_next_start(monitor: Monitor) -> None:
    settings = config.load(Path("config.toml"))
    with open_database(settings, now=NOW) as database, database.write() as conn:
        feeds.add(conn, feed(id="mine"), now=NOW)
    assert set(ids(monitor("feeds", "list", "--json").json)) == {"mine", "written"}


def test_a_delivery_is_brought_back_by_the_beginning_of_its_id(monitor: Monitor) -> None:
    answer = monitor("deliveries", "list")
    assert DEAD.id[:8] in answer.out
    assert f"{DEAD.id[:8]}: no such host" in answer.out
    assert monitor("deliveries", "retry", DEAD.id[:8]).out == "1 brought back.\n"


def test_what_feeds_write_steers_no_terminal(monitor: Monitor) -> None:
    hostile = "fired \x1b[2J\x1b]0;owned\x07 \u202emissiles"
    told = report(title=hostile, publisher=hostile, sentence=span(hostile, within=hostile), evidence=())
    with open_database(config.load(Path("config.toml")), now=NOW) as database, database.write() as conn:
        alerts.save(conn, replace(LAUNCH, reports=(told,)))
    for words in (["list"], ["search", "fired"], ["show", LAUNCH.id]):
        answer = monitor("alerts", *words)
        assert answer.status == 0
        assert not set("\x1b\x07\u202e") & set(answer.out)


def test_the_history_is_shown_though_the_rules_are_broken(monitor: Monitor) -> None:
    Path("rules").mkdir()
    Path("rules/mine.yml").write_text("id: mine\n")
    assert LAUNCH.id[:8] in monitor("alerts", "list").out


def test_an_alert_is_shown_by_its_first_lines_and_with_what_became_of_each_delivery(monitor: Monitor) -> None:
    lines = monitor("alerts", "show", LAUNCH.id).out.splitlines()
    assert lines[0].startswith("HIGH · occurred · North Korea fired 2 ")
    assert lines[1] == "Yonhap (1 report)"
    assert lines[2] == f"“{LAUNCH.reports[0].sentence.text}”"
    assert "opened     12 Mar 2026 08:00 KST (11 Mar 23:00 UTC)" in lines
    known = next(line for line in lines if line.startswith("known"))
    assert known == (
        "known      published 12 Mar 2026 07:52 KST (11 Mar 22:52 UTC), fetched 7 min later, alerted 60 s later"
    )
    assert any(line.startswith("desk") and "no: given up" in line for line in lines)
    assert lines[-1] == "desk: no such host"


def test_a_subscription_is_shown_with_its_feed_where_the_pages_have_an_address(monitor: Monitor) -> None:
    assert monitor("subscriptions", "show", "everyone", "--json").json["feed"] == ""
    config = Path("config.toml")
    config.write_text(f'{config.read_text(encoding="utf-8")}\n[web]\naddress = "https://b.example.org"\n')
    link = monitor("subscriptions", "show", "everyone", "--json").json["feed"]
    assert link.startswith("https://b.example.org/feed/")
    assert link.endswith(".atom")

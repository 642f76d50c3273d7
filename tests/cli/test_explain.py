"""`monitor rules explain`, on every form of text that it takes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import NOW, alert, article, delivery, report
from commands import Monitor

from monitor import config
from monitor.history import open_database
from monitor.model import Alert, Article, Decision, Reason
from monitor.storage import alerts, articles, deliveries

RULE = "dprk-missile-launch"
LAUNCH = "North Korea fired two short-range ballistic missiles toward the East Sea on Thursday, Seoul said."
PLAN = "North Korea may fire a ballistic missile, Seoul said."

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("rules")]


def said(monitor: Monitor, *words: str | Path) -> str:
    """What is told, each line without the strokes of its tree and without what a narrow screen breaks."""
    answer = monitor("rules", "explain", *words)
    assert answer.status == 0, answer.err
    return " ".join(answer.out.replace("│", " ").split())


def parts(told: Any) -> dict[str, bool]:
    return {part["role"]: part["holds"] for part in told["events"][0]["alternatives"][0]["parts"]}


# --- forms -------------------------------------------------------------------------------------------


def test_a_text_on_which_it_fires(monitor: Monitor) -> None:
    shown = said(monitor, RULE, LAUNCH)
    assert f"{RULE} fires" in shown
    assert "✓ actor $dprk: North Korea" in shown
    assert "not raised to critical" in shown
    assert "It fires at level high" in shown


def test_a_file_of_plain_text_under_a_title_of_a_day(monitor: Monitor) -> None:
    Path("news.txt").write_text("Residents took shelter.\n", encoding="utf-8")
    title = "North Korea launched a ballistic missile on 16 March 2022"
    shown = said(monitor, RULE, "news.txt", "--title", title, "--published", "2022-03-16")
    assert f"{RULE} fires" in shown


def test_a_file_with_one_json_line(monitor: Monitor) -> None:
    Path("news.jsonl").write_text(json.dumps({"id": "1", "title": LAUNCH, "published": "2026-03-12"}))
    assert f"{RULE} fires" in said(monitor, RULE, "news.jsonl")


@pytest.mark.parametrize("line", ['{"id": 1', '{"title": "no id"}'])
def test_a_file_whose_line_is_no_article_is_named_with_the_line(monitor: Monitor, line: str) -> None:
    Path("news.jsonl").write_text(line)
    answer = monitor("rules", "explain", RULE, "news.jsonl")
    assert (answer.status, "news.jsonl:1:" in answer.err) == (2, True)


def test_a_file_that_is_no_text_is_named(monitor: Monitor) -> None:
    Path("news.bin").write_bytes(b"\xff\xfe\x00")
    answer = monitor("rules", "explain", RULE, "news.bin")
    assert (answer.status, "cannot read news.bin" in answer.err) == (2, True)


# --- the history -------------------------------------------------------------------------------------


def store(*told: Article, raised: Alert | None = None) -> None:
    Path("config.toml").write_text("")
    with open_database(config.load(Path("config.toml")), now=NOW) as database, database.write() as conn:
        articles.add(conn, told)
        if raised:
            alerts.save(conn, raised)
            deliveries.enqueue(conn, [delivery(alert=raised.id)])
            refused = Decision(alert=raised.id, revision=1, subscription="everyone", reason=Reason.FILTERED)
            deliveries.refuse(conn, [refused], now=NOW)


@pytest.mark.parametrize("name", [article().id, alert().id[:5]])
def test_an_article_or_an_alert_of_the_history_says_who_was_told_and_why(monitor: Monitor, name: str) -> None:
    store(article(), raised=alert())
    shown = said(monitor, RULE, name)
    assert f"{RULE} fires" in shown
    assert "desk: pending, first (revision 1)" in shown
    assert "everyone: not sent, filtered (revision 1)" in shown


def test_an_article_is_told_with_the_alert_of_the_rule_in_question(monitor: Monitor) -> None:
    store(article(), raised=alert(rules=("adiz-incursion",), titles=("x",)))
    told = monitor("rules", "explain", RULE, article().id, "--json").json
    assert (told["fires"], told["level"], told["flips"], told["told"]) == (True, "high", None, [])
    assert parts(told) == {"status": True, "action": True, "actor": True, "object": True}


def test_of_an_alert_the_report_of_the_rule_is_explained(monitor: Monitor) -> None:
    other = article(key="2", title="Aircraft enter a zone", text="Nothing more was said.")
    reports = (replace(report(), article=other.id, rules=("adiz-incursion",)), report())
    store(article(), other, raised=alert(reports=reports))
    assert monitor("rules", "explain", RULE, alert().id, "--json").json["fires"]


def test_an_alert_whose_article_is_gone_says_so(monitor: Monitor) -> None:
    store(raised=alert())
    answer = monitor("rules", "explain", RULE, alert().id)
    assert (answer.status, "has no article that is still stored" in answer.err) == (2, True)


def test_a_single_word_that_nothing_is_called_is_wrong_usage(monitor: Monitor) -> None:
    answer = monitor("rules", "explain", RULE, "ffff")
    assert (answer.status, "no article and no alert" in answer.err) == (2, True)


@pytest.mark.parametrize(
    ("rule", "message"), [("no-such-rule", "there is no rule"), ("adiz-surge", "is a rule over time")]
)
def test_a_rule_that_judges_no_article_is_wrong_usage(monitor: Monitor, rule: str, message: str) -> None:
    answer = monitor("rules", "explain", rule, LAUNCH)
    assert (answer.status, message in answer.err) == (2, True)


# --- what stands in the way --------------------------------------------------------------------------


def test_a_guard_that_holds_is_named(monitor: Monitor) -> None:
    text = "North Korea fired a ballistic missile on Tuesday in the video game."
    shown = said(monitor, RULE, text)
    assert "silenced by the shared guard fiction" in shown
    assert "in the way stands the shared guard fiction" in shown


def test_without_an_event_each_alternative_says_which_words_are_missing(monitor: Monitor) -> None:
    shown = said(monitor, RULE, "The weather was fine in Seoul.")
    assert "no word of actor $dprk; action $missile-test" in shown
    assert "text: The weather was fine in Seoul." in shown


def test_a_retired_rule_says_that_it_judges_nothing(monitor: Monitor) -> None:
    Path("mine").mkdir()
    Path("mine/old.yml").write_text(
        "id: old\ntitle: Old\nlevel: low\nstatus: retired\nwhen: {actor: $dprk, action: $launch}\n"
    )
    shown = said(monitor, "old", LAUNCH, "--rules", "mine")
    assert "stays silent because it is retired" in shown
    assert "judges nothing" in shown


def test_what_a_page_wrote_cannot_steer_the_screen(monitor: Monitor) -> None:
    assert "\x1b" not in said(monitor, RULE, f"\x1b[31m{LAUNCH} [bold]")

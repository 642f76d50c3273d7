"""`monitor rules backtest`: what a change of rules gains and loses over an archive."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import Monitor
from rulefolder import RuleFolder

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("rules")]

RULE = """\
id: shots
title: North Korea fires something
level: high
when: {actor: $dprk, action: $launch, object: $missile}
"""
NEWS = [
    ("a", "2026-03-02", "North Korea fired a short-range missile on Monday, Seoul said."),
    ("b", "2026-03-10", "North Korea fired an ICBM on Tuesday, Seoul said."),
    ("c", "2026-03-11", "North Korea held a parade on Wednesday."),
]


@pytest.fixture
def folders(monitor: Monitor, tmp_path: Path) -> tuple[RuleFolder, RuleFolder]:
    """The rules of yesterday and those of today, and an archive, in the folder of the command line."""
    del monitor
    lines = [json.dumps({"id": key, "title": "", "text": text, "published": day}) for key, day, text in NEWS]
    Path("news.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = (RuleFolder(tmp_path / "before", lists=False), RuleFolder(tmp_path / "after", lists=False))
    for each in made:
        each.write("shots.yml", RULE)
    return made


@pytest.fixture
def narrower(folders: tuple[RuleFolder, RuleFolder]) -> None:
    folders[1].write("shots.yml", RULE.replace("$missile", "icbm"))


def test_the_same_rules_change_nothing(monitor: Monitor, folders: tuple[RuleFolder, RuleFolder]) -> None:
    assert folders
    answer = monitor(
        "rules", "backtest", "shots", "news.jsonl", "--rules", "after", "--against", "before", "--json"
    )
    assert answer.status == 0, answer.err
    told = answer.json
    assert (told["before"], told["after"]) == (2, 2)
    assert [told[part] for part in ("gained", "lost", "raised", "lowered", "weeks")] == [[]] * 5


@pytest.mark.usefixtures("narrower")
def test_a_narrower_rule_loses_alerts_each_with_its_sentence_and_week(monitor: Monitor) -> None:
    answer = monitor(
        "rules", "backtest", "shots", "news.jsonl", "--rules", "after", "--against", "before", "--json"
    )
    told = answer.json
    assert (told["before"], told["after"], told["gained"]) == (2, 1, [])
    assert [each["sentence"] for each in told["lost"]] == [NEWS[0][2]]
    assert told["weeks"] == [{"week": "2026-03-02", "gained": 0, "lost": 1}]


@pytest.mark.usefixtures("narrower")
def test_a_wider_rule_gains_what_the_narrower_one_lost(monitor: Monitor) -> None:
    answer = monitor(
        "rules", "backtest", "shots", "news.jsonl", "--rules", "before", "--against", "after", "--json"
    )
    assert [each["sentence"] for each in answer.json["gained"]] == [NEWS[0][2]]


def test_another_level_is_told_as_raised(monitor: Monitor, folders: tuple[RuleFolder, RuleFolder]) -> None:
    folders[1].write("shots.yml", RULE.replace("level: high", "level: critical"))
    answer = monitor(
        "rules", "backtest", "shots", "news.jsonl", "--rules", "after", "--against", "before", "--json"
    )
    assert [(each["from"], each["level"]) for each in answer.json["raised"]] == [("high", "critical")] * 2


@pytest.mark.usefixtures("narrower")
def test_it_can_fail_when_an_alert_is_lost_and_says_which(monitor: Monitor) -> None:
    words = (
        "rules",
        "backtest",
        "shots",
        "news.jsonl",
        "--rules",
        "after",
        "--against",
        "before",
        "--fail-on-lost",
    )
    answer = monitor(*words)
    assert answer.status == 1
    assert "1 lost" in answer.out
    assert "a short-range missile" in answer.out


OVER_TIME = """\
id: many-shots
title: North Korea fires again and again
kind: correlation
level: medium
count: {rule: shots, at_least: 2, within: 14}
"""


def test_a_rule_over_time_is_judged_by_what_the_rules_beneath_it_find(
    monitor: Monitor, folders: tuple[RuleFolder, RuleFolder]
) -> None:
    folders[1].write("many-shots.yml", OVER_TIME)
    answer = monitor(
        "rules", "backtest", "many-shots", "news.jsonl", "--rules", "after", "--against", "before", "--json"
    )
    (gained,) = answer.json["gained"]
    assert (gained["rules"], gained["date"]) == (["many-shots"], "2026-03-10")
    assert sorted(gained["articles"]) == ["a", "b"]
    assert (answer.json["before"], answer.json["lost"]) == (0, []), "the alerts beneath it were not asked for"


UNSEEN = """\
id: no-shots
title: Nothing is fired for long
kind: absence
level: medium
absent: {rule: shots, who: The gunner, days: 7, feeds: [yonhap]}
"""


def test_an_absence_in_a_silent_stretch_of_an_archive_is_held_and_said(
    monitor: Monitor, folders: tuple[RuleFolder, RuleFolder]
) -> None:
    folders[1].write("no-shots.yml", UNSEEN)
    with Path("news.jsonl").open("a", encoding="utf-8") as file:
        file.write(
            json.dumps({"id": "d", "title": "Rain in Seoul", "text": "", "published": "2026-03-25"}) + "\n"
        )
    words = ("rules", "backtest", "no-shots", "news.jsonl", "--rules", "after", "--against", "before")
    answer = monitor(*words, "--json").json
    assert (answer["gained"], [each["rule"] for each in answer["held"]]) == ([], ["no-shots"] * 2)
    assert "unknown whether unseen" in monitor(*words).out


@pytest.mark.usefixtures("narrower")
def test_an_archive_can_be_judged_from_a_day_on(monitor: Monitor) -> None:
    words = ("rules", "backtest", "shots", "news.jsonl", "--rules", "after", "--against", "before", "--json")
    assert len(monitor(*words, "--since", "2026-03-01").json["lost"]) == 1
    answer = monitor(*words, "--since", "2026-03-05").json
    assert (answer["before"], answer["lost"]) == (1, [])


def test_an_unknown_rule_and_two_archives_are_wrong_usage(
    monitor: Monitor, folders: tuple[RuleFolder, RuleFolder]
) -> None:
    assert folders
    unknown = monitor("rules", "backtest", "shot", "news.jsonl", "--rules", "after", "--against", "before")
    assert unknown.status == 2
    assert "shot" in unknown.err
    two = monitor(
        "rules", "backtest", "shots", "news.jsonl", "news.jsonl", "--rules", "after", "--against", "before"
    )
    assert two.status == 2


def test_messages_are_told_for_subscriptions_of_the_history_too(
    monitor: Monitor, folders: tuple[RuleFolder, RuleFolder]
) -> None:
    """An archive names nobody: who would have been told stands in the config, and is added by commands."""
    folders[1].write("shots.yml", RULE.replace("level: high", "level: critical"))
    Path("config.toml").write_text("", encoding="utf-8")
    for name, more in (("chief", ["--rule", "unsc-shielding"]), ("desk", ["--escalate-to", "chief"])):
        assert monitor("subscriptions", "add", name, "--channel", "console", *more).status == 0
    words = ("rules", "backtest", "shots", "news.jsonl", "--rules", "after", "--against", "before")
    told = monitor(*words, "--json").json["messages"]
    assert (told["desk"]["before"], told["desk"]["after"]) == (2, 2)
    assert told["chief"] == {
        "before": 0,
        "after": 2,
        "digests": {"before": 0, "after": 0},
        "escalated": {"before": 0, "after": 2},
        "silenced": {"before": 0, "after": 0},
    }
    assert "escalated" in monitor(*words).out

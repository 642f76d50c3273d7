from __future__ import annotations

from pathlib import Path

import pytest
from commands import Monitor

BROKEN = """\
id: my-rule
title: Mine
levle: high
level: hihg
when: {actor: $dprkk, action: $launch}
"""


@pytest.fixture
def broken() -> Path:
    folder = Path("mine")
    folder.mkdir()
    (folder / "my-rule.yml").write_text(BROKEN)
    return folder


def test_the_shipped_rules_are_listed(monitor: Monitor) -> None:
    rules = {rule["id"]: rule for rule in monitor("rules", "list", "--json").json}
    assert rules["dprk-missile-launch"]["level"] == "high"
    assert "dprk-missile-launch" in monitor("rules", "list").out


def test_the_shipped_rules_are_sound(monitor: Monitor) -> None:
    answer = monitor("rules", "check")
    assert (answer.status, "are sound" in answer.out) == (0, True)
    assert monitor("rules", "check", "--json").json == []


def test_every_mistake_is_reported_with_file_line_and_column(
    monitor: Monitor, tmp_path: Path, broken: Path
) -> None:
    del tmp_path  # the working folder
    answer = monitor("rules", "check", "--rules", broken)
    assert answer.status == 1
    assert f"{broken}/my-rule.yml:3:1" in answer.out
    assert f"{broken}/my-rule.yml:4:" in answer.out
    assert len(monitor("rules", "check", "--rules", broken, "--json").json) >= 2


def test_other_commands_refuse_broken_rules(monitor: Monitor, broken: Path) -> None:
    answer = monitor("rules", "list", "--rules", broken)
    assert (answer.status, "my-rule.yml:3:1" in answer.err) == (2, True)


@pytest.mark.model
def test_the_examples_of_a_rule_are_run(monitor: Monitor) -> None:
    answer = monitor("rules", "test", "dprk-missile-launch", "--json")
    assert {outcome["rule"] for outcome in answer.json} == {"dprk-missile-launch"}
    assert answer.status == int(any(outcome["wrong"] for outcome in answer.json))


def test_an_unknown_rule_is_wrong_usage(monitor: Monitor) -> None:
    answer = monitor("rules", "test", "nope")
    assert (answer.status, "there is no rule 'nope'" in answer.err) == (2, True)

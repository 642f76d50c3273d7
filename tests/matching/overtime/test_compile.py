"""Mistakes in rules over time, with file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulefolder import RuleFolder

HEAD = "id: gone\ntitle: Long gone\nlevel: high\n"
ABSENT = HEAD + "kind: absence\nabsent: {rule: launch, who: Nobody, days: 9, feeds: wire}\n"


@pytest.fixture
def folder(tmp_path: Path) -> RuleFolder:
    return RuleFolder(tmp_path / "rules")


def test_a_rule_over_time_stands_beside_the_event_rules(folder: RuleFolder) -> None:
    folder.write("gone.yml", ABSENT)
    pack = folder.load()
    assert ([rule.id for rule in pack.rules], [rule.id for rule in pack.over_time]) == (["launch"], ["gone"])


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (
            ABSENT.replace("rule: launch", "rule: lanch"),
            "gone.yml:5:10: there is no event rule 'lanch'; did you mean 'launch'?",
        ),
        (
            ABSENT.replace("days: 9", "dayz: 9, days: 9"),
            "gone.yml:5:37: unknown key 'dayz'; did you mean 'days'?",
        ),
        (
            ABSENT.replace("feeds: wire", "feeds: wire, holidays: feasts"),
            "gone.yml:5:59: there is no calendar 'feasts'",
        ),
        (
            HEAD + "kind: absence\n",
            "gone.yml:1:1: a rule of kind absence has the key 'absent' and no other form",
        ),
    ],
)
def test_a_mistake_is_shown_in_its_place(folder: RuleFolder, text: str, mistake: str) -> None:
    folder.write("gone.yml", text)
    assert folder.mistakes() == [mistake]


def test_a_day_that_does_not_exist_is_a_mistake(folder: RuleFolder) -> None:
    folder.write("calendars/feasts.yml", "calendar: feasts\nabout: x\nsource: x\ndays: [02-30]\n")
    assert folder.mistakes() == ["calendars/feasts.yml:4:8: there is no day 02-30"]

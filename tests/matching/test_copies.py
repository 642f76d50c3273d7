from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from rulefolder import LISTS, RuleFolder

from monitor.matching import copies, source
from monitor.matching.load import load_pack
from monitor.matching.overtime.compile import load_calendars


@pytest.fixture
def shipped(tmp_path: Path) -> RuleFolder:
    return RuleFolder(tmp_path / "shipped")


@pytest.fixture
def mine(shipped: RuleFolder, tmp_path: Path) -> Path:
    """A copy of the shipped rules, noted as such."""
    folder = tmp_path / "mine"
    shutil.copytree(shipped.path, folder)
    copies.note(folder, source.yaml_files(folder))
    return folder


def test_an_upgrade_reaches_a_copy_that_nobody_changed(shipped: RuleFolder, mine: Path) -> None:
    text = (shipped.path / "launch.yml").read_text()
    shipped.write("launch.yml", text.replace("level: high", "level: low"))
    (rule,) = load_pack([shipped.path, mine]).rules
    assert str(rule.level) == "low"


def test_an_edited_copy_takes_the_place_of_the_shipped_rule(shipped: RuleFolder, mine: Path) -> None:
    copy = mine / "launch.yml"
    copy.write_text(copy.read_text().replace("level: high", "level: critical"))
    (rule,) = load_pack([shipped.path, mine]).rules
    assert str(rule.level) == "critical"


def test_an_upgrade_reaches_a_copied_list_that_nobody_changed(shipped: RuleFolder, mine: Path) -> None:
    shipped.write("vocabulary/missiles.yml", LISTS["missiles"].replace("[ICBM]", "[ICBM, Hwasong-17]"))
    icbm = load_pack([shipped.path, mine]).vocabulary.entities["icbm"]
    assert "Hwasong-17" in {term.text for term in icbm.terms}


def test_an_edited_list_takes_the_place_of_the_shipped_one(shipped: RuleFolder, mine: Path) -> None:
    (mine / "vocabulary/missiles.yml").write_text(LISTS["missiles"].replace("[ICBM]", "[Hwasong-18]"))
    shipped.write("vocabulary/missiles.yml", LISTS["missiles"].replace("[ICBM]", "[ICBM, Hwasong-17]"))
    icbm = load_pack([shipped.path, mine]).vocabulary.entities["icbm"]
    assert not {"ICBM", "Hwasong-17"} & {term.text for term in icbm.terms}


def test_an_upgrade_reaches_a_copied_calendar_that_nobody_changed(shipped: RuleFolder, mine: Path) -> None:
    calendar = "calendar: votes\nabout: x\nsource: x\ndays: [2024-11-05]\n"
    shipped.write("calendars/votes.yml", calendar)
    (mine / "calendars").mkdir()
    (mine / "calendars/votes.yml").write_text(calendar)
    copies.note(mine, source.yaml_files(mine))
    shipped.write("calendars/votes.yml", calendar.replace("2024-11-05", "2028-11-07"))
    calendars, _ = load_calendars([shipped.path / "calendars", mine / "calendars"])
    assert calendars["votes"].days == frozenset({dt.date(2028, 11, 7)})


def test_a_damaged_ledger_only_means_that_all_copies_count(mine: Path) -> None:
    (mine / copies.LEDGER).write_bytes(b"\xff\xfe no digest\n\n")
    assert copies.unchanged(mine) == frozenset()


def test_a_folder_without_a_ledger_has_no_copies(tmp_path: Path) -> None:
    assert copies.unchanged(tmp_path) == frozenset()

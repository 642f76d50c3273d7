"""The rules in force: taken up when they change, never given up for a mistake."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest
from builders import NOW
from commands import run
from fakes import FakeClock, FakeReader
from rulefolder import RULE, RuleFolder

from monitor.app import App
from monitor.config import Config
from monitor.errors import RuleError
from monitor.history import open_database
from monitor.rulebook import RULES, Changes, enter, first_set, refuse
from monitor.storage import Database, rule_sets, service

LATER = NOW + dt.timedelta(days=3)
OWN = RULE.replace("id: launch", "id: mine").replace("level: high", "level: low")
BROKEN = OWN.replace("level: low", "level: lofty")


class Rules:
    """A shipped folder and one's own."""

    def __init__(self, path: Path) -> None:
        self.shipped = RuleFolder(path / "shipped")
        self.own = RuleFolder(path / "own", lists=False)

    @property
    def folders(self) -> list[Path]:
        return [self.shipped.path, self.own.path]


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    return Rules(tmp_path)


# --- which files changed -----------------------------------------------------------------------------


@pytest.mark.fault("RU02")
def test_a_changed_file_is_told_once_it_is_at_rest_and_once_only(rules: Rules) -> None:
    changes = Changes(rules.folders)
    assert not changes.seen()
    rules.own.write("mine.yml", OWN[:20])
    assert not changes.seen()
    rules.own.write("mine.yml", OWN)
    assert not changes.seen()
    assert changes.seen()
    assert not changes.seen()


def test_a_file_that_is_taken_away_is_a_change(rules: Rules) -> None:
    rules.own.write("mine.yml", OWN)
    changes = Changes(rules.folders)
    (rules.own.path / "mine.yml").unlink()
    assert [changes.seen(), changes.seen()] == [False, True]


def test_what_an_editor_leaves_beside_the_file_is_no_change(rules: Rules) -> None:
    changes = Changes(rules.folders)
    for name in (".mine.yml.swp", "#mine.yml#", "mine.yml~", ".#mine.yml"):
        rules.own.write(name, OWN)
    assert [changes.seen(), changes.seen()] == [False, False]


# --- the first set -----------------------------------------------------------------------------------


def test_a_service_starts_on_its_last_good_rules_when_a_file_has_a_mistake(
    rules: Rules, database: Database
) -> None:
    rules.own.write("desk/mine.yml", OWN)
    first_set(rules.folders, database, now=NOW)
    rules.own.write("desk/mine.yml", BROKEN)
    pack = first_set(rules.folders, database, now=LATER)
    assert [(rule.id, str(rule.level)) for rule in pack.rules] == [("launch", "high"), ("mine", "low")]
    with database.read() as conn:
        assert "mine.yml:3:" in service.faults(conn)[RULES]


def test_without_a_good_set_before_a_mistake_ends_the_start(rules: Rules, database: Database) -> None:
    rules.own.write("mine.yml", BROKEN)
    with pytest.raises(RuleError):
        first_set(rules.folders, database, now=NOW)


def test_a_good_set_takes_the_fault_away(rules: Rules, database: Database) -> None:
    pack = rules.shipped.load()
    with pytest.raises(RuleError) as caught:
        RuleFolder(rules.own.path / "bad").rule(BROKEN)
    refuse(database, caught.value, now=NOW)
    enter(pack, [rules.shipped.path], database, now=LATER)
    with database.read() as conn:
        assert service.faults(conn) == {}


# --- the history of a rule ---------------------------------------------------------------------------


@pytest.mark.fault("RU20")
def test_each_revision_is_kept_with_its_file_and_its_days_in_force(rules: Rules, database: Database) -> None:
    texts = [RULE, RULE.replace("high", "low"), RULE]
    for day, text in enumerate(texts):
        rules.shipped.write("launch.yml", text)
        enter(rules.shipped.load(), [rules.shipped.path], database, now=NOW + dt.timedelta(days=day))
    with database.read() as conn:
        kept = rule_sets.history(conn, "launch")
    days = [NOW + dt.timedelta(days=day) for day in range(3)]
    assert [(each.first, each.last, each.text) for each in kept] == [
        (days[0], days[1], texts[0]),
        (days[1], days[2], texts[1]),
        (days[2], None, texts[2]),
    ]
    assert kept[0].revision == kept[2].revision != kept[1].revision


def test_an_unchanged_rule_stays_in_force_since_its_first_day(rules: Rules, database: Database) -> None:
    pack = rules.shipped.load()
    for now in (NOW, LATER):
        enter(pack, [rules.shipped.path], database, now=now)
    with database.read() as conn:
        (kept,) = rule_sets.history(conn, "launch")
    assert (kept.first, kept.last) == (NOW, None)


def test_a_rule_that_is_taken_away_is_in_force_no_longer(rules: Rules, database: Database) -> None:
    rules.own.write("mine.yml", OWN)
    first_set(rules.folders, database, now=NOW)
    (rules.own.path / "mine.yml").unlink()
    first_set(rules.folders, database, now=LATER)
    with database.read() as conn:
        assert [each.last for each in rule_sets.history(conn, "mine")] == [LATER]


# --- the running service -----------------------------------------------------------------------------


@pytest.mark.fault("RU09")
async def test_a_running_service_takes_up_a_changed_rule_and_keeps_its_set_at_a_mistake(
    tmp_path: Path,
) -> None:
    own = RuleFolder(tmp_path / "rules", lists=False)
    own.write("mine.yml", _on_shipped_lists(OWN))
    config = Config.model_validate({}, context={"folder": tmp_path})
    async with App.open(config, clock=FakeClock(NOW), reader=lambda: FakeReader({}), channels={}) as app:
        assert await _level_after(app, own, _on_shipped_lists(BROKEN)) == "low"
        with app.parts.database.read() as conn:
            assert "mine.yml:3:" in service.faults(conn)[RULES]
        assert await _level_after(app, own, _on_shipped_lists(OWN.replace("low", "critical"))) == "critical"
        with app.parts.database.read() as conn:
            assert service.faults(conn) == {}


def _on_shipped_lists(rule: str) -> str:
    return rule.replace("$missiles", "$missile")


async def _level_after(app: App, own: RuleFolder, text: str) -> str:
    """The level of the rule once the service had time to see the new file."""
    own.write("mine.yml", text)
    for _ in range(3):
        await app.reload()
        await asyncio.sleep(0)
    found = (rule for rules in app.parts.rules.by_action.values() for rule in rules if rule.id == "mine")
    return str(next(found).level)


def test_the_history_of_a_rule_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = Config.model_validate({}, context={"folder": tmp_path})
    with open_database(config, now=NOW) as database:
        shipped = RuleFolder(tmp_path / "shipped")
        enter(shipped.load(), [shipped.path], database, now=NOW)
    (tmp_path / "config.toml").write_text("")
    (row,) = run("rules", "history", "launch", "--json").json
    assert (row["text"], row["last"]) == (RULE, None)
    assert row["revision"] in run("rules", "history", "launch").out
    assert "No service" in run("rules", "history", "none").out

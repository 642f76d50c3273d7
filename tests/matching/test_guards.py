from __future__ import annotations

from pathlib import Path

from rulefolder import RULE, RuleFolder

GUARDS = "guards:\n  sport:\n    about: x\n    unless: [{mentions: icbm}]\n  words:\n    unless: [{text: Hwasong}]\n"


def test_every_rule_has_the_guards(folder: RuleFolder) -> None:
    folder.write("guards.yml", GUARDS)
    (rule,) = folder.load().rules
    first, second = rule.unless
    assert first.mentions == {"icbm"}
    assert second.text == {"Hwasong"}


def test_a_rule_opts_out_of_one_by_name(folder: RuleFolder) -> None:
    folder.write("guards.yml", GUARDS)
    assert [guard.text for guard in folder.rule(RULE + "without: sport\n").unless] == [{"Hwasong"}]


def test_a_guard_that_a_rule_has_itself_is_there_once(folder: RuleFolder) -> None:
    folder.write("guards.yml", GUARDS)
    assert len(folder.rule(RULE + "unless: [{mentions: icbm}]\n").unless) == 2


def test_a_guard_changes_the_revision(folder: RuleFolder) -> None:
    before = folder.rule().revision
    folder.write("guards.yml", GUARDS)
    assert folder.rule().revision != before


def test_a_guard_of_a_later_folder_replaces_that_of_its_name(folder: RuleFolder, tmp_path: Path) -> None:
    folder.write("guards.yml", GUARDS)
    mine = RuleFolder(tmp_path / "mine", lists=False)
    mine.write(
        "guards.yml", "guards: {sport: {unless: [{mentions: srbm}]}, more: {unless: [{topic: srbm}]}}\n"
    )
    pack = folder.load(mine)
    assert list(pack.guards) == ["sport", "words", "more"]
    assert pack.rules[0].unless[0].mentions == {"srbm"}


def test_a_guard_that_is_none_is_a_mistake(folder: RuleFolder) -> None:
    folder.write("guards.yml", GUARDS)
    folder.write("launch.yml", RULE + "without: [spotr]\n")
    assert folder.mistakes() == ["launch.yml:8:11: no guard is called 'spotr'; did you mean 'sport'?"]

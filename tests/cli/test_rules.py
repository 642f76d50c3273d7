from __future__ import annotations

import json
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


@pytest.fixture
def sound() -> Path:
    folder = Path("mine")
    folder.mkdir()
    text = "id: my-rule\ntitle: Mine\nlevel: high\nunless:\n  - {mentions: $icbm, actor: $japan}\n"
    (folder / "my-rule.yml").write_text(text + "when: {actor: $china, action: $launch}\n")
    return folder


def test_the_shipped_rules_are_listed(monitor: Monitor) -> None:
    rules = {rule["id"]: rule for rule in monitor("rules", "list", "--json").json}
    assert rules["dprk-missile-launch"]["level"] == "high"
    assert "dprk-missile-launch" in monitor("rules", "list").out


def test_the_lists_that_know_a_word_are_told_with_their_kind(monitor: Monitor) -> None:
    found = {each["list"]: each for each in monitor("rules", "vocabulary", "Taipei", "--json").json}
    assert (found["$taiwan"]["kind"], found["$taiwan"]["holds"]["taiwan"]) == ("actor", "Taipei")
    assert "$taiwan-area" not in found
    assert "$taiwan" in monitor("rules", "vocabulary", "Taipei").out
    assert "No list knows 'Atlantis'" in monitor("rules", "vocabulary", "Atlantis").out


def test_the_list_of_a_thing_stands_before_those_that_know_longer_names(monitor: Monitor) -> None:
    listed = [each["list"] for each in monitor("rules", "vocabulary", "South", "Korea", "--json").json]
    assert listed[0] == "$rok"
    assert "$airspace" in listed
    assert monitor("rules", "vocabulary", "missile", "--json").json[0]["list"] == "$missile"


def test_the_vocabulary_is_shown_beside_a_rule_with_a_mistake(monitor: Monitor, broken: Path) -> None:
    answer = monitor("rules", "vocabulary", "--rules", broken, "--json")
    assert answer.status == 0
    assert {"$icbm", "$launch"} <= {each["list"] for each in answer.json}


def test_what_was_meant_is_of_the_kind_that_the_key_takes(monitor: Monitor, broken: Path) -> None:
    (broken / "other.yml").write_text("id: x\ntitle: Mine\nlevel: low\nwhen: {action: $carier}\n")
    said = monitor("rules", "check", "--rules", broken).out
    assert "'$carier' is no list or entry" in said
    assert "$carrier" not in said  # an object


def test_the_shipped_rules_are_sound(monitor: Monitor) -> None:
    answer = monitor("rules", "check")
    assert (answer.status, "are sound" in answer.out) == (0, True)
    assert monitor("rules", "check", "--json").json == {"mistakes": [], "advice": []}


def test_every_mistake_is_reported_with_file_line_and_column(
    monitor: Monitor, tmp_path: Path, broken: Path
) -> None:
    del tmp_path  # the working folder
    answer = monitor("rules", "check", "--rules", broken)
    assert answer.status == 1
    assert f"{broken}/my-rule.yml:3:1" in answer.out
    assert f"{broken}/my-rule.yml:4:" in answer.out
    assert len(monitor("rules", "check", "--rules", broken, "--json").json["mistakes"]) >= 2


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


# --- check --------------------------------------------------------------------------------------------


def test_a_mistake_is_shown_in_its_line_with_a_mark_and_what_was_meant(
    monitor: Monitor, broken: Path
) -> None:
    shown = monitor("rules", "check", "--rules", broken).out
    assert " 3 │ levle: high\n   │ ^^^^^ did you mean 'level'?\n" in shown
    assert shown.index("my-rule.yml:3:1") < shown.index("my-rule.yml:4:1")
    assert shown.endswith("3 mistakes in 1 file.\n")


def test_advice_does_not_fail_the_check(monitor: Monitor, sound: Path) -> None:
    answer = monitor("rules", "check", "--rules", sound)
    assert (answer.status, "advice: no example under `match`" in answer.out) == (0, True)
    told = monitor("rules", "check", "--rules", sound, "--json").json
    assert told["mistakes"] == []
    assert [each["what"] for each in told["advice"]] == ["no example under `match`"]


def test_the_shipped_files_are_advised_on_when_asked(monitor: Monitor) -> None:
    assert monitor("rules", "check", "--json").json["advice"] == []
    assert monitor("rules", "check", "--shipped", "--json").json["advice"]


def test_what_steers_a_terminal_is_not_passed_on(monitor: Monitor, broken: Path) -> None:
    (broken / "my-rule.yml").write_text("id: x\nlevle: 'a\x9b31mb'\n", encoding="utf-8")
    assert "\x9b" not in monitor("rules", "check", "--rules", broken).out


# --- schema -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "key"), [("rule", "when"), ("vocabulary", "entries"), ("guards", "guards")])
def test_the_schema_of_each_file_is_printed(monitor: Monitor, kind: str, key: str) -> None:
    told = monitor("rules", "schema", kind).json
    assert key in told["properties"]
    assert told["additionalProperties"] is False
    assert monitor("rules", "schema", kind, "-o", "x.json").status == 0
    assert json.loads(Path("x.json").read_text(encoding="utf-8")) == told


def test_in_the_schema_a_name_may_stand_alone_and_keys_are_those_people_write(monitor: Monitor) -> None:
    condition = monitor("rules", "schema").json["$defs"]["ConditionFile"]["properties"]
    assert {kind["type"] for kind in condition["actor"]["anyOf"]} == {"string", "array"}
    assert "with" in condition
    assert "together" not in condition


# --- new ----------------------------------------------------------------------------------------------

HEADLINES = """\
North Korea fires cruise missile into East Sea
Pyongyang launches two ballistic missiles

Pyongyang wobbled a zeppelin
"""


@pytest.mark.model
def test_a_rule_is_proposed_from_headlines_and_holds_on_its_examples(monitor: Monitor) -> None:
    Path("mine").mkdir()
    words = ("rules", "new", "my-launch", "--headlines", "-", "-o", "mine/my-launch.yml")
    answer = monitor(*words, stdin=HEADLINES)
    written = Path("mine/my-launch.yml").read_text(encoding="utf-8")
    assert "status: shadow" in written
    assert "  actor: $dprk\n  action: $launch\n  object: $missile\n" in written
    assert "In no list: wobbled, zeppelin" in answer.err
    assert "known_misses:\n    - {title: \"Pyongyang wobbled a zeppelin\", text: ''}" in written
    assert monitor("rules", "check", "--rules", "mine").status == 0
    assert monitor("rules", "test", "my-launch", "--rules", "mine").status == 0
    again = monitor(*words, stdin=HEADLINES)
    assert (again.status, "there is a rule 'my-launch'" in again.err or "is there already" in again.err) == (
        2,
        True,
    )


def test_a_rule_is_proposed_from_its_name(monitor: Monitor) -> None:
    answer = monitor("rules", "new", "china-drill", "--title", 'A "drill": x')
    assert "  actor: $china\n  action: $drill\n" in answer.out
    Path("mine").mkdir()
    Path("mine/x.yml").write_text(answer.out, encoding="utf-8")
    assert monitor("rules", "check", "--rules", "mine").status == 0


def test_names_in_capitals_stay_so_in_the_title_made_of_an_id(monitor: Monitor) -> None:
    assert '\ntitle: "DPRK launch of the US"\n' in monitor("rules", "new", "dprk-launch-of-the-us").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Bad Id",), "is no id"),
        (("dprk-missile-launch",), "there is a rule 'dprk-missile-launch' already"),
        (("nothing-known",), "give some headlines"),
        (("china-drill", "-o", "nowhere/x.yml"), "lies in no folder"),
        (("china-drill", "--headlines", "absent.txt"), "cannot read absent.txt"),
        (("china-drill", "--headlines", "-"), "holds no headline"),
    ],
)
def test_what_no_rule_can_be_made_of_is_told(monitor: Monitor, words: tuple[str, ...], said: str) -> None:
    answer = monitor("rules", "new", *words)
    assert (answer.status, said in answer.err) == (2, True)


# --- coverage -----------------------------------------------------------------------------------------


@pytest.mark.model
def test_what_nothing_ever_met_is_told(monitor: Monitor, sound: Path) -> None:
    Path("archive.jsonl").write_text('{"id": "1", "text": "China launched an ICBM on Tuesday."}\n')
    words = ("rules", "coverage", "my-rule", "--rules", sound, "--json")
    before = monitor(*words).json
    assert (before["examples"], before["articles"]) == (0, 0)
    assert [each["condition"] for each in before["conditions"]] == ["when", "unless.0"]
    after = monitor(*words, "--archive", "archive.jsonl").json
    assert [each["condition"] for each in after["conditions"]] == ["unless.0"]
    assert after["conditions"][0]["where"].endswith("my-rule.yml:5:5")
    assert "icbm" in {slug for slugs in before["entries"].values() for slug in slugs}
    assert "icbm" not in {slug for slugs in after["entries"].values() for slug in slugs}


# --- diff ---------------------------------------------------------------------------------------------


def test_what_was_changed_in_a_copy_is_told_in_meaning_and_in_text(monitor: Monitor) -> None:
    assert monitor("rules", "diff").out == "Nothing of yours overrides a shipped rule or list.\n"
    monitor("init", ".")
    assert monitor("rules", "diff").out == "Nothing of yours overrides a shipped rule or list.\n"
    copy = Path("rules/north-korea/dprk-missile-launch.yml")
    copy.write_text(
        copy.read_text(encoding="utf-8").replace("level: high", "level: low", 1), encoding="utf-8"
    )
    (told,) = monitor("rules", "diff", "--json").json
    assert (told["name"], told["pack"]["text"]) == ("dprk-missile-launch", "")
    assert told["own"]["meaning"] == ["level: high -> low"]
    assert "-level: high\n+level: low" in told["own"]["text"]
    assert "level: high -> low" in monitor("rules", "diff", "dprk-missile-launch").out


def test_without_the_copied_files_yours_is_shown_against_the_shipped(monitor: Monitor) -> None:
    monitor("init", ".")
    Path("rules/.shipped.zip").write_bytes(b"no zip")
    copy = Path("rules/vocabulary/topics/sport.yml")
    copy.write_text(copy.read_text(encoding="utf-8").replace("world cup", "world cups"), encoding="utf-8")
    (told,) = monitor("rules", "diff", "--json").json
    assert told["pack"] is None
    assert told["own"]["meaning"] == ["entries.sport.en: -world cup +world cups"]
    assert "What was copied is not known" in monitor("rules", "diff").out


def test_the_difference_of_what_overrides_nothing_is_wrong_usage(monitor: Monitor) -> None:
    answer = monitor("rules", "diff", "nope")
    assert (answer.status, "nothing of yours overrides 'nope'" in answer.err) == (2, True)

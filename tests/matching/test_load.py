from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rulefolder import LISTS, RULE, RuleFolder

from monitor.errors import RuleError
from monitor.model import Level, Need, Status


def test_a_rule_has_its_names_resolved(folder: RuleFolder) -> None:
    rule = folder.rule()
    (condition,) = rule.when
    assert (rule.id, rule.level, rule.status, rule.family) == ("launch", Level.HIGH, "stable", "launch")
    assert rule.group_by == ("actor", "date")
    assert condition.actor == {"north-korea"}
    assert condition.action == {"launch"}
    assert condition.object == {"srbm", "icbm"}
    assert condition.status == {Status.OCCURRED, Status.CLAIMED}


def test_the_gate_is_told_what_the_rules_cannot_do_without(folder: RuleFolder) -> None:
    assert folder.load().needs == (
        Need(
            sentence=(frozenset({"launch"}),),
            article=(frozenset({"north-korea"}), frozenset({"srbm", "icbm"})),
            deeds=frozenset({"launch"}),
            roles=(("actor", frozenset({"north-korea"})), ("object", frozenset({"srbm", "icbm"}))),
            status=frozenset({Status.OCCURRED, Status.CLAIMED}),
        ),
    )


def test_three_mistakes_in_a_file_are_three_with_file_line_and_column(folder: RuleFolder) -> None:
    folder.write(
        "launch.yml", RULE.replace("$dprk", "$dprc").replace("$missiles", "[srbm, sbm]") + "unless: [{}]\n"
    )
    folder.write(
        "launch.yml", (folder.path / "launch.yml").read_text().replace("action: launch", "action: lunch")
    )
    assert folder.mistakes() == [
        "launch.yml:5:3: '$dprc' is no list or entry of the vocabulary; did you mean '$dprk'?",
        "launch.yml:6:3: 'lunch' is no list or entry of the vocabulary; did you mean 'launch'?",
        "launch.yml:7:18: 'sbm' is no list or entry of the vocabulary; did you mean 'srbm'?",
    ]


def test_mistakes_of_form_too_are_told_all_at_once(folder: RuleFolder) -> None:
    folder.write("launch.yml", "id: Bad Id\ntitle: xy\nlevel: hgih\nwhen: {actr: $dprk}\n")
    told = folder.mistakes()
    assert [each.split(": ")[0] for each in told] == [
        f"launch.yml:{at}" for at in ("1:1", "2:1", "3:1", "4:8")
    ]
    assert told[-1].endswith("unknown key 'actr'; did you mean 'actor'?")


def test_the_mistakes_of_every_file_come_together(folder: RuleFolder) -> None:
    folder.write("launch.yml", "id: [")
    folder.write("sub/other.yml", "")
    folder.write("vocabulary/dprk.yml", "list: dprk\n")
    files = {each.split(":")[0] for each in folder.mistakes()}
    assert files == {"launch.yml", "sub/other.yml", "vocabulary/dprk.yml"}


@pytest.mark.parametrize(
    ("when", "mistake"),
    [
        ("when: {}", "launch.yml:4:1: no condition: the rule would never fire"),
        (
            "when: {actor: $dprk}",
            "launch.yml:4:1: key 'action' is missing: a rule needs something that was done",
        ),
        (
            "when: {any: [{action: launch}, {actor: $dprk}]}",
            "launch.yml:4:32: key 'action' is missing: a rule needs something that was done",
        ),
        (
            "when: {actor: $dprk, action: launch, any: [{action: launch}]}",
            "launch.yml:4:1: conditions stand beside `any`; put them into each alternative",
        ),
        ("when: {action: $none}", "launch.yml:4:8: list '$none' is empty"),
        (
            "when: {action: launches}",
            "launch.yml:4:8: 'launches' is no list or entry of the vocabulary; did you",
        ),
    ],
)
def test_a_condition_that_cannot_be_meant_is_a_mistake(folder: RuleFolder, when: str, mistake: str) -> None:
    folder.write("vocabulary/none.yml", "list: none\nkind: action\nabout: x\n")
    folder.write("launch.yml", RULE[: RULE.index("when:")] + when)
    assert mistake in folder.mistakes()[0]


def test_one_name_may_stand_without_a_list_around_it(folder: RuleFolder) -> None:
    alone = folder.rule()
    assert folder.rule(RULE.replace("action: launch", "action: [launch]")).when == alone.when


def test_alternatives_guards_and_raised_levels_are_read(folder: RuleFolder) -> None:
    rule = folder.rule(
        RULE[: RULE.index("when:")]
        + "when: {any: [{action: launch, status: planned}, {action: launch, with: $dprk}]}\n"
        + "unless: [{mentions: icbm}]\n"
        + "alert: {family: missile, group_by: [actor], raise_to: {critical: {object: icbm}}}\n"
    )
    planned, together = rule.when
    assert planned.status == {Status.PLANNED}
    assert together.together == {"north-korea"}
    assert [guard.mentions for guard in rule.unless] == [{"icbm"}]
    ((level, raised),) = rule.raise_to
    assert level is Level.CRITICAL
    assert raised.object == {"icbm"}
    assert (rule.family, rule.group_by) == ("missile", ("actor",))


def test_an_example_knows_the_line_it_stands_on(folder: RuleFolder) -> None:
    rule = folder.rule(
        RULE
        + "examples:\n  match:\n  - text: a\n  ignore:\n  - {text: b, because: denied}\n  known_misses:\n  - text: c\n"
    )
    assert [each.where.rpartition("launch.yml:")[2] for each in rule.examples] == ["10:5", "12:5", "14:5"]
    assert [(each.because, each.known_miss) for each in rule.examples] == [
        (None, False),
        ("denied", False),
        (None, True),
    ]


def test_two_rules_of_one_id_in_a_folder_are_a_mistake(folder: RuleFolder) -> None:
    folder.write("other.yml", RULE)
    (mistake,) = folder.mistakes()
    assert mistake.startswith("other.yml:1:1: rule 'launch' is already in ")


def test_a_later_folder_overrides_by_id_and_adds(folder: RuleFolder, tmp_path: Path) -> None:
    mine = RuleFolder(tmp_path / "mine", lists=False)
    mine.write("x.yml", RULE.replace("level: high", "level: low"))
    mine.write("y.yml", RULE.replace("id: launch", "id: another"))
    pack = folder.load(mine)
    assert [(rule.id, rule.level) for rule in pack.rules] == [("launch", Level.LOW), ("another", Level.HIGH)]
    assert pack.rules[0].path == str(mine.path / "x.yml")


def test_a_list_of_a_later_folder_replaces_that_of_its_name(folder: RuleFolder, tmp_path: Path) -> None:
    mine = RuleFolder(tmp_path / "mine", lists=False)
    mine.write("vocabulary/m.yml", LISTS["missiles"].replace("slug: srbm", "slug: cruise"))
    (rule,) = folder.load(mine).rules
    assert rule.when[0].object == {"cruise", "icbm"}


def test_a_folder_that_is_not_there_is_a_mistake(folder: RuleFolder, tmp_path: Path) -> None:
    absent = RuleFolder(tmp_path / "absent", lists=False)
    absent.path.rmdir()
    assert folder.mistakes(absent) == [f"{absent.path}: no such folder of rules"]


def test_an_empty_folder_has_no_rules(tmp_path: Path) -> None:
    assert RuleFolder(tmp_path / "empty", lists=False).load().rules == ()


def lines_of(text: str) -> st.SearchStrategy[str]:
    """The text with some of its lines left out, doubled, cut or replaced."""
    lines = text.splitlines()
    spoiled = (
        st.sampled_from(lines)
        | st.text(max_size=12)
        | st.just("")
        | st.sampled_from(lines).map(lambda x: x[:-3])
    )
    return st.lists(st.tuples(st.sampled_from(range(len(lines))), spoiled), max_size=3).map(
        lambda changes: "\n".join(dict(changes).get(at, line) for at, line in enumerate(lines))
    )


@given(rule=st.text() | lines_of(RULE), listed=st.text() | lines_of(LISTS["missiles"]))
def test_whatever_is_in_a_folder_raises_nothing_but_its_mistakes(rule: str, listed: str) -> None:
    with TemporaryDirectory() as place:
        folder = RuleFolder(Path(place) / "rules")
        folder.write("launch.yml", rule)
        folder.write("vocabulary/missiles.yml", listed)
        try:
            folder.load()
        except RuleError as error:
            assert error.mistakes  # noqa: PT017 - a text may be a rule by chance

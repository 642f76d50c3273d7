from __future__ import annotations

from collections.abc import Mapping

import pytest
from rulefolder import RULE, RuleFolder

from monitor.matching import advice, vocabulary

HEAD = RULE[: RULE.index("when:")]
EXAMPLES = "examples:\n  match: [{text: a}]\n  ignore: [{text: b, because: actor}]\n"


def advised(folder: RuleFolder, shares: Mapping[str, float] | None = None) -> list[str]:
    """Advice without the path of the folder."""
    lists, _ = vocabulary.read([folder.path / "vocabulary"])
    found = advice.advise(folder.load(), lists, shares=shares or {})
    return [str(each).replace(f"{folder.path}/", "") for each in found]


def test_a_good_rule_needs_no_advice(folder: RuleFolder) -> None:
    folder.write("launch.yml", RULE + EXAMPLES)
    assert advised(folder) == []


def test_examples_of_both_kinds_are_asked_for(folder: RuleFolder) -> None:
    assert advised(folder)[0].startswith("launch.yml:1:1: no example under `match`")
    folder.write("launch.yml", RULE + "examples: {match: [{text: a}]}\n")
    assert advised(folder)[0].startswith("launch.yml:8:1: no example under `ignore`")


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("when: {actor: $missiles, action: launch}\n", "what `actor` names is of the kind object, not actor"),
        ("when: {action: $dprk}\n", "what `action` names is of the kind actor, not action"),
        ("when: {action: launch, place: $dprk}\n", "what `place` names is of the kind actor, not place"),
        (
            "when: {action: launch, object: icbm}\nunless: [{object: $missiles}]\n",
            "one of its guards holds whenever it does",
        ),
        (
            "when: {action: launch, text: [Unha]}\nunless: [{text: [Unha, Chollima]}]\n",
            "one of its guards holds whenever it does",
        ),
    ],
)
def test_a_rule_that_can_never_fire_is_told(folder: RuleFolder, rest: str, why: str) -> None:
    folder.write("launch.yml", HEAD + rest + EXAMPLES)
    assert f"launch.yml:4:1: the rule can never fire: {why}" in advised(folder)


@pytest.mark.parametrize("pattern", ["(?i)solid fuel", r"(?i)\b(day|night)\b", "Unha|Chollima"])
def test_a_pattern_of_plain_words_is_advised_to_be_a_list(folder: RuleFolder, pattern: str) -> None:
    folder.write("launch.yml", HEAD + f"when: {{action: launch, text: ['{pattern}']}}\n" + EXAMPLES)
    (said,) = [each for each in advised(folder) if "a list would do" in each]
    assert said.startswith("launch.yml:4:")


@pytest.mark.parametrize(
    "pattern", ["Hwasong-1[0-9]", "(?i)solid[- ]fuel", r"(?i)\bwithdr\w+", "(?i)^explainer"]
)
def test_a_pattern_that_no_list_can_hold_is_left_in_peace(folder: RuleFolder, pattern: str) -> None:
    folder.write("launch.yml", HEAD + f"when: {{action: launch, text: ['{pattern}']}}\n" + EXAMPLES)
    assert not any("a list would do" in each for each in advised(folder))


@pytest.mark.parametrize(
    "rest",
    [
        "when: {action: launch, object: $missiles}\nunless: [{object: icbm}]\n",
        "when: {action: launch}\nunless: [{object: icbm}]\n",
        "when: {action: launch, object: icbm}\nunless: [{object: icbm, status: planned}]\n",
        "when: {any: [{action: launch, object: icbm}, {action: launch}]}\nunless: [{object: icbm}]\n",
    ],
)
def test_a_rule_that_can_fire_is_left_alone(folder: RuleFolder, rest: str) -> None:
    folder.write("launch.yml", HEAD + rest + EXAMPLES)
    assert not any("never fire" in each for each in advised(folder))


def test_a_rule_that_fires_on_too_much_is_told(folder: RuleFolder) -> None:
    folder.write("launch.yml", RULE + EXAMPLES)
    assert advised(folder, {"launch": 0.02}) == []
    (told,) = advised(folder, {"launch": 0.125})
    assert told.startswith("launch.yml:4:1: fires on 12.5% of the stored articles, more than 2%")


def test_lists_that_are_empty_unused_or_too_large_are_told(folder: RuleFolder) -> None:
    folder.write("launch.yml", RULE + EXAMPLES)
    folder.write("vocabulary/none.yml", "list: none\nkind: topic\nabout: x\n")
    folder.write(
        "vocabulary/idle.yml", "list: idle\nkind: topic\nabout: x\nentries: [{slug: idle, en: [idle]}]\n"
    )
    many = "".join(f"({'|'.join(f'{letter}{n}' for n in range(10))})" for letter in "abc")
    large = f"  - slug: large-{{}}\n    nouns: ['{{}} {many}']\n"
    folder.write(
        "vocabulary/large.yml",
        "list: large\nkind: action\nabout: x\nentries:\n" + "".join(large.format(n, n) for n in range(3)),
    )
    told = advised(folder)
    assert "vocabulary/none.yml:1:1: list 'none' is empty" in told
    assert "vocabulary/idle.yml:1:1: no rule uses list 'idle'" in told
    assert any(each.startswith("vocabulary/large.yml:4:1: 6,000 spellings") for each in told)


def test_a_spelling_in_two_lists_of_one_kind_is_told(folder: RuleFolder) -> None:
    folder.write("launch.yml", RULE + EXAMPLES)
    folder.write(
        "vocabulary/other.yml",
        "list: other\nkind: actor\nabout: x\nentries: [{slug: dprk-too, en: [north korea]}]\n",
    )
    (told,) = advised(folder)
    assert told.startswith(
        "vocabulary/other.yml:4:12: entry 'dprk-too' shares 'north korea' with 'north-korea'"
    )

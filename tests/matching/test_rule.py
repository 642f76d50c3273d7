from __future__ import annotations

import pytest
from rulefolder import RULE, RuleFolder

EXAMPLES = "examples: {match: [{text: North Korea fired an ICBM.}]}\n"


@pytest.mark.parametrize(
    "text",
    [
        f"# a comment\n{RULE}",
        RULE.replace("title: North", "title:   'North").replace("missile\n", "missile'\n"),
        RULE.replace("$missiles", "[icbm, srbm]"),
        RULE.replace("$missiles", "[srbm, icbm, icbm]"),
        RULE.replace("$dprk", "north-korea"),
        RULE + EXAMPLES,
        RULE + "reference: Section 3\nabout: Tests count.\ntags: [x]\n",
        RULE + "status: stable\n",
        RULE.replace("$missiles", "$missiles\n  status: [claimed, occurred]"),
    ],
    ids=["comment", "quotes", "list", "order", "slug", "examples", "words", "default", "default status"],
)
def test_a_revision_stays_while_the_meaning_does(folder: RuleFolder, text: str) -> None:
    assert folder.rule(text).revision == folder.rule().revision


@pytest.mark.parametrize(
    "text",
    [
        RULE.replace("level: high", "level: low"),
        RULE.replace("$missiles", "icbm"),
        RULE.replace("$missiles", "$missiles\n  status: planned"),
        RULE.replace("  object: $missiles\n", ""),
        RULE.replace("object:", "mentions:"),
        RULE + "status: shadow\n",
        RULE + "unless: [{object: icbm}]\n",
        RULE + "alert: {raise_to: {critical: {object: icbm}}}\n",
    ],
    ids=["level", "object", "status", "one less", "role", "trial", "guard", "raised"],
)
def test_a_revision_changes_with_the_meaning(folder: RuleFolder, text: str) -> None:
    assert folder.rule(text).revision != folder.rule().revision


def test_a_revision_changes_when_a_list_grows(folder: RuleFolder) -> None:
    before = folder.rule().revision
    folder.write(
        "vocabulary/missiles.yml", "list: missiles\nkind: object\nabout: x\nentries: [{slug: a, en: [a]}]\n"
    )
    assert folder.rule().revision != before


def test_a_revision_is_twelve_hex_digits(folder: RuleFolder) -> None:
    assert len(folder.rule().revision) == 12
    assert int(folder.rule().revision, 16) >= 0

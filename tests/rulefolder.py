"""A folder of rules, written for a test."""

from __future__ import annotations

from pathlib import Path

from monitor.errors import RuleError
from monitor.matching.load import Pack, load_pack
from monitor.matching.rule import Rule

RULE = """\
id: launch
title: North Korea launches a missile
level: high
when:
  actor: $dprk
  action: launch
  object: $missiles
"""
LISTS = {
    "dprk": "list: dprk\nkind: actor\nabout: x\nentries: [{slug: north-korea, country: KP, en: [North Korea]}]\n",
    "launch": "list: launches\nkind: action\nabout: x\nentries: [{slug: launch, verbs: [fire]}]\n",
    "missiles": (
        "list: missiles\nkind: object\nabout: x\n"
        "entries: [{slug: srbm, en: [short-range missile]}, {slug: icbm, en: [ICBM]}]\n"
    ),
}


class RuleFolder:
    """Files under one path; `lists` False makes it without a vocabulary."""

    def __init__(self, path: Path, *, lists: bool = True) -> None:
        self.path = path
        path.mkdir()
        if lists:
            self.write("launch.yml", RULE)
            for name, text in LISTS.items():
                self.write(f"vocabulary/{name}.yml", text)

    def write(self, name: str, text: str) -> None:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def load(self, *later: RuleFolder) -> Pack:
        return load_pack([self.path, *(each.path for each in later)])

    def rule(self, text: str = RULE) -> Rule:
        """The one rule, written anew."""
        self.write("launch.yml", text)
        (rule,) = self.load().rules
        return rule

    def mistakes(self, *later: RuleFolder) -> list[str]:
        """What is wrong with it, without the path of the folder."""
        try:
            self.load(*later)
        except RuleError as error:
            return [str(each).replace(f"{self.path}/", "") for each in error.mistakes]
        return []

"""Which rules a command is about: the folder and the ids that its options give."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from monitor.config import Config
from monitor.errors import UsageError
from monitor.matching.load import Pack
from monitor.matching.overtime.rule import OverTime
from monitor.matching.rule import Rule

Folder = Annotated[
    Path | None,
    typer.Option("--rules", metavar="DIR", help="Your rules, instead of the folder that the config names."),
]
Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Only these rules.")]


def folders(config: Config, given: Path | None) -> list[Path]:
    """The shipped rules, then those of the user."""
    if given is None:
        return config.rule_folders
    return [*config.rule_folders[:1], given]


def chosen(pack: Pack, ids: Sequence[str]) -> list[Rule]:
    """The event rules of these ids, all without one; UsageError for an id that no rule has."""
    known = {rule.id: rule for rule in pack.rules}
    over_time = {rule.id for rule in pack.over_time}
    for each in ids:
        if each not in known and each not in over_time:
            raise UsageError(f"there is no rule '{each}'; `monitor rules list` shows those there are")
    return [known[each] for each in ids if each in known] if ids else list(pack.rules)


def event_rules(pack: Pack, ids: Sequence[str]) -> list[Rule]:
    """The same, where each must be a rule that is judged on one article; UsageError for one over time."""
    for rule in chosen_over_time(pack, ids) if ids else ():
        raise UsageError(
            f"'{rule.id}' is a rule over time; `monitor rules test {rule.id}` shows what it says and when"
        )
    return chosen(pack, ids)


def chosen_over_time(pack: Pack, ids: Sequence[str]) -> list[OverTime]:
    """The rules over time of these ids, all without one."""
    return [rule for rule in pack.over_time if not ids or rule.id in ids]

"""`monitor rules list`: what is watched for, and how well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor import resources
from monitor.cli.options import ConfigFile, Json, read_config_if_any
from monitor.cli.output import show
from monitor.cli.rules.choice import Folder, folders
from monitor.config import Config
from monitor.matching.load import load_pack
from monitor.matching.overtime.rule import OverTime
from monitor.matching.rule import Rule

if TYPE_CHECKING:
    from monitor.storage.verdicts import Opinions

_COLUMNS = ("id", "kind", "level", "status", "examples", "precision", "from", "title")


def list_rules(rules: Folder = None, config: ConfigFile = None, *, as_json: Json = False) -> None:
    """Every rule in force, yours and the shipped, with its precision from the verdicts on its alerts."""
    from monitor.storage.verdicts import Opinions  # noqa: PLC0415 - other commands need no database driver

    settings = read_config_if_any(config)
    pack = load_pack(folders(settings, rules))
    said = _opinions(settings)
    rows = [_row(rule, said.get(rule.id, Opinions()), as_json=as_json) for rule in pack.every]
    show(rows, _COLUMNS, as_json=as_json, empty="No rules.")


def _opinions(config: Config) -> Mapping[str, Opinions]:
    """What verdicts say of each rule; nothing where there is no database, for rules can be read without one."""
    from monitor.cli.rules.stored import stored  # noqa: PLC0415 - as above
    from monitor.storage import verdicts  # noqa: PLC0415 - same

    return stored(config, verdicts.by_rule, lost="the precision of the rules is not known") or {}


def _precision(said: Opinions) -> str:
    """`0.75 (3 of 4)`; `-` without verdicts."""
    judged = said.true + said.false
    return "-" if said.precision is None else f"{said.precision:.2f} ({said.true} of {judged})"


def _row(rule: Rule | OverTime, said: Opinions, *, as_json: bool) -> Mapping[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "kind": rule.kind if isinstance(rule, OverTime) else "event",
        "level": str(rule.level),
        "status": rule.status,
        "family": rule.id if isinstance(rule, OverTime) else rule.family,
        "reference": rule.reference,
        "about": rule.about,
        "tags": rule.tags,
        "examples": len(rule.timelines if isinstance(rule, OverTime) else rule.examples),
        "precision": said.precision if as_json else _precision(said),
        "verdicts": asdict(said),
        "revision": rule.revision,
        "path": rule.path,
        "from": "shipped" if Path(rule.path).is_relative_to(resources.path("rules")) else "yours",
    }

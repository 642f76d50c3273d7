"""A rule of one's own before it is saved: where it lies, whether it is sound, and what the rules would be with it.

What is changed is the file in the user's own folder, which takes the place of the shipped one; never the pack.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.errors import Mistake, RuleError
from monitor.matching import source as yaml_source
from monitor.matching.load import Pack, load_pack, rule_files
from monitor.matching.marks import place


@dataclass(frozen=True, kw_only=True)
class Override:
    """A rule's file in the user's own folder, there already or still to be made."""

    rule: str  # id
    path: Path
    text: str  # of the file; of the shipped one where there is none yet
    shipped: bool  # whether the pack has a rule of this id, to go back to

    @property
    def exists(self) -> bool:
        """Whether the file is there."""
        return self.path.is_file()


def override(rule: str, *, shipped: Path, own: Path) -> Override | None:
    """The override of that rule; None where neither folder has such a rule."""
    yours, theirs = _file(own, rule), _file(shipped, rule)
    if yours is None and theirs is None:
        return None
    path = yours or _free(own, theirs, shipped, rule)
    text = (yours or theirs or path).read_text(encoding="utf-8", errors="replace")
    return Override(rule=rule, path=path, text=text, shipped=theirs is not None)


def with_draft(found: Override, text: str, *, shipped: Path, own: Path) -> Pack:
    """All rules as they would be with this text in the override's place.

    RuleError has every mistake, those of the draft first and named by the name of its file alone.
    """
    with tempfile.TemporaryDirectory(prefix="draft-") as name:
        folder = Path(name) / "rules"
        if own.is_dir():
            shutil.copytree(own, folder, ignore=shutil.ignore_patterns(".git"), ignore_dangling_symlinks=True)
        path = folder / found.path.relative_to(own)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        wrong = _other_id(found.rule, text, name=str(path))
        try:
            pack = load_pack([shipped, folder])
        except RuleError as error:
            raise RuleError(_named([*wrong, *error.mistakes], folder, path)) from error
        if wrong:
            raise RuleError(_named(wrong, folder, path))
        return pack


def save(path: Path, text: str) -> None:
    """Put the text in the file's place in one step: whoever reads sees the old or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")  # which no reader of rules takes up
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _file(folder: Path, rule: str) -> Path | None:
    """The file of the rule; an unchanged copy of a shipped one is found too, for it is what will be changed."""
    if not folder.is_dir():
        return None
    listed = dict.fromkeys([*rule_files(folder), *yaml_source.yaml_files(folder)])
    return next((path for path in listed if _id(path) == rule), None)


def _id(path: Path) -> str:
    value = yaml_source.read(path).value
    return str(value.get("id", "")) if isinstance(value, dict) else ""


def _free(own: Path, theirs: Path | None, shipped: Path, rule: str) -> Path:
    """Where the shipped file would lie in the own folder, unless another rule lies there."""
    there = own / theirs.relative_to(shipped) if theirs else own / f"{rule}.yml"
    return own / f"{rule}.yml" if there.exists() else there


def _other_id(rule: str, text: str, *, name: str) -> list[Mistake]:
    found = yaml_source.read_text(text, name=name)
    if not isinstance(found.value, dict) or found.value.get("id", rule) == rule:
        return []
    return [Mistake(where=found.where(("id",)), what=f"this is the file of {rule!r}; the id stays")]


def _named(mistakes: list[Mistake], folder: Path, path: Path) -> list[Mistake]:
    def is_other(mistake: Mistake) -> bool:
        return place(mistake.where)[0] != str(path)

    ordered = sorted(mistakes, key=lambda each: (is_other(each), *place(each.where)))
    return [replace(each, where=each.where.removeprefix(f"{folder}{os.sep}")) for each in ordered]

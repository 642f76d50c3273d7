"""Broken files: each is told of in full, and none disturbs the rules in force. What is told stands beside each file."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulefolder import RuleFolder

from monitor.errors import RuleError

FILES = sorted((Path(__file__).parents[1] / "data/broken-rules").glob("*.yml"))


def placed(file: Path) -> str:
    """Where the file goes in a folder of rules."""
    if "-vocabulary-" in file.name:
        return f"vocabulary/{file.name}"
    return "guards.yml" if "-guards-" in file.name else file.name


def test_there_are_at_least_forty() -> None:
    assert len(FILES) >= 40


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_mistake_is_told_and_the_set_in_force_stays(folder: RuleFolder, file: Path) -> None:
    before = folder.load()
    folder.write(placed(file), file.read_text(encoding="utf-8"))
    told = folder.mistakes()
    assert told == file.with_suffix(".expected").read_text(encoding="utf-8").splitlines()
    with pytest.raises(RuleError):
        folder.load()
    (folder.path / placed(file)).unlink()
    assert folder.load() == before

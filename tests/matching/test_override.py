from __future__ import annotations

from pathlib import Path

import pytest
from rulefolder import LISTS, RULE, RuleFolder

from monitor.matching import copies
from monitor.matching.override import Override, overrides


@pytest.fixture
def own(folder: RuleFolder, tmp_path: Path) -> RuleFolder:
    """A copy of the folder, noted as it was copied."""
    copied = RuleFolder(tmp_path / "own")
    del folder
    copies.note(copied.path, sorted(copied.path.rglob("*.yml")))
    return copied


def found(folder: RuleFolder, own: RuleFolder) -> list[Override]:
    return list(overrides(folder.path, own.path))


def test_a_copy_left_alone_overrides_nothing(folder: RuleFolder, own: RuleFolder) -> None:
    assert found(folder, own) == []


def test_what_the_pack_changed_is_told_apart_from_what_you_changed(
    folder: RuleFolder, own: RuleFolder
) -> None:
    own.write("launch.yml", RULE.replace("level: high", "level: low"))
    folder.write("launch.yml", RULE.replace("object: $missiles", "object: [$missiles, icbm]"))
    (told,) = found(folder, own)
    assert told.name == "launch"
    assert told.pack is not None
    assert told.pack.meaning == ("when.object: +icbm",)
    assert told.own.meaning == ("level: high -> low",)


def test_comments_and_prose_change_no_meaning(folder: RuleFolder, own: RuleFolder) -> None:
    own.write("launch.yml", "# mine\n" + RULE + "about: x\n")
    (told,) = found(folder, own)
    assert told.own.meaning == ()
    assert "+# mine" in told.own.text


def test_lists_are_compared_entry_by_entry(folder: RuleFolder, own: RuleFolder) -> None:
    own.write("vocabulary/missiles.yml", LISTS["missiles"].replace("[ICBM]", "[ICBM, rocket]"))
    (told,) = found(folder, own)
    assert (told.name, told.own.meaning) == ("$missiles", ("entries.icbm.en: +rocket",))


def test_a_file_that_was_never_copied_is_compared_with_the_shipped_one(
    folder: RuleFolder, own: RuleFolder
) -> None:
    (own.path / "launch.yml").unlink()
    own.write("mine.yml", RULE.replace("level: high", "level: low"))
    (told,) = found(folder, own)
    assert told.pack is None
    assert told.own.meaning == ("level: high -> low",)

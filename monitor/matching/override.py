"""What an override changes in meaning and in text, and what the pack changed under it since."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.matching import copies
from monitor.matching import source as yaml_source
from monitor.matching.load import VOCABULARY, rule_files

_PROSE = frozenset({"about", "reference", "tags", "examples", "title"})  # not what decides


@dataclass(frozen=True, kw_only=True)
class Change:
    """From one version of a file to another."""

    meaning: tuple[str, ...]  # "when.object: +$icbm -$srbm"
    text: str  # unified diff


@dataclass(frozen=True, kw_only=True)
class Override:
    """A file of yours that takes the place of a shipped one."""

    name: str  # rule id, or $list
    yours: str  # path
    shipped: str  # path
    pack: Change | None  # from the version that was copied to the shipped one now; None where that is unknown
    own: Change  # from the version that was copied, else from the shipped one now, to yours


def overrides(shipped: Path, own: Path) -> Iterator[Override]:
    """Every rule and list of the folder `own` that takes the place of a shipped one, by name."""
    theirs = _by_name(shipped)
    for name, path in sorted(_by_name(own).items()):
        if name in theirs:
            yield _override(name, path, theirs[name], base=copies.base(own, path))


def only(found: Iterable[Override], names: Sequence[str]) -> list[Override]:
    """Those of these names; all without one."""
    return [each for each in found if not names or each.name in names]


def _override(name: str, yours: Path, shipped: Path, *, base: str | None) -> Override:
    now, mine = _text(shipped), _text(yours)
    return Override(
        name=name,
        yours=str(yours),
        shipped=str(shipped),
        pack=None if base is None else _change(base, now, ("copied", "shipped now")),
        own=_change(
            now if base is None else base, mine, ("shipped now" if base is None else "copied", "yours")
        ),
    )


def _by_name(folder: Path) -> dict[str, Path]:
    """Paths by rule id or $list; files with mistakes are left out, `rules check` tells of them."""
    paths = [*rule_files(folder), *yaml_source.files(folder / VOCABULARY)]
    copied = copies.unchanged(folder)
    named: dict[str, Path] = {}
    for path in paths:
        value = yaml_source.read(path).value
        if isinstance(value, dict) and path not in copied:
            name = f"${value['list']}" if "list" in value else str(value.get("id", ""))
            named[name] = path
    return named


def _change(old: str, new: str, names: tuple[str, str]) -> Change:
    before, after = _flat(old), _flat(new)
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), *names, lineterm="", n=2)
    return Change(meaning=tuple(_meaning(before, after)), text="\n".join(lines))


def _meaning(before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for key in dict.fromkeys((*before, *after)):
        gone = [value for value in before.get(key, ()) if value not in after.get(key, ())]
        come = [value for value in after.get(key, ()) if value not in before.get(key, ())]
        if len(gone) == len(come) == 1 and len(before[key]) == 1:
            yield f"{key}: {gone[0]} -> {come[0]}"
        elif gone or come:
            yield f"{key}: {' '.join([*(f'-{each}' for each in gone), *(f'+{each}' for each in come)])}"


def _flat(text: str) -> dict[str, list[str]]:
    """What decides in a file: by key, the values under it. Entries of a list go by their slug."""
    value = yaml_source.read_text(text, name="").value
    found: dict[str, list[str]] = {}
    if isinstance(value, dict):
        for path, said in _leaves({key: each for key, each in value.items() if key not in _PROSE}, ""):
            found.setdefault(path, []).append(said)
    return found


def _leaves(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(each, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _leaves(each, f"{path}.{_step(each, index)}" if isinstance(each, dict) else path)
    else:
        yield path, str(value)


def _step(value: Mapping[str, object], index: int) -> str:
    return str(value.get("slug", index + 1))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")

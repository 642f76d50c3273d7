"""Copies of shipped rules: as long as nobody changes one, the shipped file itself is in force.

So an upgrade reaches every rule that was left alone, and never one that was edited.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

LEDGER = ".shipped"  # in the folder of the copies: SHA-256 and name of each file, as `sha256sum` writes them


def note(folder: Path, files: Iterable[Path]) -> None:
    """Write down how these files of the folder look now."""
    lines = [f"{_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / LEDGER).write_text("".join(lines), encoding="utf-8")


def unchanged(folder: Path) -> frozenset[Path]:
    """The files of the folder that look as they were noted; none where nothing was noted."""
    ledger = folder / LEDGER
    if not ledger.is_file():
        return frozenset()
    noted = (
        line.split("  ", 1) for line in ledger.read_text(encoding="utf-8", errors="replace").splitlines()
    )
    paths = ((entry[0], folder / entry[1]) for entry in noted if len(entry) == 2)  # noqa: PLR2004 - digest and name
    return frozenset(path for digest, path in paths if path.is_file() and _digest(path) == digest)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

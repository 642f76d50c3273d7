"""Copies of shipped rules: as long as nobody changes one, the shipped file itself is in force.

So an upgrade reaches every rule that was left alone, and never one that was edited.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

BASE = ".shipped.zip"  # beside it: the files themselves, to tell later what the pack changed since
LEDGER = ".shipped"  # in the folder of the copies: SHA-256 and name of each file, as `sha256sum` writes them

MAX_BYTES = 1_000_000  # of one file


def note(folder: Path, files: Iterable[Path]) -> None:
    """Write down how these files of the folder look now, and keep them."""
    named = {path.relative_to(folder).as_posix(): path for path in files}
    lines = [f"{_digest(path)}  {name}\n" for name, path in named.items()]
    (folder / LEDGER).write_text("".join(lines), encoding="utf-8")
    with zipfile.ZipFile(folder / BASE, "w", zipfile.ZIP_DEFLATED) as kept:
        for name, path in named.items():
            kept.writestr(name, path.read_bytes())


def base(folder: Path, path: Path) -> str | None:
    """The shipped text of which the file is an edited copy; None where nobody noted it."""
    name = path.relative_to(folder).as_posix()
    try:
        with zipfile.ZipFile(folder / BASE) as kept:
            if kept.getinfo(name).file_size > MAX_BYTES:
                return None
            return kept.read(name).decode("utf-8")
    except (OSError, KeyError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile):
        return None


def unchanged(folder: Path) -> frozenset[Path]:
    """The files below the folder that look as they were noted, there or one folder up; none where nothing was."""
    home = next((each for each in (folder, folder.parent) if (each / LEDGER).is_file()), None)
    if home is None:
        return frozenset()
    noted = (
        line.split("  ", 1)
        for line in (home / LEDGER).read_text(encoding="utf-8", errors="replace").splitlines()
    )
    entries = ((entry[0], home / entry[1]) for entry in noted if len(entry) == 2)  # noqa: PLR2004 - digest and name
    within = ((digest, path) for digest, path in entries if path.is_relative_to(folder))
    return frozenset(path for digest, path in within if _looks_as(digest, path))


def _looks_as(digest: str, path: Path) -> bool:
    try:
        return path.is_file() and _digest(path) == digest
    except OSError:  # whoever reads it as a rule tells why
        return False


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

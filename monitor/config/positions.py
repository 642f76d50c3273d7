"""Where each key of a TOML text stands, which tomllib does not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping

Key = tuple[str | int, ...]  # ("feeds", 2, "url"): the third table of [[feeds]]
Position = tuple[int, int]  # line and column, both from 1

_HEADER = re.compile(r"\s*\[(\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""\s*([A-Za-z0-9_.-]+|"[^"]*"|'[^']*')\s*=""")


def positions(text: str) -> dict[Key, Position]:
    """Each table and key to its line and column; keys inside multi-line values are not seen apart."""
    found: dict[Key, Position] = {}
    table: Key = ()
    counts: dict[Key, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _table(header, counts)
            found.setdefault(table, (number, line.index("[") + 1))
        elif key := _KEY.match(line):
            found.setdefault((*table, *_parts(key[1])), (number, key.start(1) + 1))
    return found


def nearest(found: Mapping[Key, Position], key: Key) -> Position:
    """The position of a key, else of the table it belongs to, else the top of the file."""
    while key and key not in found:
        key = key[:-1]
    return found.get(key, (1, 1))


def _table(header: re.Match[str], counts: dict[Key, int]) -> Key:
    """The key of a table, with its number where it is one of several."""
    name = _parts(header[2])
    if not header[1]:
        return name
    counts[name] = counts.get(name, -1) + 1
    return (*name, counts[name])


def _parts(dotted: str) -> Key:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))

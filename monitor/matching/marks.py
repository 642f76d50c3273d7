"""A mistake in its line: which line that is, and which word of it."""

from __future__ import annotations

import re

_WORD = re.compile(r"[\w$.-]+|'[^']*'|\"[^\"]*\"|.")


def place(where: str) -> tuple[str, int, int]:
    """File, line and column of `file:line:column`; line 0 for what stands in no line."""
    file, *at = where.rsplit(":", 2)
    if len(at) == 2 and all(map(str.isdecimal, at)):  # noqa: PLR2004 - line and column
        return file, int(at[0]), int(at[1])
    return where, 0, 0


def word(line: str, column: int) -> str:
    """The word that begins at the column, counted from 1; "" behind the end of the line."""
    found = _WORD.match(line, column - 1)
    return found.group() if found else ""

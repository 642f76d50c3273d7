"""Text that is safe to show, safe to cut and safe to put into a header."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise

SUBJECT_LENGTH = 200  # characters; longer subjects are cut by mail programs anyway
_JOINER = "\u200d"  # between the parts of one emoji
# Controls, lone surrogates, line and paragraph separators, marks of direction, and what is no character at all.
_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)


def header_safe(text: str) -> str:
    """One line that cannot end its header, nor be read as an encoded word.

    Encoded words matter: `=?utf-8?q?=0ABcc:...?=` in a feed's title becomes a header of its own in email
    packages that decode it (the class of CVE-2024-6923).
    """
    return cut(" ".join(calm(text).replace("=?", "= ?").split()), SUBJECT_LENGTH)


def calm(text: str) -> str:
    """The text with a space for each character that steers a screen, so that offsets stay.

    These are terminal codes, line breaks, lone surrogates, and marks that reverse what a person reads.
    """
    return _STEERING.sub(" ", text)


def encodable(text: str) -> str:
    """The text with lone surrogates replaced, so that UTF-8 can carry it."""
    return text.encode("utf-8", "replace").decode()


def cut(text: str, limit: int, *, measure: Callable[[str], int] = len) -> str:
    """The text, or its beginning and an ellipsis, within the limit; never half a character.

    `measure` gives the length of one cluster in the receiver's units, escaping included.
    """
    kept: list[str] = []
    size, fitting, room = 0, 0, limit - measure("…")
    for cluster in clusters(text):  # no further than the limit: a text may be a megabyte
        size += measure(cluster)
        if size > limit:
            return "".join(kept[:fitting]).rstrip() + "…" if room >= 0 else ""
        kept.append(cluster)
        if size <= room:
            fitting = len(kept)
    return text


def clusters(text: str) -> Iterator[str]:
    """What a reader takes for single characters: base and marks, joined emoji, flags, Hangul of parts."""
    start = 0
    flags = 0  # regional indicators in a row, of which two make a flag
    for index, (left, right) in enumerate(pairwise(text), start=1):
        flags = flags + 1 if _is_flag(left) else 0
        if not (_extends(right) or left == _JOINER or _jamo(left, right) or (flags % 2 and _is_flag(right))):
            yield text[start:index]
            start = index
    if text:
        yield text[start:]


def _extends(char: str) -> bool:
    return char == _JOINER or unicodedata.category(char) in {"Mn", "Me", "Mc"} or "🏻" <= char <= "🏿"


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _jamo(left: str, right: str) -> bool:
    """Whether two conjoining Hangul parts belong to one syllable."""
    return "\u1100" <= left <= "\u11ff" and "\u1160" <= right <= "\u11ff"

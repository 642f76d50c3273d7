"""Patterns over a sentence, as `text` takes them. They run on RE2: in time linear in the sentence, always."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

MAX_LENGTH = 500  # characters of one pattern
MAX_MEMORY = 1 << 20  # bytes that RE2 may spend on one pattern
_HOT = "etaoinshrdlu.,"  # a pattern that one of these satisfies holds on nearly every sentence
_CLASS_OR_ESCAPE = re.compile(r"\\[^AzQ]|\[\^?\]?(?:\\.|[^\]\\])*\]")
_WORDS_ALONE = re.compile(r"(\(\?i\))?(\\b)?(\((?:\?:)?)?[\w' |-]+(?(3)\))(\\b)?", re.ASCII)
_ENDS = ("^", "$", r"\A", r"\z", r"\Q")  # what stands after the last is not read
_OF_ALL = re.compile(r"\\[AzQ]|\(\?\w*-")  # by this a pattern may ask for the ends of all lines together
_END_OR_OTHER = re.compile(rf"(?P<other>{_CLASS_OR_ESCAPE.pattern})|[\^$]")
_REPEATED_END = re.compile(r"[\^$][*+?{]")  # without its anchor the repeat would be one of something else
_INSTEAD = (  # part of RE2's complaint, what to write
    (
        "invalid perl operator: (?",
        "RE2 has no look-ahead or look-behind; use `unless` for what must not be there",
    ),
    ("invalid escape sequence: \\", "RE2 has no back-references; write the words out"),
    (
        "invalid repetition size",
        "RE2 repeats at most 1,000 times, repeats inside repeats multiplied; `{2,}` has no upper end",
    ),
    ("bad repetition operator", "RE2 has no possessive repeats and needs none; write one sign"),
    ("missing )", "close the bracket, or write `\\(` for the sign itself"),
    ("missing ]", "close the bracket, or write `\\[` for the sign itself"),
    ("no argument for repetition", "write `\\*`, `\\+` or `\\?` for the sign itself"),
)


def fault(pattern: str) -> tuple[str, str]:
    """What is wrong with a pattern and what to do; both empty for a good one."""
    if len(pattern) > MAX_LENGTH:
        return f"the pattern is longer than {MAX_LENGTH} characters", "write several"
    try:
        compiled = _compiled(pattern)
    except ValueError as error:
        return _in_words(pattern, str(error))
    if compiled.search("") is not None:
        return f"pattern {pattern!r} holds on every sentence", "name a word that must be there"
    if any(compiled.search(letter) is not None for letter in _HOT):
        return f"pattern {pattern!r} holds on nearly every sentence", "one common letter tells nothing apart"
    return "", ""


def words_alone(pattern: str) -> bool:
    """Whether it asks for plain words and nothing else, which a list would hold as well and in every inflection."""
    return _WORDS_ALONE.fullmatch(pattern) is not None


def first(patterns: Iterable[str], text: str) -> tuple[int, int] | None:
    """Start and end, in code points, of what comes first of all that the patterns find; None without any."""
    matches = (_compiled(pattern).search(text) for pattern in patterns)
    return min((match.span() for match in matches if match is not None), default=None)


@lru_cache(maxsize=20_000)
def found(patterns: frozenset[str], text: str) -> bool:
    """Whether any of the patterns holds of the text; remembered, for many rules ask the same of one sentence."""
    read = text.encode()  # so that RE2 need not tell code points by bytes
    return any(_compiled(pattern).search(read) is not None for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Wording:
    """Whether any of some patterns holds of a sentence, and any of the others where there are such."""

    patterns: frozenset[str]
    others: frozenset[str] = frozenset()

    def __call__(self, sentence: str) -> bool:
        """True where one of each holds."""
        return found(self.patterns, sentence) and (not self.others or found(self.others, sentence))

    def among(self, texts: Sequence[str]) -> Collection[int]:
        """The places of those in which they, their anchors left out, find something or into which they reach."""
        places = _among(self.patterns, texts)
        if not self.others:
            return places
        return [places[at] for at in _among(self.others, [texts[at] for at in places])]


def _among(patterns: Iterable[str], texts: Sequence[str]) -> Sequence[int]:
    """The places of the texts with any of the patterns. These run over all in one."""
    read = [each.encode() for each in texts]
    ends = list(itertools.accumulate(len(each) + 1 for each in read))
    joined = b"\n".join(read)
    places: set[int] = set()
    for each in patterns:
        pattern = _loosened(each)
        if pattern is None:
            return range(len(texts))
        for found in pattern.finditer(joined):
            places.update(range(bisect_right(ends, found.start()), bisect_right(ends, found.end()) + 1))
    return sorted(places.intersection(range(len(texts))))


@lru_cache(maxsize=20_000)
def _loosened(pattern: str) -> Any:
    """The pattern without its anchors, which holds wherever it does; None where it cannot be told so."""
    if not _looks_for_ends(pattern):
        return _compiled(pattern)
    if _OF_ALL.search(pattern) or _REPEATED_END.search(_CLASS_OR_ESCAPE.sub("", pattern)):
        return None
    return _compiled(_END_OR_OTHER.sub(lambda found: found["other"] or "", pattern))


@lru_cache(maxsize=20_000)
def _looks_for_ends(pattern: str) -> bool:
    """Whether the pattern may ask for the start or the end of what it runs over."""
    return any(sign in _CLASS_OR_ESCAPE.sub("", pattern) for sign in _ENDS)


@lru_cache(maxsize=20_000)
def _compiled(pattern: str) -> Any:  # re2 has no types
    """The pattern, ready; ValueError with RE2's complaint."""
    import re2  # noqa: PLC0415 - only rules with patterns need it

    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        raise ValueError(said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)) from error


def _in_words(pattern: str, said: str) -> tuple[str, str]:
    shown = pattern if len(pattern) <= 60 else f"{pattern[:57]}..."  # noqa: PLR2004 - fits a line
    if "too large" in said:
        return f"pattern {shown!r} needs too much memory", "repeat less"
    hint = next((hint for part, hint in _INSTEAD if part in said), "")
    return f"pattern {shown!r} cannot be used: {said}", hint

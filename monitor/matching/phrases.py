"""Words as `words` takes them, "launder*" or "open* ... (bridge|road)", as patterns for RE2."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from functools import lru_cache

MAX_LENGTH = 500  # characters, of one entry
MAX_CHOICES = 200
MOST = 60  # characters that " ... " stands for
_SPACE = "[ \\t\\n\u00a0\u2010-\u2015-]+"  # what stands between two words: "solid-fuel" is "solid fuel"
_LETTERS = 2  # at least, of words alone
_STEM = 3  # letters at least before a star
_SIGNS = re.compile(r"[^\w\s'’.,&%$/()|*…-]")
_STAR = re.compile(rf"(?<!\w)\w{{0,{_STEM - 1}}}\*|\*(?=\w)")
_PLURAL = re.compile(r"(?<=[^aeiou\W])(?P<y>y)$|[A-Za-z]$")
_GAP = re.compile(r"\s*(?:\.{3}|…)\s*")


def fault(words: str) -> tuple[str, str]:
    """What is wrong with an entry and what to do; both empty for a good one."""
    return next(_faults(words), ("", ""))


def _faults(words: str) -> Iterator[tuple[str, str]]:
    """All that is wrong, what keeps the rest from being looked at first."""
    sign = _SIGNS.search(words)
    if sign is not None:
        yield f"sign {sign[0]!r} is no part of a word", "write patterns under `text`"
    if words.startswith("$"):
        yield f"{words!r} is a list", "lists and names stand under `mentions`"
    if len(words) > MAX_LENGTH:
        yield f"an entry is longer than {MAX_LENGTH} characters", "write several"
    if re.search("[()|]", re.sub(r"\([^()]*\)", "", words)):
        yield f"the brackets of {words!r} do not close, or stand in one another", "write `(a|b) c`"
    if _STAR.search(words):
        yield f"a star in {words!r} stands alone", f"it ends a word that has begun with {_STEM} letters"
    if any(math.prod(map(len, choices(side))) > MAX_CHOICES for side in _GAP.split(words)):
        yield f"{words!r} gives more than {MAX_CHOICES} choices", "write several entries"
    elif not all(
        len(re.findall(r"\w", each)) >= _LETTERS for side in _GAP.split(words) for each in _each(side)
    ):
        yield f"{words!r} leaves a choice without a word", "words have two letters at least, beside `...` too"


def choices(written: str) -> list[list[str]]:
    """The parts of a spelling, for each its choices: "air (defence|defense) zone" has three, one of two choices."""
    return [part.split("|") for part in re.split(r"[()]", " ".join(written.split()))]


@lru_cache(maxsize=20_000)
def pattern(words: str) -> str:
    """The pattern that finds the words wherever they stand as such, in any case, the last in the plural too."""
    sides = ("|".join(dict.fromkeys(map(_stretch, _each(side)))) for side in _GAP.split(words))
    return "(?i)" + f".{{0,{MOST}}}".join(f"(?:{side})" for side in sides)


def _each(words: str) -> list[str]:
    """The words with their choices written out."""
    return [" ".join("".join(each).split()) for each in itertools.product(*choices(words))]


def _stretch(words: str) -> str:
    """Words in a row, bounded on both sides; the last in the plural too."""
    *first, last = re.split(r"[\s-]+", words.strip())
    found = _SPACE.join([*map(_word, first), _PLURAL.sub(_with_plural, _word(last))])
    begin, end = (r"\b" if sign.isalnum() else "" for sign in (words.strip()[0], words.strip()[-1]))
    return f"{begin}{found}{end}"


def _with_plural(ending: re.Match[str]) -> str:
    return "(?:y|ies)" if ending["y"] else f"{ending[0]}(?:e?s)?"


def _word(word: str) -> str:
    stem = word.removesuffix("*")
    written = re.escape(stem).replace("’", "'").replace("'", "['’]")
    return written + (r"\w*" if stem != word else "")

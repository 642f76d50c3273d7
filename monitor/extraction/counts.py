"""How many? The number that belongs to the object of an event.

A number belongs to the noun phrase that it opens, so only words that may stand before a noun lie between it and the
object: "two missiles and a dozen shells" are 2 and 12, and the 100 of "a 100-strong crew" belong to nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.model import Count


def _words(names: str, *, first: int = 0, step: int = 1) -> dict[str, int]:
    return {name: step * n for n, name in enumerate(names.split(), start=first)}


_UNITS = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety", first=2, step=10)
_SINGLE = {"a": 1, "an": 1, "another": 1, "single": 1}
_TWICE = {"pair": 2, "couple": 2, "both": 2, "twin": 2}
_VALUES = {**_UNITS, **_TENS, **_SINGLE, **_TWICE}
_TIMES = {"pair": 2, "couple": 2, "dozen": 12, "hundred": 100, "thousand": 1000}
_VAGUE = {
    "tens of thousands": 20_000, "hundreds of thousands": 200_000, "tens": 20, "dozens": 24, "scores": 40,
    "hundreds": 200, "thousands": 2000, "several dozen": 24, "several hundred": 200, "several thousand": 2000,
    "several": 3, "a few": 3, "a handful": 3, "multiple": 2, "a number": 2,
}  # fmt: skip
_ORDINALS = r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\d{1,3}(?:st|nd|rd|th)"
_LEAST = r"at least|more than|over|(?:no|not) (?:fewer|less) than|upwards of|in excess of|a minimum of"
_MOST = r"as many as|up to|fewer than|less than|under|at most|no more than|a maximum of"
_NEARLY = (
    r"nearly|almost|about|around|some|roughly|approximately|an estimated|between|a total of|a record|all"
)


def _any(words: Sequence[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_ALONE = r"(?<![\w.,:$€£¥₩/+-])"  # no part of a longer number, a time, a sum of money
_DIGITS = r"\d{1,3}(?:,\d{3})+|(?!(?:19[5-9]\d|20(?!00)[0-4]\d)\b)\d{1,6}"
_NUMBER = (
    rf"(?:half[- ]a?[- ]?dozen|(?:(?:{_DIGITS}|{_any([*_UNITS, *_SINGLE])})[- ])?(?:{_any(list(_TIMES))})"
    rf"|(?:{_any(list(_TENS))})[- ](?:{_any(list(_UNITS))})|{_DIGITS}|{_any(list(_VALUES))})"
)
_MEASURED = (
    r"(?:-(?!\Z)|:|\.\d|°|%|(?:percent|per|km|kilomet\w+|kms|miles?|nautical|met(?:er|re)s?|feet|foot|ft|inch(?:es)?|"
    r"min(?:ute)?s?|seconds?|hours?|days?|weeks?|months?|years?|decades?|a\.?m|p\.?m|million|billion|trillion|"
    r"magnitude|degrees?|tons?|tonnes?|kilotons?|kg|kilograms?|pounds?|knots?|times?|"
    r"January|February|March|April|May|June|July|August|September|October|November|December)\b)"
)
_PHRASE = re.compile(
    rf"{_ALONE}(?:(?:(?P<least>{_LEAST})|(?P<most>{_MOST})|(?:{_NEARLY}))\s+)*"
    rf"(?:(?P<vague>{_any(list(_VAGUE))})|(?P<low>{_NUMBER})(?:\s*(?:-|–|to|or|and)\s*(?P<high>{_NUMBER}))?"
    rf"(?P<more>\s+or more|\+|-plus|\s+plus)?|(?P<nth>{_ORDINALS}))(?!\w|,\d)(?!\s*{_MEASURED})",
    re.IGNORECASE,
)
# What makes the number after it a name or a date: "Type 055", "Resolution 1718", "Jan. 5".
_NAMING = re.compile(
    r"\b(?:Type|Mark|Mk|No|Flight|Article|Resolution|Unit|Block|Hwasong|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|"
    r"Dec|January|February|March|April|June|July|August|September|October|November|December)\.?\s+\Z"
)
_PART = re.compile(r"\s+(?:more\s+)?of\s+(?:(?:its|their|his|her|our|the|those|these)\s+)?")
_ROUNDS = re.compile(r"\s+(?:artillery\s+)?rounds\s+of\s+")  # of shells: each is one; of tests: each is many
_CLOSING = (
    r"of|in|on|at|by|with|from|for|to|into|toward|towards|over|near|off|after|before|during|than|that|which|who|as|but|"
    r"while|and|or|said|says|say|is|are|was|were|has|have|had|will|would|its|their|his|her|the|this|these|those|fleet|"
    r"army|division|squadron|brigade|corps|plenary|against|amid|aboard|via|fires|fired|launches|launched|tests|tested"
)
_WORD = r"(?:[\w.&’'\"“”/-]|,(?=\d))+"
# From the number to its noun: "of its", then words that may stand before a noun.
_BETWEEN = re.compile(
    rf"(?:{_PART.pattern}|\s+(?:more\s+)?(?:sorties|units|pieces)\s+of\s+|-|\s+)(?:\(\d+\)\s+)?"
    rf"(?:(?:[\w.’'-]*-[\w.’'-]+|new|large|small|modern|advanced|powerful|heavy|fast|big),\s+"
    rf"|(?-i:[A-Z][\w.-]*(?<!s) and (?=[A-Z]{_WORD}\s))|(?!(?:{_CLOSING})\b){_WORD}\s+)*",
    re.IGNORECASE,
)
# The first of two kinds of one noun: "two Chinese and four Russian bombers".
_KIND = re.compile(
    rf"{_ALONE}(?P<number>{_NUMBER})\s+(?:[A-Z][\w.]*(?<!s)|[\w.]+-[\w.]+)(?:\s+[A-Z][\w.]*(?<!s))?,? and\s+\Z"
)
_SHELLS = ("artillery", "shell")
_REACH = 60  # characters before the object in which its number stands


def count_before(sentence: str, start: int) -> Count | None:
    """The count written before the object that starts at this offset; None when the text gives none."""
    found = None
    for hit in _PHRASE.finditer(sentence, max(0, start - _REACH), start):
        whole = found is not None and _PART.fullmatch(sentence, found.end(), hit.start())  # "three of five"
        if not whole and _belongs(hit, sentence, start):
            found = hit
    return _count(found, sentence) if found else None


def _belongs(hit: re.Match[str], sentence: str, start: int) -> bool:
    """Whether nothing stands between the number and the object but what may open its noun phrase."""
    if _NAMING.search(sentence, max(0, hit.start() - _REACH), hit.start()):
        return False
    if sentence[start : start + _REACH].lower().startswith(_SHELLS) and _ROUNDS.fullmatch(
        sentence, hit.end(), start
    ):
        return True
    return _BETWEEN.fullmatch(sentence, hit.end(), start) is not None


def _count(hit: re.Match[str], sentence: str) -> Count:
    text = hit.group().strip()
    if hit["vague"]:
        of = " of" if re.match(r"\s+of\b", sentence[hit.end() :]) else ""
        return Count(min=_VAGUE[" ".join(hit["vague"].lower().split())], max=None, text=text + of)
    if hit["nth"]:
        return Count(min=1, max=1, text=text)
    low = _value(hit["low"])
    high = _value(hit["high"]) if hit["high"] else low
    other = _KIND.search(sentence, max(0, hit.start() - _REACH), hit.start())
    if other:
        low, high = low + _value(other["number"]), high + _value(other["number"])
        text = sentence[other.start() : hit.end()]
    if hit["most"]:
        return Count(min=min(1, high), max=high, text=text)
    return Count(min=min(low, high), max=None if hit["least"] or hit["more"] else max(low, high), text=text)


def _value(words: str) -> int:
    """The number that a phrase of figures or words means: "two dozen", "1,000", "twenty-three"."""
    parts = re.split(r"[- ]", words.lower().replace(",", ""))
    if parts[0] == "half":
        return 6
    if parts[-1] in _TIMES:
        return (_plain(parts[0]) if len(parts) > 1 else 1) * _TIMES[parts[-1]]
    return sum(_plain(part) for part in parts)


def _plain(word: str) -> int:
    return int(word) if word.isdecimal() else _VALUES[word]

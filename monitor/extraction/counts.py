"""How many? The number that belongs to the object of an event."""

from __future__ import annotations

import re

from monitor.model import Count

_UNITS = {
    w: n
    for n, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = {
    w: 10 * n
    for n, w in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_WORDS = {
    **_UNITS,
    **_TENS,
    "a": 1,
    "an": 1,
    "another": 1,
    "single": 1,
    "pair": 2,
    "couple": 2,
    "dozen": 12,
    "both": 2,
}
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,6}}|(?:{'|'.join(_TENS)})[- ](?:{'|'.join(_UNITS)})|{'|'.join(_WORDS)})"
_PHRASE = re.compile(
    rf"\b(?:(?P<least>at least|more than|over|no fewer than|as many as|up to|nearly|almost|about|around|some)\s+)?"
    rf"(?:(?P<low>{_NUMBER})(?:\s*(?:-|to|or)\s*(?P<high>{_NUMBER}))?(?P<of>\s+(?:pair|couple|dozen)?\s*of)?"
    rf"|(?P<vague>dozens|scores|hundreds|several|multiple)(?:\s+of)?)"
    r"(?!\s*(?:-|°|%|percent|km\b|kilomet|mile|feet|ft\b|minute|hour|day|week|month|year|a\.m|p\.m|million|billion))\s+",
    re.IGNORECASE,
)
_VAGUE = {"dozens": 24, "scores": 40, "hundreds": 200, "several": 3, "multiple": 2}
_OPEN = {"at least", "more than", "over", "no fewer than"}
_UPPER = {"as many as", "up to"}
_REACH = 45  # characters before the object in which its number stands


def count_before(sentence: str, start: int) -> Count | None:
    """The count written before the object that starts at this offset; None when the text gives none."""
    found = None
    window = sentence[max(0, start - _REACH) : start]
    for hit in _PHRASE.finditer(window):
        if not re.search(r"[,.;:]\s|\b(?:and|said|says|from|after)\s", window[hit.end() :]):
            found = hit
    return _count(found) if found else None


def _count(hit: re.Match[str]) -> Count:
    text = hit.group().strip()
    if hit["vague"]:
        return Count(min=_VAGUE[hit["vague"].lower()], max=None, text=text)
    low = _value(hit["low"])
    high = _value(hit["high"]) if hit["high"] else low
    hedge = (hit["least"] or "").lower()
    if hedge in _UPPER:
        return Count(min=1, max=high, text=text)
    return Count(min=low, max=None if hedge in _OPEN else high, text=text)


def _value(word: str) -> int:
    word = word.lower().replace(",", "")
    if word.isdigit():
        return int(word)
    return sum(_WORDS[part] for part in re.split(r"[- ]", word))

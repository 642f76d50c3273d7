"""The forms an English word takes in the news: launch, launches, launched, launching.

Regular forms by rule, the irregular verbs of the field from a table; a vocabulary entry can list any form outright.
"""

from __future__ import annotations

import re

_IRREGULAR = {
    "be": ("is", "are", "was", "were", "been", "being"),
    "bring": ("brings", "brought", "bringing"),
    "break": ("breaks", "broke", "broken", "breaking"),
    "build": ("builds", "built", "building"),
    "buy": ("buys", "bought", "buying"),
    "come": ("comes", "came", "coming"),
    "cut": ("cuts", "cutting"),
    "draw": ("draws", "drew", "drawn", "drawing"),
    "drive": ("drives", "drove", "driven", "driving"),
    "earn": ("earns", "earned", "earning"),
    "fall": ("falls", "fell", "fallen", "falling"),
    "fight": ("fights", "fought", "fighting"),
    "fly": ("flies", "flew", "flown", "flying"),
    "give": ("gives", "gave", "given", "giving"),
    "go": ("goes", "went", "gone", "going"),
    "hide": ("hides", "hid", "hidden", "hiding"),
    "hit": ("hits", "hitting"),
    "hold": ("holds", "held", "holding"),
    "keep": ("keeps", "kept", "keeping"),
    "lay": ("lays", "laid", "laying"),
    "make": ("makes", "made", "making"),
    "meet": ("meets", "met", "meeting"),
    "overfly": ("overflies", "overflew", "overflown", "overflying"),
    "put": ("puts", "putting"),
    "run": ("runs", "ran", "running"),
    "sell": ("sells", "sold", "selling"),
    "send": ("sends", "sent", "sending"),
    "set": ("sets", "setting"),
    "shoot": ("shoots", "shot", "shooting"),
    "split": ("splits", "splitting"),
    "steal": ("steals", "stole", "stolen", "stealing"),
    "sweep": ("sweeps", "swept", "sweeping"),
    "swing": ("swings", "swung", "swinging"),
    "take": ("takes", "took", "taken", "taking"),
    "tell": ("tells", "told", "telling"),
    "withdraw": ("withdraws", "withdrew", "withdrawn", "withdrawing"),
    "win": ("wins", "won", "winning"),
}
_DOUBLING = frozenset(
    {"ban", "ram", "jam", "ship", "step", "stop", "drop", "plan", "equip", "transfer", "refer", "slam"}
)


def verb_forms(verb: str) -> tuple[str, ...]:
    """All forms of a verb or phrase; the first word carries the endings, unless it is hyphenated."""
    head, space, rest = verb.partition(" ")
    prefix, hyphen, stem = head.rpartition("-")
    endings = _IRREGULAR.get(stem) or _regular(stem)
    return tuple(f"{prefix}{hyphen}{form}{space}{rest}" for form in (stem, *endings))


def noun_forms(noun: str) -> tuple[str, ...]:
    """Singular and plural; what already ends as a plural, or in a figure, is left alone."""
    if re.search(r"(s|ing|craft|[^a-zA-Z])$", noun) and not re.search(r"(ss|us|is)$", noun):
        return (noun,)
    return (noun, _with_s(noun))


def _regular(stem: str) -> tuple[str, ...]:
    if stem in _DOUBLING:
        long = stem + stem[-1]
        return (_with_s(stem), f"{long}ed", f"{long}ing")
    if stem.endswith("ee"):
        return (_with_s(stem), f"{stem}d", f"{stem}ing")
    if stem.endswith("e"):
        return (_with_s(stem), f"{stem}d", f"{stem[:-1]}ing")
    if re.search(r"[^aeiou]y$", stem):
        return (_with_s(stem), f"{stem[:-1]}ied", f"{stem}ing")
    return (_with_s(stem), f"{stem}ed", f"{stem}ing")


def _with_s(word: str) -> str:
    if re.search(r"[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    return f"{word}es" if re.search(r"(s|x|z|ch|sh)$", word) else f"{word}s"

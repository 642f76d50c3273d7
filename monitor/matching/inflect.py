"""The forms an English word takes in the news: launch, launches, launched, launching.

Regular forms by rule, the irregular verbs of the field from a table; a vocabulary entry can list any form outright.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

_IRREGULAR = {
    "be": ("is", "are", "was", "were", "been", "being"),
    "bear": ("bears", "bore", "borne", "bearing"),
    "beat": ("beats", "beaten", "beating"),
    "become": ("becomes", "became", "becoming"),
    "begin": ("begins", "began", "begun", "beginning"),
    "bid": ("bids", "bidding"),
    "bind": ("binds", "bound", "binding"),
    "blow": ("blows", "blew", "blown", "blowing"),
    "break": ("breaks", "broke", "broken", "breaking"),
    "bring": ("brings", "brought", "bringing"),
    "broadcast": ("broadcasts", "broadcasting"),
    "build": ("builds", "built", "building"),
    "burst": ("bursts", "bursting"),
    "buy": ("buys", "bought", "buying"),
    "cast": ("casts", "casting"),
    "catch": ("catches", "caught", "catching"),
    "choose": ("chooses", "chose", "chosen", "choosing"),
    "come": ("comes", "came", "coming"),
    "cut": ("cuts", "cutting"),
    "deal": ("deals", "dealt", "dealing"),
    "dig": ("digs", "dug", "digging"),
    "do": ("does", "did", "done", "doing"),
    "draw": ("draws", "drew", "drawn", "drawing"),
    "drive": ("drives", "drove", "driven", "driving"),
    "earn": ("earns", "earned", "earning"),
    "fall": ("falls", "fell", "fallen", "falling"),
    "feed": ("feeds", "fed", "feeding"),
    "fight": ("fights", "fought", "fighting"),
    "find": ("finds", "found", "finding"),
    "flee": ("flees", "fled", "fleeing"),
    "fly": ("flies", "flew", "flown", "flying"),
    "forbid": ("forbids", "forbade", "forbidden", "forbidding"),
    "freeze": ("freezes", "froze", "frozen", "freezing"),
    "get": ("gets", "got", "gotten", "getting"),
    "give": ("gives", "gave", "given", "giving"),
    "go": ("goes", "went", "gone", "going"),
    "hide": ("hides", "hid", "hidden", "hiding"),
    "hit": ("hits", "hitting"),
    "hold": ("holds", "held", "holding"),
    "hurt": ("hurts", "hurting"),
    "keep": ("keeps", "kept", "keeping"),
    "lay": ("lays", "laid", "laying"),
    "lead": ("leads", "led", "leading"),
    "leave": ("leaves", "left", "leaving"),
    "let": ("lets", "letting"),
    "lose": ("loses", "lost", "losing"),
    "make": ("makes", "made", "making"),
    "meet": ("meets", "met", "meeting"),
    "mislead": ("misleads", "misled", "misleading"),
    "oversee": ("oversees", "oversaw", "overseen", "overseeing"),
    "foresee": ("foresees", "foresaw", "foreseen", "foreseeing"),
    "ride": ("rides", "rode", "ridden", "riding"),
    "overfly": ("overflies", "overflew", "overflown", "overflying"),
    "overrun": ("overruns", "overran", "overrunning"),
    "overthrow": ("overthrows", "overthrew", "overthrown", "overthrowing"),
    "pay": ("pays", "paid", "paying"),
    "put": ("puts", "putting"),
    "quit": ("quits", "quitting"),
    "rebuild": ("rebuilds", "rebuilt", "rebuilding"),
    "resell": ("resells", "resold", "reselling"),
    "retake": ("retakes", "retook", "retaken", "retaking"),
    "rewrite": ("rewrites", "rewrote", "rewritten", "rewriting"),
    "rise": ("rises", "rose", "risen", "rising"),
    "run": ("runs", "ran", "running"),
    "say": ("says", "said", "saying"),
    "see": ("sees", "saw", "seen", "seeing"),
    "seek": ("seeks", "sought", "seeking"),
    "sell": ("sells", "sold", "selling"),
    "send": ("sends", "sent", "sending"),
    "set": ("sets", "setting"),
    "shine": ("shines", "shone", "shined", "shining"),
    "shoot": ("shoots", "shot", "shooting"),
    "shut": ("shuts", "shutting"),
    "sink": ("sinks", "sank", "sunk", "sinking"),
    "sit": ("sits", "sat", "sitting"),
    "sortie": ("sorties", "sortied", "sortieing"),
    "speak": ("speaks", "spoke", "spoken", "speaking"),
    "spend": ("spends", "spent", "spending"),
    "split": ("splits", "splitting"),
    "spread": ("spreads", "spreading"),
    "stand": ("stands", "stood", "standing"),
    "steal": ("steals", "stole", "stolen", "stealing"),
    "strike": ("strikes", "struck", "stricken", "striking"),
    "stymie": ("stymies", "stymied", "stymieing"),
    "swear": ("swears", "swore", "sworn", "swearing"),
    "sweep": ("sweeps", "swept", "sweeping"),
    "swing": ("swings", "swung", "swinging"),
    "take": ("takes", "took", "taken", "taking"),
    "tear": ("tears", "tore", "torn", "tearing"),
    "tell": ("tells", "told", "telling"),
    "throw": ("throws", "threw", "thrown", "throwing"),
    "traffic": ("traffics", "trafficked", "trafficking"),
    "undergo": ("undergoes", "underwent", "undergone", "undergoing"),
    "uphold": ("upholds", "upheld", "upholding"),
    "win": ("wins", "won", "winning"),
    "withdraw": ("withdraws", "withdrew", "withdrawn", "withdrawing"),
    "withhold": ("withholds", "withheld", "withholding"),
    "write": ("writes", "wrote", "written", "writing"),
}
_DOUBLING = frozenset(  # planned
    """
    abet admit airdrop ban bar chop clip commit compel control defer deter dispel drag drop emit equip expel
    flag grab grip gun incur jam kidnap lob log map nab net occur omit patrol permit pin plan plot prop propel
    ram rebel refer remit repel rig rip rob scrap ship shop sidestep skip slam slap slip snap spot stab stem
    step stop strap strip submit swap tap top transfer transmit trap trim unplug wrap
    """.split()  # noqa: SIM905 - a list of words reads as words
)
_EITHER = frozenset(  # traveled and travelled
    """
    cancel channel dial fuel label level marshal model refuel shovel signal travel tunnel
    """.split()  # noqa: SIM905 - a list of words reads as words
)
_OES = re.compile(r"\b(cargo|echo|embargo|hero|torpedo|veto)$")
_MAN = re.compile(
    r"(air|business|chair|congress|crew|fisher|frog|guards|gun|police|rifle|sea|service|spokes|states)man$"
)


def verb_forms(verb: str) -> tuple[str, ...]:
    """All forms of a verb or phrase; the first word carries the endings, unless it is hyphenated."""
    head, space, rest = verb.partition(" ")
    prefix, hyphen, stem = head.rpartition("-")
    endings = _IRREGULAR.get(stem) or _regular(stem)
    return tuple(f"{prefix}{hyphen}{form}{space}{rest}" for form in (stem, *endings))


# Before a name that ends a phrase, it says that there is one of it: "views of Japan", "trade with the North".
_POINTING_LAST = re.compile(
    r"\b(?:in|of|from|to|for|on|about|towards?|with|against|by|over|near|around|off|into|at|before|after|until|via)"
    r"(?: the)?(?: [A-Z][\w.'-]*)*$"
)


def noun_forms(nouns: Sequence[str]) -> list[str]:
    """Singular and plural of each; what already ends as a plural is left alone."""
    # The last word alone decides, and 100,000 phrases share a few thousand.
    parts = [noun.rpartition(" ") for noun in nouns]
    return [
        f"{start}{space}{form}"
        for start, space, last in parts
        for form in ((last,) if last[:1].isupper() and _POINTING_LAST.search(start) else _last_forms(last))
    ]


@cache
def _last_forms(noun: str) -> tuple[str, ...]:
    if re.search(r"[A-Za-z]-?\d+[A-Z]?$", noun):
        return (noun, f"{noun}s")  # the J-16s, two Tu-95s
    if re.search(r"(s|ing|craft|(?<!speci)(?<!regi)men|[^a-zA-Z])$", noun) and not re.search(
        r"(ss|us|is)$", noun
    ):
        return (noun,)
    return (noun, _with_s(noun))


@cache
def _regular(stem: str) -> tuple[str, ...]:
    long = stem + stem[-1:]
    if stem in _DOUBLING:
        return (_with_s(stem), f"{long}ed", f"{long}ing")
    if stem in _EITHER:
        return (_with_s(stem), f"{stem}ed", f"{stem}ing", f"{long}ed", f"{long}ing")
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
    if word.endswith("sis"):
        return f"{word[:-2]}es"
    if _MAN.search(word):
        return f"{word[:-3]}men"
    return f"{word}es" if re.search(r"(s|x|z|ch|sh)$", word) or _OES.search(word) else f"{word}s"

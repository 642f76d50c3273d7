"""Turns of phrase that decide whether a deed happened, where no single word does.

"Has yet to test", "will not hesitate to strike", "before it could land", "it was not a Chinese ship that", "a test is
likely", "a launch is in the works", "in a war game".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from monitor.extraction import cues
from monitor.extraction.tokens import Token
from monitor.model import Status

_REACH = 8  # words before the deed
_ADVERB = r"(?: \w+ly| even| ever| again)?"
_WILL = r"(?:will|wo|would|shall|do|does|['’]ll) (?:not|n['’]t|never)"
# What stands right before the deed, whatever the parse makes of it.
_BEFORE = (
    (
        Status.DENIED,
        rf"\b(?:has|have|had|is|are|was|were) (?P<cue>yet) to{_ADVERB}(?: be{_ADVERB}| have been)?",
    ),
    (
        Status.DENIED,
        rf"\b(?P<cue>before) (?:\S+ ){{1,4}}(?:could|was able to|were able to){_ADVERB}(?: be{_ADVERB})?",
    ),
    (Status.HYPOTHETICAL, r"\bin the (?P<cue>event)(?: that| of)?(?: (?!and\b|but\b|or\b)[\w.'’-]+){0,6}"),
    (Status.THREATENED, rf"\b{_WILL} (?P<cue>hesitate|shrink|shy|flinch)(?:(?: away)? from| to){_ADVERB}"),
    (Status.THREATENED, rf"\bno (?:other )?(?P<cue>choice|option|alternative)(?: left)? but to{_ADVERB}"),
)
_PATTERNS = tuple((status, re.compile(rf"{text} \Z", re.IGNORECASE)) for status, text in _BEFORE)
# What stands right behind the noun of a deed to come.
_TO_COME = re.compile(
    r"(?:(?:is|are|was|were|be|being) )?(?P<cue>(?:under|in) preparation|in the (?:works|pipeline)|on the cards|"
    r"being prepared|to (?:resume|begin|start|restart|commence|go ahead|take place|be held|follow|kick off))\b",
    re.IGNORECASE,
)
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
_TIMES = frozenset({"time", "day", "week", "month", "year", "occasion"})  # "it was not the first time that"
_NOT_ALONE = frozenset({"just", "only", "merely", "alone"})
_SEEMING = frozenset(
    {"is", "are", "'s", "remains", "remain", "looks", "look", "seems", "seem", "appears", "appear"}
)
_LIKELY = frozenset({"likely", "possible", "imminent", "probable", "unlikely", "conceivable", "inevitable"})
# "War games" may be real drills, with real shells.
_PLAYED = re.compile(
    r"\bwar[ -]?game\b|\b(?:simulations?|tabletops?)\b|\b(?:rounds?|runs?|iterations?) of [^,]*\bwar[ -]?games\b",
    re.IGNORECASE,
)
_WITHIN = frozenset({"in", "during", "under"})


class Idiom(NamedTuple):
    """What a turn of phrase makes of a deed, and the word of it that is shown."""

    status: Status
    cue: Token
    played: bool = False


def idioms(node: Token) -> Iterator[Idiom]:
    """The turns of phrase around a deed, or around what governs it."""
    yield from _said_before(node)
    cleft = _cleft(node)
    if cleft is not None:
        yield Idiom(Status.DENIED, cleft)
    chance = _chance_of(node)
    if chance is not None:
        yield Idiom(Status.HYPOTHETICAL, chance)
    coming = _to_come(node)
    if coming is not None:
        yield Idiom(Status.PLANNED, coming)
    game = _game_of(node)
    if game is not None:
        yield Idiom(Status.HYPOTHETICAL, game, played=True)


def _said_before(node: Token) -> Iterator[Idiom]:
    start = max(node.doc.sentence_of(node), node.i - _REACH)
    words = node.doc[start : node.i]
    text = "".join(f"{word.text} " for word in words)
    for status, pattern in _PATTERNS:
        if found := pattern.search(text):
            place = text[: found.start("cue")].count(" ")
            yield Idiom(status, words[place])


def _to_come(noun: Token) -> Token | None:
    """The "under" of "two launches are under preparation", the "to" of "drills to begin"."""
    if not noun.tag_.startswith("N"):
        return None
    for last in dict.fromkeys((noun.i, noun.right_edge.i)):
        behind = noun.doc[last + 1 : last + _REACH]
        text = "".join(f"{word.text} " for word in behind)
        if found := _TO_COME.match(text):
            return behind[text[: found.start("cue")].count(" ")]
    return None


def _cleft(verb: Token) -> Token | None:
    """The "not" of "it was not a Chinese ship that cut the cable"."""
    noun = verb.head
    if verb.dep_ != "relcl" or noun.dep_ != "attr" or noun.lower_ in _TIMES:
        return None
    if any(child.lower_ in _NOT_ALONE for child in (*noun.lefts, *noun.head.children)):
        return None
    subjects = [child for child in noun.head.children if child.dep_ in _SUBJECTS]
    if not any(child.lower_ == "it" for child in subjects):
        return None
    return next((child for child in noun.head.children if child.dep_ == "neg"), None)


def _chance_of(noun: Token) -> Token | None:
    """The "likely" of "a test is likely in May"; "likely to anger Seoul" takes the test as done."""
    verb = noun.head
    if noun.dep_ not in _SUBJECTS or not noun.tag_.startswith("N") or verb.lower_ not in _SEEMING:
        return None
    chances = (child for child in verb.children if child.dep_ == "acomp" and child.lower_ in _LIKELY)
    return next((each for each in chances if not _is_of_what_comes(each)), None)


def _is_of_what_comes(chance: Token) -> bool:
    """Whether the chance is of something that the deed brings."""
    brought = [child for child in chance.children if child.dep_ == "xcomp"]
    return any(not cues.COMING.fullmatch(child.text) for child in brought)


def _game_of(verb: Token) -> Token | None:
    """The game of "in most rounds of the war game, Chinese troops landed"."""
    if not verb.tag_.startswith("V"):
        return None
    for child in verb.lefts:
        if child.dep_ == "prep" and child.lower_ in _WITHIN and _PLAYED.search(_text_under(child)):
            return child
    return None


def _text_under(word: Token) -> str:
    return word.doc.text_of(word.left_edge.i, word.right_edge.i + 1)

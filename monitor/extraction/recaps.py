"""What a later sentence recalls: deeds of former days, told to set the news of the day in its context.

Headline and first sentence tell the news. Further down a relative clause about somebody ("Pyongyang, which has tested
six devices"), a perfect that nobody reports ("has sent troops") and a clause beside an undated past ("relations soured
after it launched") say what was known before, unless the sentence says how lately it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.extraction import cues, grammar
from monitor.extraction.tokens import Token

# How lately it was, or when on the day.
_LATELY = re.compile(
    r"\b(?:(?:minutes?|hours?|(?:a|one|two|three|the) days?) (?:after|later|before|earlier|ago|apart)|"
    r"(?:earlier|later|late|early) (?:in the|that|this|on) (?:day|morning|afternoon|evening|night)|the same day|"
    r"this (?:week|month|morning|afternoon|evening)|today|tonight|overnight|just|meanwhile|separately|latest|newly|"
    r"\d\d? ?[ap]\.?m|\d\d?[:.]\d\d|local time|again)\b",
    re.IGNORECASE,
)
# Those who explain what others have told before.
_EXPLAINING = frozenset(
    {"analyst", "analysts", "expert", "experts", "observer", "observers", "critic", "critics", "scholar", "scholars",
     "historian", "historians", "researcher", "researchers", "academic", "academics", "professor"}
)  # fmt: skip
_PERFECT = frozenset({"has", "have", "had", "'ve", "'s", "’ve", "’s"})
_MARKS = frozenset({"after", "when", "while", "because", "since", "until", "till", "before"})
# What a text says comes after a deed is told together with it, as of these days.
_FOLLOWING = re.compile(r"c(?:o|a)m(?:e|es|ing)|follow(?:s|ed|ing)?", re.IGNORECASE)
_PREPOSITIONS = frozenset({"after", "since", "until"})
_KNOWN = frozenset({"the", "this", "that", "these", "those", "latest"})
_ONE = frozenset({"a", "an", "another"})
_DEEPEST = 8  # governors; deeper nesting is a parse gone wrong


def recap_cue(trigger: Token, sentence: str, *, far: bool = False) -> Token | None:
    """The word that makes an undated deed of a later sentence one of former days; None where it may be news.

    `far` below the lead, a deed that another undated one times is of former days too: "it blew up the office after
    talks had failed".
    """
    if _LATELY.search(sentence) or is_reported(trigger):
        return None
    for node in _above(trigger):
        cue = (
            _of_somebody(node) or _perfect(node) or _beside_the_past(node)
            if grammar.is_verb(node)
            else _after(node)
        )
        if cue is not None:
            return cue
    verb = trigger if grammar.is_verb(trigger) else grammar.supporter(trigger)
    return _timed(verb) if far and verb is not None else None


def is_reported(trigger: Token) -> bool:
    """Whether somebody who could know tells of the deed: an office, an army, a witness; not who only explains it."""
    node = trigger
    for _ in range(_DEEPEST):
        for child in node.children:
            if child.lower_ == "according":
                return not _explains(child)
            if child.dep_ in {"ccomp", "parataxis"} and cues.SAYING.fullmatch(child.text):
                return not _explains(child)
        if node.head == node:
            return False
        if node.dep_ in {"ccomp", "parataxis"} and cues.SAYING.fullmatch(node.head.text):
            return not _explains(node.head)
        node = node.head
    return False


def _explains(teller: Token) -> bool:
    return any(word.lower_ in _EXPLAINING for child in teller.children for word in child.subtree)


def _above(trigger: Token) -> Iterator[Token]:
    """The deed and the words that it hangs on, the innermost first."""
    node = trigger
    for _ in range(_DEEPEST):
        yield node
        if node.head == node:
            return
        node = node.head


def _of_somebody(verb: Token) -> Token | None:
    """The relative pronoun that says something more of somebody: "Pyongyang, which has tested six devices"."""
    if verb.dep_ != "relcl" or verb.head.tag_ not in {"NNP", "NNPS"} or verb.tag_ in {"VBZ", "VBP"}:
        return None
    return next(
        (child for child in verb.children if child.dep_ == "nsubj" and grammar.is_relative(child)), None
    )


def _perfect(verb: Token) -> Token | None:
    """The "has" of what was done at some time: "has sent troops", not "has been sending", nor "has fired a missile"."""
    having = next(
        (child for child in _first(verb).children if child.dep_ == "aux" and child.lower_ in _PERFECT), None
    )
    if having is None or verb.tag_ not in {"VBN", "VBD"}:
        return None
    return None if _is_one(grammar.patient(verb)) and having.lower_ != "had" else having


def _is_one(thing: Token | None) -> bool:
    """Whether it is a single thing, not "a number of tests"."""
    if thing is None or not any(child.lower_ in _ONE for child in thing.lefts):
        return False
    return not any(
        grammar.is_plural(each) for of in thing.children if of.lower_ == "of" for each in of.children
    )


def _first(verb: Token) -> Token:
    """The verb whose auxiliary a second one shares: "has tested and fired"."""
    while verb.dep_ == "conj" and not any(child.dep_ in grammar.SUBJECTS for child in verb.children):
        verb = verb.head
    return verb


def _beside_the_past(verb: Token) -> Token | None:
    """The conjunction by which a deed only times another, undated and past: "relations soured after it launched"."""
    if verb.dep_ != "advcl":
        return None
    marks = [child for child in verb.children if child.dep_ in {"mark", "advmod"} and child.lower_ in _MARKS]
    return next((mark for mark in marks if mark.lower_ == "since" or _is_past(verb.head)), None)


def _after(preposition: Token) -> Token | None:
    """The same for what a noun tells: "fell out after a launch", not "after the launch", which is known from above."""
    if preposition.dep_ != "prep" or preposition.lower_ not in _PREPOSITIONS:
        return None
    before = [word for noun in preposition.children for word in noun.lefts]
    misread = any(word.tag_ == "VBD" for word in before)  # "after the North fired missiles"
    known = any(word.lower_ in _KNOWN for word in before) and not misread
    return preposition if _is_past(preposition.head) and not known else None


def _timed(verb: Token) -> Token | None:
    """The conjunction by which another deed times this one; a single launch that nobody times by the clock is news."""
    if verb.tag_ != "VBD" or verb.dep_ not in {"ROOT", "conj"} or _is_one(grammar.patient(verb)):
        return None
    others = (
        child for child in verb.children if child.dep_ == "advcl" and child.i > verb.i and child.tag_ == "VBD"
    )
    return next((word for other in others for word in other.children if word.lower_ in _MARKS), None)


def _is_past(governor: Token) -> bool:
    return governor.tag_ in {"VBD", "VBN"} and not _FOLLOWING.fullmatch(governor.text)

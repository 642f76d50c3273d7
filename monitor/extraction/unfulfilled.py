"""What leaves a deed open: willing to, close to, trained for, barred from, used to, not confirmed, feared, delayed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.extraction.grammar import ANY_SUBJECT
from monitor.extraction.tokens import Token
from monitor.model import Status

# Of these the complement is no fact; "first to" and "proud to" are not among them.
_WILLING = re.compile(
    r"(?:un)?willing|reluctant|eager|keen|free|open|hesitant|loath|inclined|tempted|intent|bent|determined|entitled|"
    r"desperate|anxious|obliged|adamant|welcome|fit|unable",
    re.IGNORECASE,
)
_SETTING_ON = re.compile(r"insist(?:s|ed|ing|ence)?|keen|intent|bent|adamant|focus(?:ed|es)?", re.IGNORECASE)
_TRAINING = re.compile(
    r"train(?:s|ed|ing)?|drill(?:s|ed|ing)?|guard|alert|watch|vigilance|vigilant|shelters?|contingenc(?:y|ies)|readiness|"
    r"rehears(?:e|es|ed|al|als|ing)",
    re.IGNORECASE,
)
_BARRING = re.compile(
    r"barr(?:ed|ing)|bars|prohibit(?:s|ed|ing)?|kept|keeps?|dissuad(?:e|es|ed)", re.IGNORECASE
)
_PROVING = re.compile(
    r"confirm(?:ed|s|ing)?|verif(?:y|ied|ies)|establish(?:ed)?|ascertain(?:ed)?|know|clear|say", re.IGNORECASE
)
# What a headline says of a deed that it names by a noun: "missile test feared".
_OUTLOOK = (
    (
        re.compile(r"delayed|postponed|cancell?ed|averted|foiled|shelved|scrapped", re.IGNORECASE),
        Status.DENIED,
    ),
    (re.compile(r"planned|scheduled|due|slated", re.IGNORECASE), Status.PLANNED),
    (
        re.compile(
            r"feared|expected|likely|possible|probable|imminent|awaited|anticipated|predicted|looms?|looming|nears",
            re.IGNORECASE,
        ),
        Status.HYPOTHETICAL,
    ),
)
_RANKED = frozenset({"first", "second", "third", "latest", "last", "only"})
_NEARLY = frozenset({"close", "closer", "closest", "away"})


def left_open(parent: Token, child: Token) -> Status | None:
    """The status that the word above gives to what it leaves open; None where it leaves nothing open."""
    clause = child.dep_ == "xcomp" or any(each.dep_ == "pcomp" for each in child.children)
    by = child.lower_ if child.dep_ == "prep" else ""
    adjective = parent.tag_ in {"JJ", "VBN"} and clause
    if adjective and by in {"", "to", "on"} and _WILLING.fullmatch(parent.text):
        return Status.HYPOTHETICAL
    if clause and by == "on" and _SETTING_ON.fullmatch(parent.text):
        return Status.HYPOTHETICAL
    if by in {"for", "against"} and _TRAINING.fullmatch(parent.text):
        return Status.HYPOTHETICAL
    if clause and by in {"to", "from"} and parent.lower_ in _NEARLY:
        return Status.PLANNED
    if clause and by == "from" and _BARRING.fullmatch(parent.text):
        return Status.DENIED
    return Status.HISTORICAL if parent.lower_ == "used" and child.dep_ == "xcomp" else None


def is_unproved(teller: Token) -> bool:
    """Whether who should know does not: "could not confirm that", "it is not clear that"."""
    negated = any(child.dep_ == "neg" for child in teller.children)
    above = teller.head if teller.dep_ in {"xcomp", "ccomp"} else teller
    unable = above.lower_ in {"unable", "failed", "declined", "refused"}
    unable = unable or any(child.lower_ == "unable" for child in above.children)
    return bool(_PROVING.fullmatch(teller.text)) and (negated or unable)


def was_first_to(verb: Token) -> bool:
    """Whether somebody is said to have been the first, or the latest, to do it: a fact, for all its "to"."""
    noun = verb.head
    ranked = noun.lower_ in _RANKED or any(child.lower_ in _RANKED for child in noun.lefts)
    return ranked and noun.dep_ in {"attr", "acomp"} and noun.head.tag_ == "VBD"


def outlook(noun: Token) -> Iterator[tuple[Token, Status]]:
    """What is said of the deed itself: "missile test feared", not "the launch planned for May took place"."""
    if not noun.tag_.startswith("N"):
        return
    told = (
        noun.head
        if noun.dep_ in ANY_SUBJECT
        else next((word for word in noun.doc[noun.i + 1 : noun.i + 2]), None)
    )
    if told is None or told.i < noun.i or any(child.dep_ in {"dobj", "xcomp"} for child in told.children):
        return
    for pattern, status in _OUTLOOK:
        if pattern.fullmatch(told.text):
            yield told, status

"""Did it happen? The status of an event from the words that govern its trigger.

The walk goes from the trigger up through its governors and looks at each step for negation, modals, conditions and
words that announce, threaten or doubt (failure classes 1 to 3 of political event coders). It stops where another
assertion begins: what is said about the main clause says nothing of "after the North fired a missile".
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from monitor.model import Status


def _words(*stems: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(stems)})(?:e|s|es|d|ed|ing|ned|ning|ped|ping)?", re.IGNORECASE)


_ANY_MODAL = {"may", "might", "could", "would", "should", "can", "must", "ca", "'d"}
_FUTURE = {"will", "wo", "shall", "'ll"}
_ANNOUNCED = _FUTURE | {"would", "to"}
_CONDITIONS = {"if", "unless", "whether", "should", "in case"}

_DENYING = _words(
    "den(?:y|ie)", "refut", "dismiss", "rul(?:e|ing) out", "refus", "fail", "declin", "avoid",
    "prevent", "forgo", "forgone", "abandon", "cancel", "call(?:s|ed|ing)? off", "halt", "suspend",
    "stop", "ceas", "postpon", "delay", "forsak", "renounc", "give up", "lack", "deter", "ban", "end",
    "freez", "froze", "moratorium",
)  # fmt: skip
_THREATENING = _words(
    "threat", "threaten", "vow", "pledg", "warn", "warning", "sw(?:ea|o)r", "promis",
)  # fmt: skip
_PLANNING = _words(
    "plan", "prepar", "intend", "schedul", "read(?:y|ie)", "aim", "seek", "sought", "want", "hop(?:e|ing)", "propos",
    "consider", "mull", "weigh", "urg", "call(?:s|ed|ing)? for", "demand", "request", "ask",
    "preparation", "slat", "set", "gear", "due", "about", "poised", "expect", "intention", "order",
    "agree", "decid", "vot", "upcoming", "forthcoming", "project", "planned-for", "pending", "announc(?:e|ing) plan", "eye", "try",
    "tr(?:y|ie)", "attempt", "need", "authoriz", "authoris", "allow",
)  # fmt: skip
_DOUBTING = _words(
    "fear", "predict", "speculat", "worr(?:y|ie)", "suspicion", "anticipat", "possib(?:le|ly|ility)",
    "potential", "potentially", "likely", "likelihood", "unlikely", "capab(?:le|ility|ilitie)", "able",
    "ability", "risk", "prospect", "chance", "imminent", "hypothetical", "scenario", "concern",
    "brac(?:e|ing)", "simulat", "imagin", "wonder", "guess", "forecast", "brink", "verge", "danger",
    "await", "future", "next", "hint", "aspir", "signal", "tout", "perhaps", "maybe", "perceiv", "rumou?r", "would-be", "looming",
)  # fmt: skip
_PAST = _words(
    "anniversary", "anniversarie", "recall", "remember", "commemorat", "past", "previou", "earlier",
    "former", "histor(?:y|ic|ical)", "recent", "decade-old", "year-old", "earlier", "infamou",
)  # fmt: skip
# Words of these lists speak of the event only as governors, never as its own modifier ("a failed launch" happened).
_SAYING = re.compile(
    r"(?:sa(?:y|ys|id|ying)|report(?:s|ed|ing)?|announc\w+|confirm\w*|claim\w*|stat(?:es|ed|ing)|tell|tells|told|"
    r"show\w*|reveal\w*|detect\w*|believ\w+|accus\w+|alleg\w+|not(?:es|ed|ing)|add(?:s|ed|ing)|declar\w+|boast\w*|"
    r"find|found|know\w*)",
    re.IGNORECASE,
)
_CLAIMING = re.compile(r"(?:claim\w*|sa(?:y|ys|id)|announc\w+|declar\w+|boast\w*)", re.IGNORECASE)
_PRESENT = {"VBP", "VBZ", "VB"}
_INTENDING = {"ROOT", "relcl", "acl", "advcl", "ccomp", "conj"}  # where "to fire" is what is intended
_PENALTY = re.compile(r"sanction(?:s|ed)?|embargo|blacklist(?:ed)?", re.IGNORECASE)
_STOP_AT = {"advcl", "relcl", "acl", "parataxis", "csubj"}
_MODIFIERS = {"amod", "compound", "advmod", "nmod", "poss", "npadvmod", "quantmod"}


@dataclass(frozen=True, slots=True)
class Finding:
    """The status, the token that decided it, and whether plain negation did."""

    status: Status
    cue: Token | None = None
    negated: bool = False


def status_of(trigger: Token) -> Finding:
    """The first decisive finding on the way up; OCCURRED where nothing speaks against it."""
    found = list(itertools.islice(_findings(trigger), 3))
    if not found:
        return Finding(Status.OCCURRED)
    first = found[0]
    if first.cue is not None and first.cue.lower_ in _ANNOUNCED:
        # "Warned that it would fire": what is threatened speaks in the same words as what is foreseen.
        return next((finding for finding in found if finding.status is Status.THREATENED), first)
    return first


def _findings(trigger: Token) -> Iterator[Finding]:
    node = trigger
    yield from _modifiers(trigger)
    for _ in range(8):  # deeper nesting than eight governors is a parse gone wrong
        yield from _around(node)
        if _ends_walk(node):
            yield from _generic(node)
            yield from _circumstance(node)
            return
        parent = node.head
        yield from _governor(parent, node)
        if node.dep_ == "ccomp" and _SAYING.fullmatch(parent.text):
            return
        node = parent


def _generic(clause: Token) -> Iterator[Finding]:
    """ "Jets that intrude will be shot at": a present tense that hangs on what is only going to be."""
    noun = clause.head
    if clause.dep_ == "relcl" and clause.tag_ in _PRESENT and noun.dep_ in {"nsubj", "nsubjpass"}:
        for child in noun.head.children:
            if child.lower_ in _ANY_MODAL | _FUTURE:
                yield Finding(Status.HYPOTHETICAL, child)
    if clause.dep_ == "acl" and clause.tag_ == "VBN" and noun.tag_ == "NNS":
        yield from _findings_above(noun)


def _circumstance(node: Token) -> Iterator[Finding]:
    """ "Before a test" it has not come; "sanctions for developing" speak of what was long known."""
    if node.dep_ != "prep":
        return
    if node.lower_ == "before":
        yield Finding(Status.PLANNED, node)
    if node.lower_ == "for" and _PENALTY.fullmatch(node.head.text):
        yield Finding(Status.HISTORICAL, node)


def _findings_above(noun: Token) -> Iterator[Finding]:
    """What governs a plural that names no particular things: "capable of intercepting missiles fired by"."""
    for finding in itertools.islice(_findings(noun), 1):
        if finding.status in {Status.HYPOTHETICAL, Status.PLANNED}:
            yield finding


def _ends_walk(node: Token) -> bool:
    """Whether what governs this node speaks of another event."""
    if node.head == node or node.dep_ in _STOP_AT:
        return True
    if node.dep_ == "conj":
        return any(child.dep_ in {"nsubj", "nsubjpass"} for child in node.children)
    # A phrase of time ("after the launch", "since its test") stands beside the clause, not under it.
    if node.dep_ == "prep" and node.lower_ == "for" and _PENALTY.fullmatch(node.head.text):
        return True
    return node.dep_ == "prep" and node.lower_ in {
        "after",
        "since",
        "following",
        "despite",
        "amid",
        "over",
        "before",
    }


def _modifiers(noun: Token) -> Iterator[Finding]:
    """What stands before a nominal trigger: "no launch", "a possible test", "the planned drills"."""
    for child in noun.children:
        if child.dep_ == "det" and child.lower_ in {"no", "neither"}:
            yield Finding(Status.DENIED, child, negated=True)
        if child.dep_ not in _MODIFIERS:
            continue
        if child.tag_ in {"VBN", "JJ", "VBD"} and _PLANNING.fullmatch(child.text) and child.lower_ != "set":
            yield Finding(Status.PLANNED, child)
        if _DOUBTING.fullmatch(child.text):
            yield Finding(Status.HYPOTHETICAL, child)
        if _THREATENING.fullmatch(child.text):
            yield Finding(Status.THREATENED, child)
        if _PAST.fullmatch(child.text):
            yield Finding(Status.HISTORICAL, child)


def _around(node: Token) -> Iterator[Finding]:
    """Negation, modals and conditions that hang directly on one node."""
    for child in node.children:
        if child.i > node.i and child.dep_ not in {"prep", "advmod"}:
            continue
        if child.dep_ == "neg" or child.lower_ in {"never", "neither", "nor"}:
            yield Finding(Status.DENIED, child, negated=True)
        if child.dep_ == "mark" and child.lower_ in _CONDITIONS:
            yield Finding(Status.HYPOTHETICAL, child)
        if child.dep_ == "mark" and child.lower_ == "before" and node.tag_ in _PRESENT:
            yield Finding(Status.PLANNED, child)
        if child.dep_ in {"nsubj", "nsubjpass"} and any(
            word.lower_ in {"no", "neither"} for word in child.children
        ):
            yield Finding(Status.DENIED, child, negated=True)
        if child.dep_ in {"aux", "auxpass"}:
            yield from _auxiliary(child, node)
        if child.dep_ == "prep" and child.lower_ == "without" and child.i < node.i:
            yield Finding(Status.DENIED, child, negated=True)
        if child.dep_ == "advmod" and child.lower_ in {
            "possibly",
            "perhaps",
            "potentially",
            "maybe",
            "likely",
        }:
            yield Finding(Status.HYPOTHETICAL, child)


def _auxiliary(aux: Token, verb: Token) -> Iterator[Finding]:
    have = any(child.lower_ in {"have", "'ve"} and child.dep_ == "aux" for child in verb.children)
    if aux.lower_ in _ANY_MODAL:
        yield Finding(Status.HYPOTHETICAL, aux)
    elif aux.lower_ in _FUTURE:
        yield Finding(Status.PLANNED, aux)
    elif aux.lower_ == "to" and not have and (verb.dep_ in _INTENDING or verb.head.lower_ in {"is", "are"}):
        # "China to hold drills" in a headline; "a plan to launch"; "in order to test".
        yield Finding(Status.PLANNED, aux)


def _governor(parent: Token, child: Token) -> Iterator[Finding]:
    """What the word above makes of its complement."""
    if (
        parent == child
        or child.dep_ in {"nsubj", "nsubjpass", "agent", "poss", "npadvmod"}
        or child.dep_ in _STOP_AT
    ):
        return
    if child.dep_ == "conj":
        return
    if (
        child.dep_ == "prep"
        and parent.tag_.startswith("V")
        and child.lower_ not in {"against", "from", "with", "for", "about", "of"}
    ):
        return
    text = parent.text
    if parent.lower_ == "without":
        yield Finding(Status.DENIED, parent, negated=True)
    elif _DENYING.fullmatch(text) and not (
        child.dep_ == "prep" and child.lower_ not in {"from", "against", "on", "of"}
    ):
        yield Finding(Status.DENIED, parent)
    elif _THREATENING.fullmatch(text):
        yield Finding(Status.THREATENED, parent)
    elif _PLANNING.fullmatch(text) and not (
        text.lower() == "set" and parent.dep_ == "ROOT" and child.dep_ == "dobj"
    ):
        yield Finding(Status.PLANNED, parent)
    elif _DOUBTING.fullmatch(text):
        yield Finding(Status.HYPOTHETICAL, parent)
    elif _PAST.fullmatch(text):
        yield Finding(Status.HISTORICAL, parent)


def claimed_by(trigger: Token) -> Token | None:
    """The saying verb above the trigger, if there is one: its subject is the reporter."""
    node = trigger
    for _ in range(8):
        parent = node.head
        if parent == node:
            break
        if node.dep_ in {"ccomp", "parataxis"} and _SAYING.fullmatch(parent.text):
            return parent
        if node.dep_ in _STOP_AT and node.dep_ != "parataxis":
            return None
        node = parent
    for child in trigger.children:
        if child.dep_ in {"ccomp", "parataxis"} and _SAYING.fullmatch(child.text):
            return child
    return None


def is_claim(verb: Token) -> bool:
    """Whether a saying verb, with the doer as its subject, makes the event only claimed."""
    return bool(_CLAIMING.fullmatch(verb.text))

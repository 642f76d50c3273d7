"""Did it happen? The status of an event from the words that govern its trigger.

The walk goes from the trigger up through its governors and looks at each step for negation, modals, conditions and
words that announce, threaten or doubt (failure classes 1 to 3 of political event coders). It stops where another
assertion begins: what is said about the main clause says nothing of "after the North fired a missile".
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from monitor.extraction import cues
from monitor.extraction.clauses import (
    begins_anew,
    brings_in_known,
    comes_home,
    condition_of,
    decides_against,
    goes_before,
    is_concern,
    is_loose,
    is_misread_denial,
    is_misread_plan,
    is_none,
    is_of_nothing,
    is_past,
    is_rejected,
    is_set_itself,
    is_taken_as_given,
    is_talked_over,
    is_undone,
    negates,
    reacts,
    tells_what,
    turns_down,
)
from monitor.extraction.grammar import ANY_SUBJECT
from monitor.extraction.idioms import idioms
from monitor.extraction.tokens import Token
from monitor.extraction.unfulfilled import is_unproved, left_open, outlook, was_first_to
from monitor.model import Status

_FORESEEN = frozenset({Status.THREATENED, Status.HYPOTHETICAL, Status.DENIED})
_DEEPEST = 8  # governors; deeper nesting is a parse gone wrong
_PRESENT = frozenset({"VBP", "VBZ", "VB"})
_PAST_TENSE = frozenset({"VBD", "VBN"})
_INTENDING = frozenset(
    {"ROOT", "relcl", "acl", "advcl", "ccomp", "conj"}
)  # where "to fire" is what is intended
_OTHER_ASSERTION = frozenset({"advcl", "relcl", "acl", "parataxis", "csubj"})
_UNGOVERNED = _OTHER_ASSERTION | {"nsubj", "nsubjpass", "agent", "poss", "npadvmod", "conj"}
_MODIFIERS = frozenset({"amod", "compound", "advmod", "nmod", "poss", "npadvmod", "quantmod"})
_BY_NOUN = (
    (cues.DENYING, Status.DENIED),
    (cues.THREATENING, Status.THREATENED),
    (cues.PLANNING, Status.PLANNED),
    (cues.DOUBTING, Status.HYPOTHETICAL),
)
_BY_HEAD_OF_NOUN = (
    (cues.REJECTING, Status.DENIED),
    (cues.DENYING, Status.DENIED),
    (cues.THREATENING, Status.THREATENED),
)
_BY_GOVERNOR = (*_BY_NOUN, (cues.PAST, Status.HISTORICAL), (cues.SIMULATING, Status.HYPOTHETICAL))
_DENYING_PREPOSITIONS = frozenset({"from", "against", "on", "of"})


@dataclass(frozen=True, slots=True)
class Finding:
    """The status, the token that decided it, and whether plain negation did."""

    status: Status
    cue: Token | None = None
    negated: bool = False
    exercise: bool = False  # only played: a mock attack, a simulated launch


def status_of(trigger: Token, own: Collection[int] = ()) -> Finding:
    """The first decisive finding on the way up; OCCURRED where nothing speaks against it.

    The trigger's `own` words, by their place, decide nothing: the "warning" of "warning shots" announces none.
    """
    found = list(itertools.islice(_findings(trigger, own), 3))
    if not found:
        return Finding(Status.OCCURRED)
    first = found[0]
    if first.cue is not None and first.cue.lower_ in cues.ANNOUNCED:
        # "Warned that it would fire", "fear that it will": plan, threat and fear speak in the same words.
        return next((finding for finding in found[1:] if finding.status in _FORESEEN), first)
    return first


def claimed_by(trigger: Token) -> Token | None:
    """The saying verb above the trigger, if there is one: its subject is the reporter."""
    node = trigger
    for _ in range(_DEEPEST):
        parent = node.head
        if parent == node:
            break
        if node.dep_ in {"ccomp", "parataxis"} and cues.SAYING.fullmatch(parent.text):
            return parent
        if node.dep_ == "xcomp" and cues.BOASTING.fullmatch(parent.text):
            return parent
        if node.dep_ in _OTHER_ASSERTION and node.dep_ != "parataxis":
            return None
        node = parent
    if (
        node.dep_ == "pcomp"
        and node.head.head.tag_.startswith("V")
        and cues.CLAIMING.fullmatch(node.head.head.text)
    ):
        return node.head.head
    for child in trigger.children:
        if child.dep_ in {"ccomp", "parataxis"} and cues.SAYING.fullmatch(child.text):
            return child
    return None


def is_boast(verb: Token) -> bool:
    """Whether the verb alone says that the teller's own deed is told."""
    return bool(cues.BOASTING.fullmatch(verb.text))


def is_claim(verb: Token) -> bool:
    """Whether a saying verb, with the doer as its subject, makes the event only claimed."""
    return bool(cues.CLAIMING.fullmatch(verb.text))


# --- the walk --------------------------------------------------------------------------------------


def _findings(trigger: Token, own: Collection[int] = ()) -> Iterator[Finding]:
    node = trigger
    yield from _modifiers(trigger, own)
    yield from (Finding(status, word) for word, status in outlook(trigger))
    for _ in range(_DEEPEST):
        for idiom in idioms(node):
            yield Finding(idiom.status, idiom.cue, exercise=idiom.played)
        undone = node != trigger and is_undone(node)
        for child in node.children:
            if not (undone and child.dep_ == "neg"):
                yield from _around(node, child, trigger)
        if node != trigger and node.tag_.startswith("N") and cues.SAYING.fullmatch(node.text):
            yield from _denied_with(node)  # "rejects a claim of"
        if _ends_walk(node) or (trigger.dep_ != "amod" and is_talked_over(node)):
            yield from _generic(node)
            yield from _circumstance(node)
            return
        parent = node.head
        if not undone:  # "refuses to stop"
            yield from _governor(parent, node)
        if node.dep_ == "ccomp" and cues.SAYING.fullmatch(parent.text):
            yield from _denied_with(parent)
            if is_unproved(parent):
                yield Finding(Status.HYPOTHETICAL, parent)
            return
        node = parent


def _ends_walk(node: Token) -> bool:
    """Whether what governs this node speaks of another event."""
    if node.head == node or node.dep_ in _OTHER_ASSERTION:
        return True
    if begins_anew(node) or is_taken_as_given(node):
        return True
    return node.dep_ == "prep" and (node.lower_ in cues.BESIDE or _penal(node) or brings_in_known(node))


def _denied_with(teller: Token) -> Iterator[Finding]:
    """What is told in a report falls with it: "denies a report claiming it sent arms"."""
    denying = is_rejected(teller)
    if denying is not None:
        yield Finding(Status.DENIED, denying)


def _modifiers(noun: Token, own: Collection[int] = ()) -> Iterator[Finding]:
    """What stands before a nominal trigger: "no launch", "a possible test", "the planned drills"."""
    for child in noun.children:
        if child.dep_ == "det" and is_none(child):
            yield Finding(Status.DENIED, child, negated=True)
        if is_misread_denial(child, noun) and not comes_home(child, noun):
            yield Finding(Status.DENIED, child)
        if child.dep_ not in _MODIFIERS or child.i in own:
            continue
        if (
            child.tag_ in {"VBN", "JJ", "VBD", "NNS", "VBZ"}
            and cues.PLANNING.fullmatch(child.text)
            and child.lower_ != "set"
        ):
            yield Finding(Status.PLANNED, child)
        if cues.DOUBTING.fullmatch(child.text):
            yield Finding(Status.HYPOTHETICAL, child)
        if cues.THREATENING.fullmatch(child.text):
            yield Finding(Status.THREATENED, child)
        if cues.SIMULATING.fullmatch(child.text):
            yield Finding(Status.HYPOTHETICAL, child, exercise=True)
        if is_past(child):
            yield Finding(Status.HISTORICAL, child)


def _around(node: Token, child: Token, trigger: Token) -> Iterator[Finding]:
    """Negation, modals and conditions that hang directly on one node above the trigger, or on it."""
    if child.i > node.i and child.dep_ not in {"prep", "advmod", "neg", "dobj"}:
        return
    if negates(child, node, trigger):
        yield Finding(Status.DENIED, child, negated=True)
    if child.dep_ == "mark":
        yield from _marked(child, node)
    if child.dep_ in {"aux", "auxpass"}:
        yield from _auxiliary(child, node)
    if is_misread_plan(child, node):
        yield Finding(Status.PLANNED, child)
    if child.dep_ == "advmod" and child.lower_ in cues.PERHAPS:
        yield Finding(Status.HYPOTHETICAL, child)


def _marked(mark: Token, verb: Token) -> Iterator[Finding]:
    if mark.lower_ in cues.CONDITIONS:
        yield Finding(Status.HYPOTHETICAL, mark)
    if mark.lower_ == "since" and verb.tag_ in _PAST_TENSE:
        yield Finding(Status.HISTORICAL, mark)
    if mark.lower_ == "before" and verb.tag_ in _PRESENT:
        yield Finding(Status.PLANNED, mark)


def _auxiliary(aux: Token, verb: Token) -> Iterator[Finding]:
    if aux.lower_ == "had" and any(child.dep_ in ANY_SUBJECT and child.i > aux.i for child in verb.children):
        yield Finding(Status.HYPOTHETICAL, aux)  # "had it fired, we would have"
    misread = _status_by_word(aux) if aux.lower_ not in cues.ANNOUNCED | cues.MODALS else None
    if misread is not None:
        yield Finding(misread, aux)  # a headline's verb: "Kim plans visit"
    have = any(child.lower_ in {"have", "'ve"} and child.dep_ == "aux" for child in verb.children)
    if aux.lower_ == "would" and verb.dep_ == "acl" and cues.ANNOUNCEMENT.fullmatch(verb.head.text):
        yield Finding(Status.PLANNED, aux)
    elif aux.lower_ in cues.MODALS:
        yield Finding(Status.HYPOTHETICAL, aux)
    elif aux.lower_ in cues.FUTURE:
        yield Finding(Status.PLANNED, aux)
    elif (
        aux.lower_ == "to"
        and not have
        and not was_first_to(verb)
        and (verb.dep_ in _INTENDING or verb.head.lower_ in {"is", "are"})
    ):
        # "China to hold drills" in a headline; "a plan to launch"; "in order to test".
        yield Finding(Status.PLANNED, aux)


def _governor(parent: Token, child: Token) -> Iterator[Finding]:
    """What the word above makes of its complement."""
    if parent == child or child.dep_ in _UNGOVERNED or is_loose(child, parent) or goes_before(child, parent):
        return
    known = reacts(parent) or is_concern(parent, child)
    status = None if known else left_open(parent, child) or _status_under(parent, child)
    if parent.lower_ == "without" or is_of_nothing(child, parent) or decides_against(child, parent):
        yield Finding(Status.DENIED, parent, negated=True)
    elif parent.lower_ == "ahead" and child.lower_ == "of":
        yield Finding(Status.PLANNED, parent)
    elif status is not None:
        if status is Status.PLANNED and (condition := condition_of(parent)):  # "if it decides to strike"
            yield Finding(Status.HYPOTHETICAL, condition)
        yield Finding(status, parent, exercise=bool(cues.SIMULATING.fullmatch(parent.text)))
    elif child.dep_ == "ccomp":
        yield from _swirling(parent)


def _status_under(parent: Token, child: Token) -> Status | None:
    """The status that a governor gives, if it gives one."""
    about = parent.lower_ == "about" and child.dep_ == "pobj"  # worried about, not about to
    reason = parent.lower_ == "due" and parent.dep_ == "prep"  # put off due to the launch, not due to launch
    if is_undone(parent) or about or reason:
        return None
    if turns_down(parent):
        return Status.DENIED
    if comes_home(parent, child) or (parent.lower_ == "warning" and parent.dep_ in _MODIFIERS):
        return None  # "ends a visit", "warning shots"
    status = _status_by_word(parent)
    if status is Status.HISTORICAL and not is_past(parent):
        return None
    if status is Status.DENIED and child.dep_ == "prep" and child.lower_ not in _DENYING_PREPOSITIONS:
        return None
    return None if status is Status.PLANNED and is_set_itself(parent, child) else status


def _status_by_word(word: Token) -> Status | None:
    return next((status for pattern, status in _BY_GOVERNOR if pattern.fullmatch(word.text)), None)


def _swirling(verb: Token) -> Iterator[Finding]:
    """Say that "speculation swirls that" doubts, though the verb does not; that "no one says" denies."""
    for child in verb.children:
        if child.dep_ in ANY_SUBJECT and cues.DOUBTING.fullmatch(child.text):
            yield Finding(Status.HYPOTHETICAL, child)


# --- where the walk ends ---------------------------------------------------------------------------


def _generic(clause: Token) -> Iterator[Finding]:
    """Jets "that intrude" will be shot at: a present tense that hangs on what is only going to be."""
    noun = clause.head
    if clause.dep_ == "advcl" and clause.tag_ == "VBG" and turns_down(clause.head):
        yield Finding(Status.DENIED, clause.head)
    unreal = noun.dep_ == "attr" or (clause.tag_ in _PRESENT and noun.dep_ in ANY_SUBJECT)
    if clause.dep_ == "relcl" and unreal:
        for child in noun.head.children:
            if child.lower_ in cues.MODALS | cues.FUTURE:
                yield Finding(Status.HYPOTHETICAL, child)
    participle = clause.tag_ == "VBN" and not any(
        child.dep_ in {"aux", "auxpass"} for child in clause.children
    )
    if clause.dep_ == "acl" and participle and noun.tag_ == "NNS":
        yield from _doubts_above(noun)
    elif clause.dep_ == "acl" and participle and any(is_none(child) for child in noun.lefts):
        yield Finding(Status.DENIED, noun, negated=True)  # "no missile fired by the North"
    elif (clause.dep_ == "acl" and not participle) or tells_what(clause):
        yield from _of_noun(noun)


def _of_noun(noun: Token) -> Iterator[Finding]:
    """What a noun makes of the clause that it introduces: a plan to, a threat to, no sign that."""
    if any(is_none(child) for child in noun.lefts):
        yield Finding(Status.DENIED, noun, negated=True)
    if noun.head.tag_.startswith("V") and noun.dep_ not in ANY_SUBJECT:
        for pattern, status in _BY_HEAD_OF_NOUN:
            if pattern.fullmatch(noun.head.text):
                yield Finding(status, noun.head)
    if noun.dep_ == "nsubj":
        yield from _called_untrue(noun.head)
    yield from _denied_with(noun)
    for pattern, status in _BY_NOUN:
        if pattern.fullmatch(noun.text):
            yield Finding(status, noun)


def _called_untrue(verb: Token) -> Iterator[Finding]:
    """What the word over a report says of it: "reports that Kim had died were false"."""
    negated = any(child.dep_ == "neg" for child in verb.children)
    for child in verb.children:
        if child.dep_ in {"acomp", "attr"} and cues.UNTRUE.fullmatch(child.text) and not negated:
            yield Finding(Status.DENIED, child)


def _doubts_above(noun: Token) -> Iterator[Finding]:
    """What governs a plural that names no particular things: "capable of intercepting missiles fired by"."""
    for finding in itertools.islice(_findings(noun), 1):
        if finding.status in {Status.HYPOTHETICAL, Status.PLANNED}:
            yield finding


def _circumstance(node: Token) -> Iterator[Finding]:
    """Say that "before a test" it has not come, and that "sanctions for developing" speak of what was long known."""
    if node.dep_ != "prep":
        return
    if (
        node.lower_ in {"over", "about"}
        and node.head.tag_.startswith("N")
        and cues.DOUBTING.fullmatch(node.head.text)
        and not reacts(node.head)
    ):
        yield Finding(Status.HYPOTHETICAL, node.head)
    if node.lower_ == "before":
        yield Finding(Status.PLANNED, node)
    if node.lower_ == "since" and any(child.dep_ == "pcomp" for child in node.children):
        yield Finding(Status.HISTORICAL, node)
    if _penal(node):
        yield Finding(Status.HISTORICAL, node)


def _penal(preposition: Token) -> bool:
    return preposition.lower_ == "for" and bool(cues.PENALTY.fullmatch(preposition.head.text))

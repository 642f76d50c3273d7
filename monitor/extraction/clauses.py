"""Clause by clause: where another assertion begins, how far a denial reaches, which "no" denies, whose a date is."""

from __future__ import annotations

import re

from monitor.extraction import cues
from monitor.extraction.grammar import ANY_SUBJECT
from monitor.extraction.tokens import Token

_SAME_DAYS = re.compile(
    r"(?:(?:in|that) (?:the )?(?:day|week|morning|evening)|today|on|this week|that day)\b", re.IGNORECASE
)
_ANEW = frozenset({";", ":", "—", "–"})
# What a deed that was done is said not to be: "the flight was not aimed at anyone", "the test is not the first".
_OF_THE_KNOWN = re.compile(
    r"(?:aim|direct|target|meant|mean|intend|design|against|relat|link|connect|tied|new\b|news\b|unusual|surpris|"
    r"unexpected|helpful|acceptable|conducive|justif|legitimate|legal|illegal|provocative|hostile|offensive|alone|"
    r"over\b|enough|the (?:first|last|only|work|end|cause)\b|(?:a |an |the |any )?(?:threat|surprise|shock|"
    r"coincidence|accident|mistake|provocation|danger|risk|problem|concern|violation|breach|challenge|secret|cause|"
    r"reason|matter|message|signal|joke|bluff))",
    re.IGNORECASE,
)
_FINITE = frozenset({"VBD", "VBZ", "VBP"})
_BASE = frozenset({"VB"})
_ASIDE = frozenset({"nsubj", "agent", "advcl", "conj", "csubj", "parataxis", "ROOT"})
_BESIDE = frozenset(
    {"after", "since", "following", "before", "despite", "because", "though", "although", "if"}
)
_ANSWERED_BY = frozenset({"to", "for", "over", "against"})
_OPEN = frozenset({"a", "an", "any", "another", "every", "such", "further", "more", "new", "fresh", "future"})
_GUESSING = frozenset({"may", "might", "could", "can", "must"})
_THE = frozenset({"the", "this", "that", "these", "those", "latest"})
_WAY = frozenset({"IN", "RB", "RP"})
_ENDING = re.compile(r"end(?:s|ed)?", re.IGNORECASE)
_STAY = re.compile(
    r"(?:trip|visit|tour|journey|stay|summit|meeting|session|congress|parade)s?", re.IGNORECASE
)
_GOVERNING_PREPOSITIONS = frozenset({"against", "from", "with", "for", "about", "of"})
_WEEKDAYS = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})
# What goes on, where a test or a launch may be feared before it comes.
_STANDING = frozenset(
    {
        "buildup",
        "build",
        "expansion",
        "behavior",
        "behaviour",
        "activity",
        "activities",
        "conduct",
        "actions",
        "moves",
        "stance",
        "pressure",
        "coercion",
        "militarisation",
        "militarization",
    }
)
_CLOSE_TIMES = frozenset({"day", "days", "hour", "hours", "minute", "minutes"})
_FEELING = re.compile(r"(?:concern|worry|alarm|anxiety|misgiving)s?", re.IGNORECASE)
_VOICED_WITHIN = 5  # words
_DEEPEST = 8  # governors; deeper nesting is a parse gone wrong


def begins_anew(verb: Token) -> bool:
    """Whether a verb hangs on another one, but what governs that one does not reach it."""
    if verb.dep_ == "conj":
        return _has_subject(verb) or _has_own_tense(verb)
    return verb.dep_ == "ccomp" and _stands_before(verb)


def is_rejected(teller: Token) -> Token | None:
    """The word that denies a report in which this one tells: "denies a report claiming", "dismissed claims that"."""
    node, report = teller, False  # "denied saying so" denies nothing that was said
    for _ in range(_DEEPEST):
        below, node = node, node.head
        report |= below.tag_.startswith("N")
        if below.dep_ in _ASIDE or below == node:
            return None
        if report and node.dep_ != "amod" and _rejects(node):
            return node
    return None


def dates_another(time: Token, deed: Token) -> bool:
    """Whether a word of time stands in a clause that tells of something else than the deed."""
    shared = {deed, *deed.ancestors}
    node = time
    while node not in shared and node.head != node:
        if _is_apart(node, deed, time):
            return True
        node = node.head
    while deed not in (node, deed.head):
        if deed.dep_ == "ccomp" and begins_anew(deed):
            return True
        deed = deed.head
    return False


def brings_in_known(preposition: Token) -> bool:
    """Whether what follows was done, whatever becomes of the answer: "vows a response to the launch", not "to any"."""
    if not cues.RESPONSE.fullmatch(preposition.head.text) or preposition.lower_ not in _ANSWERED_BY:
        return False
    known = (noun for noun in preposition.children if noun.dep_ == "pobj")
    return not any(word.lower_ in _OPEN for noun in known for word in noun.lefts)


def is_misread_plan(word: Token, deed: Token) -> bool:
    """Whether a headline's verb was read as the subject of its object: "Xi eyes visit to Pyongyang"."""
    named = any(child.dep_ == "compound" and child.tag_.startswith("NNP") for child in word.children)
    placed = word.dep_ == "nsubj" and word.tag_ == "NNS" and word.i + 1 == deed.i and deed.tag_ == "VBP"
    return placed and named and bool(cues.PLANNING.fullmatch(word.text))


def is_misread_denial(word: Token, deed: Token) -> bool:
    """Whether a headline's verb was read as a noun before what it undoes: "Trump cancels summit with Kim"."""
    placed = 0 < word.i < deed.i and word.dep_ in {"compound", "nsubj"} and word.tag_ == "NNS"
    return placed and bool(cues.DENYING.fullmatch(word.text))


def is_none(word: Token) -> bool:
    """Whether the word says that there is none; "No. 3" only counts, and a no-sail zone is one."""
    after = word.doc[word.i + 1 : word.i + 3]
    if word.lower_ not in cues.NONE or (after and after[0].text.startswith("-")):
        return False
    return not (len(after) > 1 and after[0].text == "." and after[1].like_num)


def is_of_the_known(denial: Token) -> bool:
    """Whether a denial only says what a known deed is not: "not aimed at anyone", "no threat to the US"."""
    after = denial.doc.text_of(denial.i + 1, denial.i + 4)
    return _OF_THE_KNOWN.match(after) is not None


def is_of_nothing(child: Token, parent: Token) -> bool:
    """Whether this is "no sign of a launch"."""
    return (
        child.dep_ == "prep" and parent.tag_.startswith("N") and any(is_none(word) for word in parent.lefts)
    )


def decides_against(child: Token, parent: Token) -> bool:
    """Whether this is "decided against scrapping the pact"."""
    against = child.dep_ == "pcomp" and parent.lower_ == "against"
    return against and bool(cues.DECIDING.fullmatch(parent.head.text))


def is_taken_as_given(noun: Token) -> bool:
    """Whether a deed is known, and only what it means or brings is guessed: "the launch could lead to sanctions"."""
    verb = noun.head
    if noun.dep_ != "nsubj" or not noun.tag_.startswith("N") or cues.COMING.fullmatch(verb.text):
        return False
    if verb.lower_ == "be" and not any(child.dep_ == "attr" for child in verb.children):
        return False  # "the test could be near"
    guessed = any(child.lower_ in _GUESSING and child.dep_ == "aux" for child in verb.children)
    return guessed and (_is_weighed(noun) or any(_points_out(child) for child in noun.lefts))


def is_talked_over(noun: Token) -> bool:
    """Whether one known deed is the matter of talks to come: "the UN will discuss the North's missile launch"."""
    governor = noun.head
    if noun.dep_ == "pobj" and governor.lower_ in {"on", "about", "to"}:
        talk = governor.head
        talked = bool(cues.TALKING.fullmatch(talk.text))
    else:
        talked = noun.dep_ == "dobj" and bool(cues.DISCUSSING.fullmatch(governor.text))
    owned = any(
        child.lower_ in _THE or (child.dep_ in {"poss", "compound", "amod"} and child.tag_ == "NNP")
        for child in noun.lefts
    )
    return talked and noun.tag_ == "NN" and owned


def is_concern(word: Token, preposition: Token) -> bool:
    """Whether somebody is uneasy at what is there: "concerned by the buildup", "worried about China's buildup"."""
    if not cues.UNEASY.fullmatch(word.text) or preposition.dep_ not in {"prep", "agent"}:
        return False
    known = [child for child in preposition.children if child.dep_ == "pobj"]
    owned = any(child.dep_ == "poss" for noun in known for child in noun.children)
    return preposition.lower_ == "by" or (owned and any(noun.lower_ in _STANDING for noun in known))


def is_undone(verb: Token) -> bool:
    """Whether a verb that denies is itself denied: "has not stopped its tests", "refuses to halt them"."""
    if not verb.tag_.startswith("V") or not cues.STOPPING.fullmatch(verb.text):
        return False
    refused = verb.dep_ == "xcomp" and cues.REFUSING.fullmatch(verb.head.text)
    return bool(refused) or any(child.dep_ == "neg" for child in verb.children)


def turns_down(verb: Token) -> bool:
    """Whether a verb and its particle turn the deed down: "calls off", "holds off on"."""
    stem = re.sub(r"(?:s|ed|ing|ped)$", "", verb.lower_)
    stem = {"held": "hold", "stood": "stand", "gave": "give", "rul": "rule"}.get(stem, stem)
    return any(f"{stem} {child.lower_}" in cues.TURNING_DOWN for child in verb.children)


def reacts(noun: Token) -> bool:
    """Whether a feeling is voiced about what has come: "expressed concern over the flight", not "fears of a test"."""
    before = noun.doc[max(0, noun.i - _VOICED_WITHIN) : noun.i]
    return bool(_FEELING.fullmatch(noun.text)) and any(cues.VOICING.fullmatch(word.text) for word in before)


def is_past(word: Token) -> bool:
    """Whether a word looks back; "earlier in the day" tells the news of the day, "sail past" only of a way."""
    if not cues.PAST.fullmatch(word.text) or (word.lower_ == "past" and word.tag_ in _WAY):
        return False
    if word.lower_ != "earlier":
        return True
    if any(child.dep_ == "npadvmod" and child.lower_ in _CLOSE_TIMES for child in word.children):
        return False  # "a day earlier"
    return not _SAME_DAYS.match(word.doc.text_of(word.i + 1, word.i + 4))


def _is_weighed(noun: Token) -> bool:
    """Whether several deeds of somebody named are only judged: "North Korea's missile tests could be a message"."""
    judged = noun.head.lower_ == "be" and any(child.dep_ == "attr" for child in noun.head.children)
    owned = any(child.dep_ in {"poss", "compound", "amod"} and child.tag_ == "NNP" for child in noun.lefts)
    return judged and owned and noun.tag_ == "NNS"


def _points_out(word: Token) -> bool:
    return word.lower_ in _THE or word.dep_ == "nummod" or (word.dep_ == "poss" and word.lower_ in _WEEKDAYS)


def _is_apart(node: Token, deed: Token, time: Token) -> bool:
    """Whether what hangs on this word speaks of another deed: "who took office in", "after it had"."""
    if node.dep_ in {"relcl", "acl"}:
        noun = node.head
        if _is_done_by_another(node) or (node.tag_ == "VBN" and cues.UNDOING.fullmatch(deed.text)):
            return noun != deed
        return noun != deed and not (noun.i > deed.i and deed in noun.ancestors)
    if node.dep_ == "advcl":
        return any(child.dep_ == "mark" and child.lower_ in _BESIDE for child in node.children)
    if node.dep_ == "prep":
        named = (child for child in node.children if child.dep_ == "pobj")
        return node.lower_ in _BESIDE and any(time.i < noun.i and time in noun.subtree for noun in named)
    if node.dep_ == "ccomp":
        return begins_anew(node) or bool(cues.PAST.fullmatch(node.head.text))  # "recalls that it did"
    return node.dep_ in {"conj", "parataxis"} and _has_subject(node) and not cues.SAYING.fullmatch(node.text)


def _is_done_by_another(clause: Token) -> bool:
    """Whether a relative clause tells who did it: "a hotline that Pyongyang cut a year ago"."""
    doers = (child for child in clause.children if child.dep_ in ANY_SUBJECT)
    own = any(child.tag_ not in {"WDT", "WP"} and child.lower_ != "that" for child in doers)
    return clause.dep_ == "relcl" and own and not cues.SAYING.fullmatch(clause.text)


def _rejects(word: Token) -> bool:
    if word.tag_.startswith("V") and cues.SHRUGGING.fullmatch(word.text):
        return any(child.lower_ in {"off", "aside"} for child in word.children)
    return bool(cues.REJECTING.fullmatch(word.text)) and (
        word.tag_.startswith("V") or word.lower_.startswith("denial")
    )


def _has_subject(verb: Token) -> bool:
    return any(child.dep_ in ANY_SUBJECT for child in verb.children)


def _has_own_tense(verb: Token) -> bool:
    """Whether "may test a bomb and fired a missile": no "may" goes with the second verb."""
    return verb.tag_ in _FINITE and verb.head.tag_ in _BASE


def _stands_before(verb: Token) -> bool:
    """Whether a whole clause was hung on the next: "it fired a missile; it could fire another"."""
    following = verb.head
    if verb.i > following.i or not _has_subject(verb) or not _has_subject(following):
        return False
    parted = any(child.text in _ANEW and verb.i < child.i < following.i for child in following.children)
    joined = any(child.dep_ == "cc" and verb.i < child.i < following.i for child in following.children)
    return parted or joined or any(child.dep_ == "dobj" for child in following.children)


def comes_home(parent: Token, child: Token) -> bool:
    """Whether what ends has been: "Kim ends a trip to China", where to end tests is to stop them."""
    return bool(_ENDING.fullmatch(parent.text)) and bool(_STAY.fullmatch(child.text))


def goes_before(child: Token, parent: Token) -> bool:
    """Whether a headline's first clause was hung on its second: "Taiwan counts 103 planes, urges restraint"."""
    after = [word for word in parent.children if word.i > child.i]
    subordinate = any(word.dep_ == "mark" for word in after)  # "fires missiles as drills end"
    own_subject = any(word.dep_ in ANY_SUBJECT for word in after)
    return child.dep_ == "ccomp" and child.i < parent.i and (subordinate or not own_subject)


def is_loose(child: Token, parent: Token) -> bool:
    """Whether a phrase only stands beside a verb: "threatened Seoul during the launch"."""
    if child.dep_ == "prep" and child.i < parent.i:
        return True  # "with record incursions, China warns"
    gerund = any(word.dep_ == "pcomp" for word in child.children)  # "hints at resuming"
    if child.lower_ == "on" and turns_down(parent):
        return False  # "holds off on a strike"
    return (
        child.dep_ == "prep"
        and parent.tag_.startswith("V")
        and child.lower_ not in _GOVERNING_PREPOSITIONS
        and not gerund
    )


def is_set_itself(parent: Token, child: Token) -> bool:
    """Whether "set" is the deed itself, not what is set to come: "sets up a reserve"."""
    up = parent.lower_ in {"set", "sets"} and any(word.dep_ == "prt" for word in parent.children)
    return child.dep_ == "dobj" and (up or (parent.lower_ == "set" and parent.dep_ == "ROOT"))


def tells_what(clause: Token) -> bool:
    """Whether a clause read as relative says what the noun is: "a report that the North sent troops"."""
    return clause.dep_ == "relcl" and any(child.dep_ == "mark" for child in clause.children)


def negates(child: Token, node: Token, trigger: Token) -> bool:
    """Whether a word on one node denies the trigger, and does not only say what the known deed is not."""
    if child.dep_ == "neg" or child.lower_ in cues.NEVER or _is_over(child):
        return child.i < trigger.i or not is_of_the_known(child)
    if child.dep_ in ANY_SUBJECT and not _leads_in(child, node):
        return any(is_none(word) for word in (child, *child.lefts))  # "no aircraft crossed"
    if child.dep_ == "dobj":
        return child.lower_ == "nothing" or any(
            word.lower_ == "no" and is_none(word) and not is_of_the_known(word) for word in child.lefts
        )  # "fired no missile"
    return child.dep_ == "prep" and child.lower_ == "without" and child.i < node.i


def _is_over(adverb: Token) -> bool:
    """Whether this is "no longer"."""
    return adverb.lower_ == "longer" and any(child.lower_ == "no" for child in adverb.children)


def _leads_in(noun: Token, verb: Token) -> bool:
    """Whether a headline's lead was read as the subject of what follows it: "No briefing as ministers differ"."""
    return any(
        word.lower_ == "as" and word.dep_ == "prep" and noun.i < word.i < verb.i for word in noun.children
    )


def condition_of(verb: Token) -> Token | None:
    """The word that makes the clause of this verb a condition: the "if" of "if Beijing decides to"."""
    marks = (child for child in verb.children if child.dep_ == "mark")
    return next((mark for mark in marks if mark.lower_ in cues.CONDITIONS), None)


def is_conditional(verb: Token) -> bool:
    """Whether a condition hangs on the clause of this verb."""
    clauses = (child for child in verb.children if child.dep_ == "advcl")
    return any(word.lower_ in cues.CONDITIONS for clause in clauses for word in clause.children)

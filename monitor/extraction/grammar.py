"""Walking a parse: who is the subject, what is the object, which words belong to a phrase or a clause."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.extraction import cues
from monitor.extraction.tokens import Token

NOUN_PHRASE = frozenset(
    {"amod", "compound", "poss", "nmod", "conj", "appos", "det", "nummod", "npadvmod", "case", "punct"}
)
SUBJECTS = frozenset({"nsubj", "csubj"})
ANY_SUBJECT = frozenset({"nsubj", "nsubjpass"})  # of an active or a passive
MODIFIERS = frozenset({"amod", "compound", "nmod", "poss"})
# Whom and what these point at did not do it: "fires toward Japan", "talks with Seoul", "outside its zone".
POINTING = frozenset(
    {"to", "toward", "towards", "against", "at", "on", "upon", "into", "onto", "with", "alongside",
     "near", "around", "off", "over", "past", "across", "through", "above", "outside", "opposite", "beyond", "for"}
)  # fmt: skip
_PHRASE_PREPOSITIONS = frozenset({"of", "from", "by", "in", "with", "including"})
_CLAUSES = frozenset({"relcl", "acl", "advcl", "ccomp", "parataxis", "csubj"})
_SHARING = frozenset(
    {"conj", "xcomp", "advcl", "ccomp", "aux"}
)  # clauses that borrow their governor's subject
_NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
_WH = frozenset({"WDT", "WP", "WP$"})
_ACCUSING = re.compile(
    r"(?:accus|blam|suspect|condemn|criticis|criticiz|sanction|punish|fault|slam|denounc|blast|berat|lambast|rebuk|chid|"
    r"censur|decr[iy]|scold|rapped)\w*",
    re.IGNORECASE,
)
_CHARGING = re.compile(r"(?:charg|indict|credit)\w*", re.IGNORECASE)
_CAUSING = re.compile(r"(?:driv|drove|push|forc|prompt|compel|spur|goad|caus|lead|led)\w*", re.IGNORECASE)
# Verbs whose "with" names no means.
_BESIDE_WITH = re.compile(
    r"(?:cop|deal|dealt|coincid|contend|grappl|fac|compar|associat|concern|struggl|conflict|interfer|overlap|begin|began|"
    r"help|meet|met|talk|agree|cooperat|liv|work|do|connect|link|clash|combin|keep|kept|break|is|are|was|were|be|been)"
    r"(?:e|s|es|d|ed|ing)?",
    re.IGNORECASE,
)
_COMPLETED = frozenset({"dobj", "ccomp", "xcomp", "aux"})  # with these a verb is no bare participle
# What a deed may be told by without being told aside: "says it plans to launch", "fired and hailed".
_CARRYING = frozenset({"ccomp", "xcomp", "conj", "parataxis", "aux", "acomp", "prt"})
_NOUN_PLACES = frozenset({"amod", "compound", "pobj", "dobj", "poss"})
_DEEPEST = 4  # governors; deeper nesting is a parse gone wrong

# Words that stand for somebody named elsewhere: "it", "the country", "two jets".
_STAND_IN = re.compile(
    r"(?:it|they|he|she|who|which|that|country|nation|regime|state|leader|military|army|navy|air force|government|"
    r"island|forces?|troops|jets?|planes?|ships?|vessels?|aircraft|missiles?|projectiles?|pair|dozens?|number|"
    r"country's|total|launch(?:es)?|tests?|hackers?|group|move|military's|coast guard|warships?|warplanes?|"
    r"bombers?|fighters?|drones?|more|several|some|two|three)",
    re.IGNORECASE,
)


def is_verb(token: Token) -> bool:
    """Whether the token heads a clause as a verb, not only modifies a noun or stands where a noun must."""
    if token.dep_ == "advcl" and token.tag_ == "NN" and token.lower_.endswith("ing"):
        return True  # ", warning of war"
    return token.tag_.startswith("V") and token.dep_ not in _NOUN_PLACES


def is_plural(token: Token) -> bool:
    """Whether a noun, however it was tagged, is in the plural."""
    return token.tag_ in {"NNS", "NNPS"} or (token.tag_ == "VBZ" and token.dep_ in _NOUN_PLACES)


def is_relative(token: Token) -> bool:
    """Whether this is who, which, that or whose."""
    return token.tag_ in _WH


def stands_in(token: Token) -> bool:
    """Whether the word only stands for somebody or something named elsewhere."""
    return token.tag_ in {"PRP", "PRP$", "DT", "CD", "EX", *_WH} or bool(_STAND_IN.fullmatch(token.text))


def subject(verb: Token) -> Token | None:
    """Who does what this verb says: the agent of a passive, the noun that a relative clause hangs on."""
    by = agent(verb)
    if by is not None:
        return next((child for child in by.children if child.dep_ == "pobj"), None)
    own = [child for child in verb.children if child.dep_ in SUBJECTS]
    if own:
        told = any(mark.text == ":" for mark in verb.doc[own[0].i : own[-1].i])  # "Seoul: the North fired"
        child = own[-1] if told else own[0]
        return verb.head if child.tag_ in _WH and verb.dep_ == "relcl" else child
    if any(child.dep_ == "nsubjpass" for child in verb.children):
        return _shared_agent(verb)
    return _borrowed_subject(verb)


def agent(verb: Token) -> Token | None:
    """The "by" of a passive, not that of a thing done to: "denounced drills by the South"."""
    by = next((child for child in verb.children if child.dep_ == "agent"), None) or _bare_agent(verb)
    if by is None or any(child.dep_ in {"nsubjpass", "auxpass"} for child in verb.children):
        return by
    active = any(child.dep_ == "nsubj" for child in verb.children)
    return None if active and any(word.tag_ in _NOUNS for word in verb.doc[verb.i + 1 : by.i]) else by


def _bare_agent(verb: Token) -> Token | None:
    """The "by" right behind a headline's participle, read as any preposition: "China warned by US over"."""
    if verb.tag_ not in {"VBN", "VBD"} or any(child.dep_ in _COMPLETED for child in verb.children):
        return None
    by = next((c for c in verb.children if c.dep_ == "prep" and c.lower_ == "by" and c.i == verb.i + 1), None)
    named = by is not None and any(child.tag_ in {"NNP", "NNPS"} for child in by.children)
    return by if named else None


def _borrowed_subject(verb: Token) -> Token | None:
    """The subject of a verb that has none of its own."""
    if verb.dep_ == "ROOT":
        first = first_of_two(verb)
        return subject(first) if first is not None else _misread_subject(verb)
    if verb.dep_ == "acl":
        return _subject_of_modifier(verb)
    if verb.dep_ == "pcomp":
        return _subject_of_gerund(verb)
    teller = _teller_before(verb)
    if teller is not None:
        return subject(teller)
    told_after = (
        verb.dep_ == "ccomp" and verb.i < verb.head.i
    )  # "..., Seoul says": who tells it did not do it
    if verb.dep_ in _SHARING and verb.head != verb and verb.head.tag_.startswith("V") and not told_after:
        return _moved(verb) or subject(verb.head)
    return None


def _teller_before(verb: Token) -> Token | None:
    """The saying verb right before a clause that goes on to tell: "..., Seoul said, adding that"."""
    if verb.dep_ != "advcl" or verb.tag_ != "VBG" or verb.i < 2 or verb.doc[verb.i - 1].text != ",":  # noqa: PLR2004 - a word and a comma
        return None
    before = verb.doc[verb.i - 2]
    return before if before.tag_ in {"VBD", "VBZ"} and cues.SAYING.fullmatch(before.text) else None


def _misread_subject(verb: Token) -> Token | None:
    """The subject of a headline's verb that was read as part of a name: "Vietnam protests as"."""
    names = [child for child in verb.lefts if child.dep_ == "compound" and child.tag_ in {"NNP", "NNPS"}]
    return names[-1] if names and verb.tag_ in {"VBZ", "VBP"} else None


def first_of_two(verb: Token) -> Token | None:
    """The first verb of a headline's two, where it was read as what the second tells: "slams Seoul, vows action"."""
    if verb.dep_ != "ROOT" or verb.tag_ != "VBZ" or verb.i == 0 or verb.doc[verb.i - 1].text != ",":
        return None
    return next((c for c in verb.children if c.dep_ == "ccomp" and c.i < verb.i and c.tag_ == "VBZ"), None)


def _moved(verb: Token) -> Token | None:
    """Whom the governor brings to the deed: "drives Japan to rearm", "accuses the North trying to hide"."""
    moved = patient(verb.head)
    if moved is None or moved.i > verb.i:
        return None
    if verb.dep_ == "xcomp" and _CAUSING.fullmatch(verb.head.text):
        return moved if moved.tag_ in {"NNP", "NNPS"} else None
    trying = verb.dep_ == "advcl" and verb.tag_ == "VBG" and _ACCUSING.fullmatch(verb.head.text)
    return moved if trying and moved.i + 1 == verb.left_edge.i else None


def _subject_of_modifier(verb: Token) -> Token | None:
    """The noun itself, "jets crossing"; who has the noun in hand, for "Kim made a pledge to swell"."""
    if verb.tag_ == "VBG":
        return verb.head
    governor = supporter(verb.head) if verb.tag_ == "VB" else None
    return subject(governor) if governor is not None else None


def _subject_of_gerund(verb: Token) -> Token | None:
    """Whom they accuse "of firing", else who does something "after firing"."""
    preposition, governor = verb.head, verb.head.head
    if governor.tag_ == "JJ" and governor.dep_ == "acomp":  # "open to meeting", "capable of hitting"
        governor = governor.head
    if not governor.tag_.startswith("V"):
        return None
    accused = patient(governor) if accuses(governor, preposition) else None
    return accused if accused is not None else subject(governor)


def _shared_agent(verb: Token) -> Token | None:
    """The agent of two passives, which stands behind the second: "was boarded and seized by"."""
    for other in verb.children:
        if other.dep_ == "conj" and other.tag_ == "VBN":
            by = agent(other)
            own = any(child.dep_ in {*SUBJECTS, "nsubjpass"} for child in other.children)
            if by is not None and not own:
                return next((child for child in by.children if child.dep_ == "pobj"), None)
    return None


def accuses(verb: Token, preposition: Token) -> bool:
    """Whether the verb's object is told to have done what follows: "blames Seoul for", "charged three with"."""
    if preposition.lower_ == "with":
        return bool(_CHARGING.fullmatch(verb.text))
    return preposition.lower_ in {"of", "for", "over"} and bool(_ACCUSING.fullmatch(verb.text))


def patient(verb: Token) -> Token | None:
    """What the verb is done to: its object, the subject of a passive, the noun that a participle hangs on."""
    for child in verb.children:
        if child.dep_ in {"dobj", "nsubjpass"}:
            return verb.head if child.tag_ in _WH and verb.dep_ == "relcl" else child
    if agent(verb) is not None:  # a headline's passive: "ship fired on by"
        undergone = next((child for child in verb.children if child.dep_ == "nsubj"), None)
        if undergone is not None:
            return undergone
    return verb.head if verb.dep_ == "acl" and verb.tag_ == "VBN" else None


def complement(noun: Token) -> Token | None:
    """What a noun of action is done to: the missile of "the launch of a missile"."""
    for child in noun.children:
        if child.dep_ == "prep" and child.lower_ == "of":
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    return None


def supporter(noun: Token) -> Token | None:
    """The verb that a noun depends on: "conducts a test"; None when there is none near."""
    node = noun
    for _ in range(_DEEPEST):
        if node.head == node:
            return None
        if node.head.tag_.startswith("V"):
            return node.head
        node = node.head
    return None


def is_means(preposition: Token) -> bool:
    """Whether it is done by what follows: "raises tension with missile tests", not "coincides with"."""
    verb = preposition.head
    if verb.dep_ == "dobj" or (verb.dep_ == "pobj" and verb.head.head.tag_.startswith("V")):
        verb = supporter(verb) or verb
    return not _BESIDE_WITH.fullmatch(verb.text)


def attached_to(noun: Token, verb: Token) -> Token:
    """The token of the noun's chain that hangs directly on the verb."""
    node = noun
    while node.head not in (verb, node):
        node = node.head
    return node


def phrase(head: Token) -> Iterator[int]:
    """The tokens of a noun phrase, without the clauses that hang on it."""
    yield head.i
    for child in head.children:
        if (
            child.dep_ in NOUN_PHRASE
            or child.dep_ == "pobj"
            or (child.dep_ in {"prep", "agent"} and child.lower_ in _PHRASE_PREPOSITIONS)
            or (child.lower_ == "for" and head.lower_.startswith("spokes"))
        ):
            yield from phrase(child)


def is_pointed_at(noun: Token) -> bool:
    """Whether a preposition of direction governs the noun, or the phrase that it only modifies."""
    node = noun
    while node.dep_ in NOUN_PHRASE and node.head != node:
        node = node.head
    away = node.head.head.lower_ == "from"  # "launched from near the capital"
    return node.dep_ == "pobj" and node.head.lower_ in POINTING and not away


def is_main(deed: Token) -> bool:
    """Whether the main clause tells the deed, or what it says does: not a clause or a noun that hangs on others."""
    node = deed
    if not is_verb(node):
        while node.dep_ in MODIFIERS and node.head != node:
            node = node.head
        if node.dep_ not in {"dobj", "nsubj", "nsubjpass"} or not node.head.tag_.startswith("V"):
            return node.dep_ == "ROOT"
        node = node.head
    while node.dep_ in _CARRYING and node.head != node:
        node = node.head
    return node.dep_ == "ROOT"


def clause(token: Token) -> set[int]:
    """The tokens of the token's own clause with its subject, without nested clauses; of its governor's for a noun."""
    top = token
    for _ in range(_DEEPEST):
        if top.tag_.startswith("V") or top.head == top:
            break
        top = top.head
    tokens = set(_own(top))
    doer = subject(top)
    return tokens | set(phrase(doer)) if doer is not None else tokens


def _own(head: Token) -> Iterator[int]:
    yield head.i
    for child in head.children:
        nested = child.dep_ in _CLAUSES or (child.dep_ == "conj" and child.tag_.startswith("V"))
        if not nested:
            yield from _own(child)

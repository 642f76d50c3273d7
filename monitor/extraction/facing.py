"""Whom a sentence sets against the doer where no recipient is named outright. No rule asks for it: it only completes.

In order: whom somebody tells to do it ("tells Manila to tow"), of whom it is demanded ("says Sudan must return"), whom
it befalls ("faces Chinese curbs", "under pressure from Beijing"), whose the answered word is ("rejects calls by
Tokyo"), whom the things it is done with can reach, at whom any preposition of its clause points, whom it stirs
("sails past, angering Beijing"), and who is stirred by it ("Japan angered as").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from monitor.extraction import cues, grammar
from monitor.extraction.deed import Deed, deed_of, is_against, objects, prepositions
from monitor.extraction.parsed import Located, Parsed
from monitor.extraction.parties import Party, named_by, parties_of, unique
from monitor.extraction.tokens import Token
from monitor.model import Mention

_OBLIGING = frozenset({"must", "should", "ought", "need"})
_MENACING = re.compile(r"(?:warn|threat|vow|swear|swore)\w*", re.IGNORECASE)
_DEMANDING = re.compile(
    r"(?:demand|insist|urg|order|ask|request|requir|propos|appeal|press|want|recommend|plead|call)\w*",
    re.IGNORECASE,
)
_UNDERGOING = re.compile(
    r"(?:fac|suffer|endur|undergo|underwent|sustain|weather|brac|battl|withst|reel|resist|fend|brav)\w*",
    re.IGNORECASE,
)
_SETTING = frozenset(
    {"after", "before", "amid", "amidst", "during", "since", "despite", "following", "ahead", "as", "by", "than",
     "like", "unlike", "without", "including", "besides", "because", "until", "till", "from", "according", "among"}
)  # fmt: skip
_POINTING = grammar.POINTING | {"in"}
_STIRRED = frozenset({"as", "after", "when", "because", "that", "over"})
_PLACING = frozenset({"opposite", "near"})
_DIRECTED = frozenset({"to", "toward", "towards", "against", "into", "at", "over", "near"})
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_REACH = 12  # tokens behind a headline's deed
_NESTED = 3  # nouns in nouns
_DEEPEST = 6  # governors; deeper nesting is a parse gone wrong


def facing(trigger: Located, parsed: Parsed, doing: Sequence[Mention]) -> tuple[Mention, ...]:
    """The likeliest of the other sides that the sentence names; none where it names none but by the way."""
    doers = {mention.entity.side for mention in doing}
    others = [party for party in parties_of(parsed) if party.side not in doers]
    if not others:
        return ()
    deed = deed_of(trigger)
    for found in _ranks(deed, parsed, others):
        if found:
            return unique(party.mention for party in found)
    return ()


def asked_by(trigger: Located, parsed: Parsed, doing: Sequence[Mention]) -> tuple[Mention, ...]:
    """Who says that others must or should do it: the demand is his, and they are at whom it is directed."""
    clause = trigger.root
    if clause.dep_ != "ccomp" or not doing or not grammar.is_verb(clause.head):
        return ()
    if not any(c.dep_ == "aux" and c.lower_ in _OBLIGING for c in clause.children):
        return ()
    doers = {mention.entity.side for mention in doing}
    teller = grammar.subject(clause.head)
    named = named_by(teller, parties_of(parsed), whole=True) if teller is not None else []
    return unique(party.mention for party in named if party.side not in doers)


def _ranks(deed: Deed, parsed: Parsed, others: Sequence[Party]) -> Iterator[list[Party]]:
    root = deed.trigger.root
    yield _told(root, others)
    yield [party for word in deed.words for party in _obliged(word, others)]
    yield _befallen(root, others)
    done_to = is_against(deed.trigger, parsed)
    yield [p for thing in deed.things for p in _owners(thing, others, near=root if done_to else None)]
    yield [p for thing in (*deed.things, *deed.behind, *_equated(root)) for p in _reached(thing, others)]
    yield _pointed_at(root, others)
    if parsed.is_title:
        yield _ahead(deed, others)
    yield _engaged(root, others)
    yield [p for word in deed.words for p in _stirred(word, others)]
    yield _stirred_above(root, others)
    yield _before(root, others)
    if done_to:
        yield _answering(root, others)
    yield _landed(root, others)


def _told(deed: Token, others: Sequence[Party]) -> list[Party]:
    """Whom somebody tells to do it, or warns of doing it."""
    node = deed
    while node.dep_ in {"xcomp", "ccomp", "conj"} and node.head != node and node.head.tag_.startswith("V"):
        clause, node = node, node.head
        told = next((c for c in node.children if c.dep_ == "dobj" and c.i < clause.i), None)
        if told is not None and clause.dep_ != "conj":
            return named_by(told, others, whole=False)
    return []


def _obliged(word: Token, others: Sequence[Party]) -> list[Party]:
    """Of whom it is demanded, or whom it is foretold: the subject of what must or will be."""
    found: list[Party] = []
    for clause in word.children:
        if clause.dep_ not in {"ccomp", "acl", "xcomp"}:
            continue
        doer = next((c for c in clause.children if c.dep_ in grammar.SUBJECTS), None)
        bare = clause.tag_ in {"VB", "VBP"} and bool(_DEMANDING.fullmatch(word.text))
        if _MENACING.fullmatch(word.text) and clause.dep_ == "xcomp":
            bare = True  # "warned Seoul stop its drills"
        modals = {c.lower_ for c in clause.children if c.dep_ == "aux" and c.tag_ == "MD"}
        obliged = bool(modals & _OBLIGING) or (bool(modals) and bool(_MENACING.fullmatch(word.text)))
        if doer is not None and (bare or obliged):
            found += named_by(doer, others, whole=True)
    return found


def _befallen(deed: Token, others: Sequence[Party]) -> list[Party]:
    """Whom a noun befalls: who faces it, who is under it."""
    if grammar.is_verb(deed):
        return []
    node = deed
    while node.dep_ in grammar.MODIFIERS and node.head != node:
        node = node.head
    over = node.head
    if node.dep_ == "pobj" and over.lower_ == "under":
        holder = over.head
        bearer = grammar.subject(holder) if holder.tag_.startswith("V") else holder
        return named_by(bearer, others, whole=True) if bearer is not None else []
    if node.dep_ in {"dobj", "pobj"}:
        verb = grammar.supporter(node)
        if verb is not None and _UNDERGOING.fullmatch(verb.text):
            bearer = grammar.subject(verb)
            return named_by(bearer, others, whole=True) if bearer is not None else []
    return []


def _owners(thing: Token, others: Sequence[Party], *, near: Token | None) -> list[Party]:
    """Whose the thing is: "rejects calls by Tokyo", "sank a vessel from Vietnam", "vetoed a draft put forward by".

    `near`: a verb to which the "from" right behind its object may have been hung wrongly.
    """
    preps = [p for p in prepositions(thing) if p.lower_ in {"by", "from"}]
    beside = prepositions(near) if near is not None else ()
    preps += [p for p in beside if p.lower_ == "from" and p.i == thing.i + 1]
    made = [
        by for child in thing.children if child.dep_ == "acl" and (by := grammar.agent(child)) is not None
    ]
    return _behind((*preps, *made), others)


def _behind(preps: Iterable[Token], others: Sequence[Party]) -> list[Party]:
    """Whom the phrases behind prepositions name."""
    nouns = (noun for prep in preps for noun in objects(prep))
    return [party for noun in nouns for party in named_by(noun, others, whole=True)]


def _reached(thing: Token, others: Sequence[Party], depth: int = 0) -> list[Party]:
    """Whom the things can reach, as a clause on them says: "missiles with the range to hit Guam"."""
    found: list[Party] = []
    for child in thing.children:
        below: list[Token] = []
        if child.dep_ in {"relcl", "acl"} or (child.dep_ == "advcl" and child.tag_ == "VB"):
            reached = _done_to(child)
            if reached is not None and reached != thing:
                found += named_by(reached, others, whole=True)
                below = [reached]
        elif child.dep_ == "prep" and child.lower_ in {"with", "of"}:
            below = list(objects(child))
        if depth < _NESTED:
            found += [party for noun in below for party in _reached(noun, others, depth + 1)]
    return found


def _engaged(deed: Token, others: Sequence[Party]) -> list[Party]:
    """For or against whom the doer is busy, as a clause on him says: "troops fighting for Russia suffer losses"."""
    doer = grammar.subject(deed) if grammar.is_verb(deed) else None
    busy = [c for c in doer.children if c.dep_ == "acl" and c.tag_ == "VBG"] if doer is not None else []
    preps = [p for clause in busy for p in prepositions(clause) if p.lower_ in grammar.POINTING]
    return _behind(preps, others)


def _done_to(clause: Token) -> Token | None:
    """The object of a clause whose subject is the noun on which it hangs."""
    doer = next((c for c in clause.children if c.dep_ in grammar.SUBJECTS), None)
    own = doer is None or grammar.is_relative(doer)
    return grammar.patient(clause) if own and clause.tag_ != "VBN" else None


def _equated(noun: Token) -> list[Token]:
    """What a noun is said to be: "the tests were practice to"."""
    verb = noun.head
    if noun.dep_ not in grammar.SUBJECTS or noun.i > verb.i:
        return []
    return [child for child in verb.children if child.dep_ == "attr"]


def _pointed_at(deed: Token, others: Sequence[Party]) -> list[Party]:
    """At whom a preposition of the deed's own clause points, however deep in it; not who is named for the time."""
    own = {word.i for word in deed.subtree} if _is_aside(deed) else grammar.clause(deed)
    return [party for party in others if party.located.root.i in own and _is_aimed_at(party.located.root)]


def _is_aside(deed: Token) -> bool:
    """Whether a noun stands too deep in its clause for the rest of the clause to speak of it."""
    if grammar.is_verb(deed):
        return False
    while deed.dep_ in grammar.MODIFIERS and deed.head != deed:
        deed = deed.head
    return deed.dep_ == "pobj" and deed.head.lower_ not in {"of", "in"}


def _is_aimed_at(name: Token) -> bool:
    node = name
    while node.dep_ in grammar.NOUN_PHRASE and node.head != node:
        node = node.head
    if any(child.lower_ in _PLACING and child.dep_ == "amod" for child in node.children):
        return True  # "opposite Taiwan", read as "the other Taiwan"
    if node.dep_ != "pobj" or not _points(node.head):
        return False
    for _ in range(_DEEPEST):
        node = node.head
        if node.lower_ in _SETTING:
            return False
        if node.tag_.startswith("V") or node.head == node:
            return True
    return True


def _points(preposition: Token) -> bool:
    """Whether it points at somebody; "of" does behind an owner: "China's condemnation of Japan"."""
    if preposition.lower_ == "of":
        return any(child.dep_ == "poss" for child in preposition.head.children)
    return preposition.lower_ in _POINTING


def _ahead(deed: Deed, others: Sequence[Party]) -> list[Party]:
    """At whom the first preposition of direction behind a headline's deed points, however it was parsed."""
    doc = deed.trigger.root.doc
    for word in doc[deed.trigger.last + 1 : deed.trigger.last + _REACH]:
        if (
            word.lower_ in _SETTING
            or word.text in {":", ";"}
            or (word.tag_ in _FINITE and word.dep_ != "amod")
        ):
            break
        if word.lower_ in _DIRECTED:
            return [p for noun in objects(word) for p in named_by(noun, others, whole=True)]
    return []


def _stirred(word: Token, others: Sequence[Party]) -> list[Party]:
    """Whom it stirs, as a clause behind it says: "angering Beijing", "sparking alarm in Japan"."""
    found: list[Party] = []
    for clause in word.children:
        if clause.dep_ != "advcl" or clause.tag_ != "VBG" or clause.i < word.i:
            continue
        if any(child.dep_ in {"mark", *grammar.SUBJECTS} for child in clause.children):
            continue
        stirred = [c for c in clause.children if c.dep_ == "dobj"]
        stirred += [c for v in clause.children if v.dep_ == "ccomp" for c in v.children if c.dep_ == "nsubj"]
        preps = [p for node in (clause, *stirred) for p in prepositions(node) if p.lower_ in {"in", "from"}]
        heads = [*stirred, *(noun for p in preps for noun in objects(p))]
        found += [party for head in heads for party in named_by(head, others, whole=True)]
    return found


def _stirred_above(deed: Token, others: Sequence[Party]) -> list[Party]:
    """Who is stirred by it, in the clause above: "Japan angered as"."""
    node = deed
    for _ in range(_DEEPEST):
        if node.dep_ == "advcl" or node.head == node:
            break
        node = node.head
    if node.dep_ != "advcl" or not any(c.dep_ == "mark" and c.lower_ in _STIRRED for c in node.children):
        return []
    above = node.head
    if above.tag_ not in {"VBN", "VBD"} or any(
        child.dep_ in {"dobj", "ccomp", "xcomp"} for child in above.children
    ):
        return []
    bearer = next((c for c in above.children if c.dep_ in {"nsubj", "nsubjpass"}), None)
    if bearer is None or not above.text.endswith("ed"):
        return []
    where = [noun for p in prepositions(bearer) if p.lower_ == "in" for noun in objects(p)]
    return [party for noun in (bearer, *where) for party in named_by(noun, others, whole=True)]


def _before(deed: Token, others: Sequence[Party]) -> list[Party]:
    """To whom something else was done in the same breath: "slams Japan's build-up, promises action"."""
    first = grammar.first_of_two(deed)
    if first is None and deed.dep_ in {"conj", "dep"}:
        first = deed.head if grammar.is_verb(deed) else grammar.supporter(deed)
    if first is None or not grammar.is_verb(first):
        return []
    if any(child.dep_ in grammar.SUBJECTS for child in deed.children):
        return []
    thing = grammar.patient(first)
    return named_by(thing, others, whole=True) if thing is not None else []


def _answering(deed: Token, others: Sequence[Party]) -> list[Party]:
    """Who answers it with a deed of his own: "fires warning shots after drones cross the border"."""
    if deed.dep_ != "advcl" or not any(c.dep_ == "mark" and c.lower_ in _STIRRED for c in deed.children):
        return []
    answer = grammar.subject(deed.head)
    speaks = cues.SAYING.fullmatch(deed.head.text) or cues.ANSWERING.fullmatch(deed.head.text)
    return named_by(answer, others, whole=True) if answer is not None and not speaks else []


def _landed(deed: Token, others: Sequence[Party]) -> list[Party]:
    """Whom the thing reached that somebody sent: "balloons sent by the North fell on Seoul", "rejects a plea by"."""
    thing = deed.head
    if deed.dep_ != "acl" or deed.tag_ != "VBN":
        return []
    if thing.dep_ == "dobj":
        taker = grammar.subject(thing.head)
        return named_by(taker, others, whole=True) if taker is not None else []
    if thing.dep_ not in {*grammar.SUBJECTS, "nsubjpass"}:
        return []
    preps = [p for p in prepositions(thing.head) if p.lower_ in grammar.POINTING]
    return _behind(preps, others)

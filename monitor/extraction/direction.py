"""At whom a deed is directed, told by grammar alone: who is only named beside it is no recipient.

In order: the other side of what two do together, who is its very object ("warns Japan"), whom its prepositions point
at ("fires toward Japan"), whose its object is ("rams a Philippine boat"), near whom it is done, whose the place is
("enters Taiwan's zone"), and who complains of it ("Tokyo protests as Chinese ships enter its waters").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.extraction import grammar
from monitor.extraction.deed import Deed, deed_of, gives_bearing, is_against, objects, prepositions
from monitor.extraction.headlines import attributed_to
from monitor.extraction.parsed import Located, Parsed
from monitor.extraction.parties import Party, named_by, parties_of, unique
from monitor.extraction.tokens import Token
from monitor.model import Answers, Kind, Mention

_AT = frozenset(
    {"to", "toward", "towards", "against", "at", "on", "upon", "into", "onto", "between", "versus"}
)
_WITH = frozenset({"with", "alongside"})
_NEAR = frozenset(
    {"near", "around", "off", "over", "past", "across", "through", "above", "outside", "opposite", "beyond"}
)
_WITHIN = frozenset({"in", "inside", "within", "along", "from", "of"})
_SIDES = re.compile(
    r"(?:leaders?|officials?|counterparts?|forces|troops|nav(?:y|ies)|arm(?:y|ies)|air force|ships?|vessels?|warships?|"
    r"jets?|planes?|aircraft|fighters?|boats?|presidents?|ministers?|envoys?|soldiers|militar(?:y|ies)|guards?|"
    r"premiers?|diplomats?|governments?|fishermen|sailors|allies|ally)",
    re.IGNORECASE,
)
_TOGETHER = frozenset(
    {"joint", "jointly", "together", "mutual", "bilateral", "trilateral", "combined", "other", "cooperation"}
)
_EACH_OTHER = re.compile(
    r"(?:clash|collid|tussl|spar|skirmish|negotiat|exchang|swap)\w*|collisions?|clashes|standoff|trad(?:e|es|ed|ing)|meets?|met|meeting",
    re.IGNORECASE,
)
_TALKING = re.compile(r"(?:talk|discuss|debat|consult|confer|negotiat)\w*", re.IGNORECASE)
_SEEN = re.compile(r"(?:detected|spotted|seen|tracked|sighted|recorded|logged|counted)", re.IGNORECASE)
_BEARING = re.compile(r"(?:north|south)?-?(?:east|west)?(?:north|south)?", re.IGNORECASE)
_COMPLETING = frozenset({"dobj", "ccomp", "nsubjpass", "agent", "auxpass"})
_RECEIVING = re.compile(r"(?:receiv|g[eo]t\b|gets\b)", re.IGNORECASE)
_TAKING = re.compile(
    r"(?:withh[eo]ld|st(?:eal|ole)|theft|rob|loot|seiz|tak|took|receiv|obtain|acquir|demand|withdraw|withdrew|pull|bu(?:y|ies)|bought|purchas|import|sourc|hack)\w*",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"(?:zones?|airspace|adiz|eez|identification|waters)", re.IGNORECASE
)  # nobody intrudes into his own
_BESIDE = re.compile(r"\s*(?:,|and|&|, and|/)\s*(?:the\s+)?|-", re.IGNORECASE)
_OWN = frozenset({"its", "their", "his", "her", "our"})
_DEEPEST = 6  # governors; deeper nesting is a parse gone wrong


def recipients_of(trigger: Located, parsed: Parsed, doing: Sequence[Mention]) -> tuple[Mention, ...]:
    """Those at whom the deed is directed, where grammar first names somebody; none rather than a guess."""
    doers = {mention.entity.side for mention in doing}
    parties = parties_of(parsed)
    if len(doers) < 2 and all(party.side in doers for party in parties):  # noqa: PLR2004 - nobody else is named
        return ()
    deed = deed_of(trigger)
    mutual = len(doers) > 1 and _is_mutual(deed)
    if mutual and deed.trigger.mention.entity.mutual:
        return _each_other(doing)
    owner = [p.mention for p in _owner(deed, parsed, parties) if p.side not in doers]
    if owner:
        return unique(owner)
    for heads in _heads(deed):
        named = [party for head, whole in heads for party in named_by(head, parties, whole=whole)]
        found = [party.mention for party in named if party.side not in doers and not _is_stage(party)]
        if found:
            return unique(found)
    if mutual:
        return _each_other(doing)
    return unique(party.mention for party in _above(deed, parsed, parties) if party.side not in doers)


def answered_by(
    trigger: Located, parsed: Parsed, doing: Sequence[Mention], recipients: Sequence[Mention]
) -> tuple[Mention, ...]:
    """Whose deed an action answers: at whom it is directed, or who acts in a clause below, or the one other side."""
    if recipients:
        return tuple(recipients)
    doers = {mention.entity.side for mention in doing}
    actors = [a for a in parsed.of_kind(Kind.ACTOR) if a.mention.entity.side not in doers]
    below = {word.i for word in _clause_top(trigger.root).subtree if word.i > trigger.last}
    after = [a.mention for a in actors if a.root.i in below]
    if after:
        return unique(_listed(after, parsed))
    return _one_side([a.mention for a in actors])


def was_seen(trigger: Located) -> bool:
    """Whether a headline left out the "was" of a passive: "Chinese carrier spotted near Guam"."""
    root = trigger.root
    seen = root.tag_ in {"VBD", "VBN"} and root.dep_ != "acl" and bool(_SEEN.fullmatch(root.text))
    return seen and not any(
        child.dep_ in _COMPLETING and not _BEARING.fullmatch(child.text) for child in root.children
    )


def giver_of(trigger: Located, parsed: Parsed, doing: Sequence[Mention]) -> tuple[Mention, ...]:
    """From whom something was received: the deed is the giver's."""
    if not _RECEIVING.match(trigger.mention.span.text):
        return ()
    doers = {mention.entity.side for mention in doing}
    parties = [party for party in parties_of(parsed) if party.side not in doers]
    preps = [p for node in deed_of(trigger).all for p in prepositions(node) if p.lower_ == "from"]
    named = [party for p in preps for noun in objects(p) for party in named_by(noun, parties, whole=True)]
    return unique(party.mention for party in named)


# --- where grammar names somebody ------------------------------------------------------------------

_Head = tuple[Token, bool]  # a noun; True: all of its phrase counts, not only what the noun itself names


def _heads(deed: Deed) -> Iterator[list[_Head]]:
    """The nouns that may name a recipient, those of one rank together, the surest first."""
    trigger = deed.trigger
    preps = [p for node in deed.all for p in prepositions(node)]
    if trigger.mention.entity.mutual:
        joining = [p for p in preps if p.lower_ in _WITH and _joins(p, trigger)]
        yield [(noun, True) for p in joining for noun in objects(p)]
    if any(_TAKING.fullmatch(node.text) for node in deed.words):
        yield [(noun, True) for p in preps if p.lower_ in {"from", "out"} for noun in objects(p)]
    if _TALKING.fullmatch(trigger.root.text):  # what they talk about is no party to it
        yield from _around(trigger, deed.words, ())
    else:
        yield _direct(deed.words)
        yield from _around(trigger, deed.words, deed.things)
    yield _direct(deed.later)
    yield from _around(trigger, deed.later, [p for node in deed.later if (p := grammar.patient(node))])
    yield from _around(trigger, deed.behind, ())
    root = trigger.root
    if (
        trigger.mention.entity.against and root.dep_ in grammar.SUBJECTS
    ):  # "jamming disrupts Japanese flights"
        yield [(noun, True) for noun in [grammar.patient(root.head)] if noun is not None]


def _direct(verbs: Sequence[Token]) -> list[_Head]:
    """Objects, direct and indirect."""
    direct = [patient for verb in verbs if (patient := grammar.patient(verb)) is not None]
    direct += [
        helped for verb in verbs for child in verb.children if (helped := _brought_to(child)) is not None
    ]
    indirect = [c for verb in verbs for c in verb.children if c.dep_ == "dative" and c.tag_ != "IN"]
    return [(head, False) for head in (*direct, *indirect)]


def _brought_to(clause: Token) -> Token | None:
    """Whom one helps or lets do something: the China of "helps China build"."""
    bare = clause.dep_ == "ccomp" and clause.tag_ == "VB"
    if not bare or any(child.dep_ in {"aux", "mark"} for child in clause.children):
        return None
    return next((child for child in clause.children if child.dep_ in grammar.SUBJECTS), None)


def _around(trigger: Located, words: Sequence[Token], things: Sequence[Token]) -> Iterator[list[_Head]]:
    """Whom prepositions point at, then whose the things are, then near whom it is done."""
    preps = [p for node in (*words, *things) for p in prepositions(node)]
    own = range(trigger.first, trigger.last + 1)
    pointing = [
        p for p in preps if p.lower_ in _AT or p.i in own or (p.lower_ in _WITH and _joins(p, trigger))
    ]
    given = [(noun, False) for p in preps if p.lower_ == "for" for noun in objects(p)]
    yield [(noun, True) for p in pointing for noun in objects(p)] + given
    yield [(thing, True) for thing in things]
    yield [(noun, True) for p in preps if p.lower_ in _NEAR or gives_bearing(p) for noun in objects(p)]


def _is_stage(party: Party) -> bool:
    """Whether a body of no country is only where it was said: "at the U.N."."""
    before = party.located.root.head
    return not party.mention.entity.country and before.dep_ == "prep" and before.lower_ == "at"


def _joins(preposition: Token, trigger: Located) -> bool:
    """Whether "with" brings in the other side, and not help or means."""
    for noun in objects(preposition):
        if trigger.mention.entity.mutual or _SIDES.fullmatch(noun.text) or noun.tag_.startswith("NNP"):
            return True
    return False


# --- above the deed: who owns the place, who complains ---------------------------------------------


def _above(deed: Deed, parsed: Parsed, parties: Sequence[Party]) -> list[Party]:
    """Whose the place is, else who answers in the clause above, or speaks of its own zone or ships."""
    found = _within(deed, parties) or _harmed(deed, parsed, parties)
    if found:
        return found
    trigger = deed.trigger
    above = _governing(trigger, parties) or _attributed(trigger, parsed, parties)
    if above and (_touches_own(deed, parsed) or _is_answered(trigger, parsed)):
        return above
    return []


def _owner(deed: Deed, parsed: Parsed, parties: Sequence[Party]) -> list[Party]:
    """Who says that it was done to "its" own thing: "Canada says Chinese jets intercepted its plane"."""
    if not grammar.is_verb(deed.trigger.root) or not is_against(deed.trigger, parsed):
        return []
    thing = grammar.patient(deed.trigger.root)
    own = thing is not None and any(c.dep_ == "poss" and c.lower_ in _OWN for c in thing.children)
    return _governing(deed.trigger, parties) if own else []


def _within(deed: Deed, parties: Sequence[Party]) -> list[Party]:
    """The owners of places that the deed's own clause names."""
    preps = [p for node in deed.all for p in prepositions(node) if p.lower_ in _WITHIN]
    heads = [noun for p in preps for noun in objects(p)]
    owned = [party for party in parties if party.located.mention.entity.kind is Kind.PLACE]
    return [party for head in heads for party in named_by(head, owned, whole=True)]


def _harmed(deed: Deed, parsed: Parsed, parties: Sequence[Party]) -> list[Party]:
    """Who was hurt by it, told in the clause above: "three Filipinos were hurt when Chinese ships rammed a boat"."""
    root = deed.trigger.root
    if root.dep_ != "advcl" or not is_against(deed.trigger, parsed):
        return []
    harmed = next((child for child in root.head.children if child.dep_ == "nsubjpass"), None)
    return named_by(harmed, parties, whole=True) if harmed is not None else []


def _governing(trigger: Located, parties: Sequence[Party]) -> list[Party]:
    """Whom the nearest verb above names as its subject, where it is an actor."""
    node = trigger.root
    for _ in range(_DEEPEST):
        if node.head == node:
            break
        node = node.head
        teller = grammar.subject(node) if node.tag_.startswith("V") else None
        found = named_by(teller, parties, whole=True) if teller is not None else []
        if found and trigger.root not in (teller, *(teller.subtree if teller is not None else ())):
            return found
    return []


def _attributed(trigger: Located, parsed: Parsed, parties: Sequence[Party]) -> list[Party]:
    """Who tells it before or after a colon."""
    teller = attributed_to(trigger, parsed)
    return [party for party in parties if party.located == teller]


def _touches_own(deed: Deed, parsed: Parsed) -> bool:
    """Whether it is done to "its zone" or just "the zone", or to "its ship": the speaker's, whoever speaks."""
    against = is_against(deed.trigger, parsed)
    if against and not grammar.is_verb(deed.trigger.root):
        return True  # "an incursion, Taiwan says"
    preps = [p for node in deed.all for p in prepositions(node)]
    heads = [*deed.things, *(noun for p in preps for noun in objects(p))]
    for head in heads:
        own = any(child.dep_ == "poss" and child.lower_ in _OWN for child in head.children)
        if against and head.lower_ in {"ours", "us"}:
            return True
        if own and (against or _ZONE.fullmatch(head.text)):
            return True
        if against and _ZONE.fullmatch(head.text):
            return True
    return False


def _is_answered(trigger: Located, parsed: Parsed) -> bool:
    """Whether a word above answers the deed: "scrambles jets after"."""
    if not is_against(trigger, parsed):
        return False
    answering = {a.root.i for a in parsed.of_kind(Kind.ACTION) if a.mention.entity.answers is Answers.WRONGED}
    node = trigger.root
    for _ in range(_DEEPEST):
        node = node.head
        if node.i in answering and node != trigger.root:
            return True
    return False


# --- sides -----------------------------------------------------------------------------------------


def _each_other(doing: Sequence[Mention]) -> tuple[Mention, ...]:
    """All who do it, the first last."""
    first = doing[0].entity.side
    return unique(sorted(doing, key=lambda mention: mention.entity.side == first))


def _is_mutual(deed: Deed) -> bool:
    trigger = deed.trigger
    if trigger.mention.entity.mutual or any(_EACH_OTHER.fullmatch(node.text) for node in deed.words):
        return True
    near = (*deed.words, *deed.things)
    words = [*near, *(child for node in near for child in node.children)]
    own = [trigger.root.doc[i] for i in range(trigger.first, trigger.last + 1)]
    return any(word.lower_ in _TOGETHER for word in (*words, *own))


def _listed(mentions: Sequence[Mention], parsed: Parsed) -> list[Mention]:
    """The first, and those written beside it: "Chinese and Russian jets"."""
    found = [mentions[0]]
    for mention in mentions[1:]:
        start, end = found[-1].span.end - parsed.piece.start, mention.span.start - parsed.piece.start
        if not _BESIDE.fullmatch(parsed.piece.text[start:end]):
            break
        found.append(mention)
    return found


def _clause_top(token: Token) -> Token:
    top = token
    while not top.tag_.startswith("V") and top.head != top:
        top = top.head
    return top


def _one_side(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """The mentions, where all are of one side."""
    return unique(mentions) if len({mention.entity.side for mention in mentions}) == 1 else ()

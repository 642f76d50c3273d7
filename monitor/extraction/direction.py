"""At whom a deed is directed, told by grammar alone: who is only named beside it is no recipient.

In order: the other side of what two do together, who is its very object ("warns Japan"), whom its prepositions point
at ("fires toward Japan"), whose its object is ("rams a Philippine boat"), near whom it is done, whose the place is
("enters Taiwan's zone"), and who complains of it ("Tokyo protests as Chinese ships enter its waters").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Token

from monitor.extraction import grammar
from monitor.extraction.headlines import attributed_to
from monitor.extraction.parsed import Located, Parsed
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
_WISHES = re.compile(r"(?:request|order|behest|invitation|urging|insistence|expense|call)s?", re.IGNORECASE)
_MADE = frozenset({"made", "built", "designed", "supplied", "style", "era", "brokered", "backed"})
_TOGETHER = frozenset(
    {"joint", "jointly", "together", "mutual", "bilateral", "trilateral", "combined", "other", "cooperation"}
)
_EACH_OTHER = re.compile(
    r"(?:clash|collid|tussl|spar|skirmish|negotiat|exchang|swap)\w*|collisions?|clashes|standoff|trad(?:e|es|ed|ing)|meets?|met|meeting",
    re.IGNORECASE,
)
_TALKING = re.compile(r"(?:talk|discuss|debat|consult|confer|negotiat)\w*", re.IGNORECASE)
_RECEIVING = re.compile(r"(?:receiv|g[eo]t\b|gets\b)", re.IGNORECASE)
_TAKING = re.compile(
    r"(?:st(?:eal|ole)|theft|rob|loot|seiz|tak|took|receiv|obtain|acquir|demand|withdraw|withdrew|pull|bu(?:y|ies)|bought|purchas|import|sourc|hack)\w*",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"(?:zones?|airspace|adiz|eez|identification)", re.IGNORECASE
)  # nobody intrudes into his own
_BEHIND = frozenset({"of", "from", "in", "into", "as", "through", "within"})  # steps to a noun that says more
_BESIDE = re.compile(r"\s*(?:,|and|&|, and|/)\s*(?:the\s+)?|-", re.IGNORECASE)
_OWN = frozenset({"its", "their", "his", "her", "our"})
_SUPPORTED = frozenset({"dobj", "nsubjpass", "attr", "oprd"})
_DEEPEST = 6  # governors; deeper nesting is a parse gone wrong


@dataclass(frozen=True, slots=True)
class _Party:
    """An actor, or the owner of a place, and the tokens that name it."""

    mention: Mention
    located: Located

    @property
    def side(self) -> str:
        return self.mention.entity.side


def recipients_of(trigger: Located, parsed: Parsed, doing: Sequence[Mention]) -> tuple[Mention, ...]:
    """Those at whom the deed is directed, where grammar first names somebody; none rather than a guess."""
    if _is_mutual(trigger, parsed) and len({mention.entity.side for mention in doing}) > 1:
        first = doing[0].entity.side
        return _unique(sorted(doing, key=lambda mention: mention.entity.side == first))
    doers = {mention.entity.side for mention in doing}
    parties = _parties(parsed)
    for heads in _heads(_deed(trigger)):
        named = [party for head, whole in heads for party in _named(head, parties, whole=whole)]
        found = [party.mention for party in named if party.side not in doers and not _is_stage(party)]
        if found:
            return _unique(found)
    return _unique(party.mention for party in _above(trigger, parsed, parties) if party.side not in doers)


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
        return _unique(_listed(after, parsed))
    return _one_side([a.mention for a in actors])


def giver_of(trigger: Located, parsed: Parsed, doing: Sequence[Mention]) -> tuple[Mention, ...]:
    """From whom something was received: the deed is the giver's."""
    if not _RECEIVING.match(trigger.mention.span.text):
        return ()
    doers = {mention.entity.side for mention in doing}
    parties = [party for party in _parties(parsed) if party.side not in doers]
    preps = [p for node in _deed(trigger).all for p in _prepositions(node) if p.lower_ == "from"]
    named = [party for p in preps for noun in _objects(p) for party in _named(noun, parties, whole=True)]
    return _unique(party.mention for party in named)


# --- where grammar names somebody ------------------------------------------------------------------

_Head = tuple[Token, bool]  # a noun; True: all of its phrase counts, not only what the noun itself names


@dataclass(frozen=True, kw_only=True)
class _Deed:
    """The words that carry a deed, and the nouns around them."""

    trigger: Located
    words: tuple[Token, ...]  # the trigger, the verb that supports it, what is said or threatened by it
    things: tuple[Token, ...]  # what it is done to or with: "ship crates of arms"
    later: tuple[Token, ...]  # what the things do, or are to do: "missiles that fell near"
    behind: tuple[Token, ...]  # nouns that say more: "take part in a drill", "land in waters near"

    @property
    def all(self) -> tuple[Token, ...]:
        return (*self.words, *self.things, *self.later, *self.behind)


def _heads(deed: _Deed) -> Iterator[list[_Head]]:
    """The nouns that may name a recipient, those of one rank together, the surest first."""
    trigger = deed.trigger
    preps = [p for node in deed.all for p in _prepositions(node)]
    if trigger.mention.entity.mutual:
        joining = [p for p in preps if p.lower_ in _WITH and _joins(p, trigger)]
        yield [(noun, True) for p in joining for noun in _objects(p)]
    if any(_TAKING.fullmatch(node.text) for node in deed.words):
        yield [(noun, True) for p in preps if p.lower_ == "from" for noun in _objects(p)]
    if _TALKING.fullmatch(trigger.root.text):  # what they talk about is no party to it
        yield from _around(trigger, deed.words, ())
    else:
        yield _direct(deed.words)
        yield from _around(trigger, deed.words, deed.things)
    yield _direct(deed.later)
    yield from _around(trigger, deed.later, [p for node in deed.later if (p := grammar.patient(node))])
    yield from _around(trigger, deed.behind, ())


def _direct(verbs: Sequence[Token]) -> list[_Head]:
    """Objects, direct and indirect."""
    direct = [patient for verb in verbs if (patient := grammar.patient(verb)) is not None]
    indirect = [c for verb in verbs for c in verb.children if c.dep_ == "dative" and c.tag_ != "IN"]
    return [(head, False) for head in (*direct, *indirect)]


def _around(trigger: Located, words: Sequence[Token], things: Sequence[Token]) -> Iterator[list[_Head]]:
    """Whom prepositions point at, then whose the things are, then near whom it is done."""
    preps = [p for node in (*words, *things) for p in _prepositions(node)]
    own = range(trigger.first, trigger.last + 1)
    pointing = [
        p for p in preps if p.lower_ in _AT or p.i in own or (p.lower_ in _WITH and _joins(p, trigger))
    ]
    given = [(noun, False) for p in preps if p.lower_ == "for" for noun in _objects(p)]
    yield [(noun, True) for p in pointing for noun in _objects(p)] + given
    yield [(thing, True) for thing in things]
    yield [(noun, True) for p in preps if p.lower_ in _NEAR for noun in _objects(p)]


def _prepositions(node: Token) -> Iterator[Token]:
    """The prepositions of a word, and those of its adverbs: "flew close to"."""
    for child in node.children:
        if child.dep_ == "prep" or (child.dep_ == "dative" and child.tag_ == "IN"):
            yield child
        elif child.dep_ in {"advmod", "acomp", "prt"}:
            yield from (p for p in _prepositions(child) if p.lower_ != "of")  # not "ahead of"


def _deed(trigger: Located) -> _Deed:
    root = trigger.root
    words, things = [root], [] if grammar.is_verb(root) else [root]
    if not grammar.is_verb(root):
        verb = grammar.supporter(root)
        if verb is not None and grammar.attached_to(root, verb).dep_ in _SUPPORTED:
            words.append(verb)
    elif root.dep_ in {"xcomp", "advcl"} and root.tag_ == "VB" and trigger.mention.entity.mutual:
        words.append(root.head)  # "sits down with him to talk"
    if root.dep_ in grammar.MODIFIERS and root.tag_ != "JJ":
        things.append(root.head)  # a headline's verb that was read as a modifier, or a part of a longer noun
    for word in words:
        words += [child for child in word.children if child not in words and _goes_on(child)]
    things += [patient for word in words if (patient := grammar.patient(word)) is not None]
    things = list(dict.fromkeys(things))
    for thing in things:
        things += [noun for noun in _joined_or_held(thing) if noun not in things]
    later = [child for thing in things for child in thing.children if _flies_on(child)]
    behind = [
        noun
        for node in (*words, *things, *later)
        for p in _prepositions(node)
        if p.lower_ in _BEHIND
        for noun in _objects(p)
        if noun not in things
    ]
    later = [child for child in later if child not in words]
    return _Deed(
        trigger=trigger, words=tuple(words), things=tuple(things), later=tuple(later), behind=tuple(behind)
    )


def _joined_or_held(thing: Token) -> Iterator[Token]:
    """The nouns joined to a thing, and those it is full of: "crates of arms"."""
    for child in thing.children:
        if child.dep_ in {"conj", "appos"}:
            yield child
        elif child.dep_ == "prep" and child.lower_ == "of":
            yield from _objects(child)


def _goes_on(clause: Token) -> bool:
    """Whether a clause only says what is said or threatened, by the same one: "says it will strike"."""
    if clause.dep_ in {"xcomp", "acomp"}:
        return True
    if clause.dep_ == "advcl" and clause.tag_ == "VB" and clause.head.tag_.startswith("V"):
        return clause.i > clause.head.i  # "develops a weapon to destroy"
    doer = next((c for c in clause.children if c.dep_ in grammar.SUBJECTS), None)
    return clause.dep_ == "ccomp" and (doer is None or doer.lower_ in {"it", "they", "he", "she", "we"})


def _flies_on(clause: Token) -> bool:
    """Whether a clause says where a thing went, or what it is for: "missiles that fell near", "a weapon to sink"."""
    return (clause.dep_ == "relcl" and grammar.patient(clause) is None) or (
        clause.dep_ in {"relcl", "acl"} and clause.tag_ == "VB"
    )


def _is_stage(party: _Party) -> bool:
    """Whether a body of no country is only where it was said: "at the U.N."."""
    before = party.located.root.head
    return not party.mention.entity.country and before.dep_ == "prep" and before.lower_ == "at"


def _objects(preposition: Token) -> Iterator[Token]:
    for child in preposition.children:
        if child.dep_ == "pobj" and not _WISHES.fullmatch(child.text):
            yield child
        elif child.dep_ == "prep":  # "close to", "out of"
            yield from _objects(child)


def _joins(preposition: Token, trigger: Located) -> bool:
    """Whether "with" brings in the other side, and not help or means."""
    for noun in _objects(preposition):
        if trigger.mention.entity.mutual or _SIDES.fullmatch(noun.text) or noun.tag_.startswith("NNP"):
            return True
    return False


def _named(head: Token, parties: Iterable[_Party], *, whole: bool) -> list[_Party]:
    """The parties that a noun, or all of its phrase, names."""
    if whole:
        tokens = set(_phrase(head))
        return [p for p in parties if p.located.root.i in tokens and not _is_origin(p.located)]
    heads = {head.i, *(c.i for c in _joined(head))}
    return [p for p in parties if any(p.located.first <= i <= p.located.last for i in heads)]


def _joined(head: Token) -> Iterator[Token]:
    for child in head.children:
        if child.dep_ == "conj":
            yield child
            yield from _joined(child)


def _phrase(head: Token) -> Iterator[int]:
    """A noun with what stands before it, and those joined to it."""
    yield head.i
    for child in head.children:
        if child.dep_ in grammar.NOUN_PHRASE:
            yield from _phrase(child)
        elif child.dep_ == "prep" and child.lower_ == "of":
            for noun in _objects(child):
                yield from _phrase(noun)


def _is_origin(found: Located) -> bool:
    """Whether the name only tells where a thing was made: "a Russian-built jet"."""
    after = found.root.doc[found.last + 1 : found.last + 3]
    return len(after) == 2 and after[0].text == "-" and after[1].lower_ in _MADE  # noqa: PLR2004 - hyphen and word


# --- above the deed: who owns the place, who complains ---------------------------------------------


def _above(trigger: Located, parsed: Parsed, parties: Sequence[_Party]) -> list[_Party]:
    """Whose the place is, else who answers in the clause above, or speaks of its own zone or ships."""
    inside = _within(trigger, parties)
    if inside:
        return inside
    above = _governing(trigger, parties) or _attributed(trigger, parsed, parties)
    if above and (_touches_own(trigger, parsed) or _is_answered(trigger, parsed)):
        return above
    return []


def _within(trigger: Located, parties: Sequence[_Party]) -> list[_Party]:
    """The owners of places that the deed's own clause names."""
    preps = [p for node in _deed(trigger).all for p in _prepositions(node) if p.lower_ in _WITHIN]
    heads = [noun for p in preps for noun in _objects(p)]
    owned = [party for party in parties if party.located.mention.entity.kind is Kind.PLACE]
    return [party for head in heads for party in _named(head, owned, whole=True)]


def _governing(trigger: Located, parties: Sequence[_Party]) -> list[_Party]:
    """Whom the nearest verb above names as its subject, where it is an actor."""
    node = trigger.root
    for _ in range(_DEEPEST):
        if node.head == node:
            break
        node = node.head
        teller = grammar.subject(node) if node.tag_.startswith("V") else None
        found = _named(teller, parties, whole=True) if teller is not None else []
        if found and trigger.root not in (teller, *(teller.subtree if teller is not None else ())):
            return found
    return []


def _attributed(trigger: Located, parsed: Parsed, parties: Sequence[_Party]) -> list[_Party]:
    """Who tells it before or after a colon."""
    teller = attributed_to(trigger, parsed)
    return [party for party in parties if party.located == teller]


def _touches_own(trigger: Located, parsed: Parsed) -> bool:
    """Whether it is done to "its zone" or just "the zone", or to "its ship": the speaker's, whoever speaks."""
    deed = _deed(trigger)
    against = _is_against(trigger, parsed)
    if against and not grammar.is_verb(trigger.root):
        return True  # "an incursion, Taiwan says"
    preps = [p for node in deed.all for p in _prepositions(node)]
    heads = [*deed.things, *(noun for p in preps for noun in _objects(p))]
    for head in heads:
        own = any(child.dep_ == "poss" and child.lower_ in _OWN for child in head.children)
        if own and (against or _ZONE.fullmatch(head.text)):
            return True
        if against and _ZONE.fullmatch(head.text):
            return True
    return False


def _is_against(trigger: Located, parsed: Parsed) -> bool:
    """Whether the word, in any of its meanings, tells of a deed against whoever answers it."""
    same = (a for a in parsed.of_kind(Kind.ACTION) if (a.first, a.last) == (trigger.first, trigger.last))
    return any(action.mention.entity.against for action in same)


def _is_answered(trigger: Located, parsed: Parsed) -> bool:
    """Whether a word above answers the deed: "scrambles jets after"."""
    if not _is_against(trigger, parsed):
        return False
    answering = {a.root.i for a in parsed.of_kind(Kind.ACTION) if a.mention.entity.answers is Answers.WRONGED}
    node = trigger.root
    for _ in range(_DEEPEST):
        node = node.head
        if node.i in answering and node != trigger.root:
            return True
    return False


# --- sides -----------------------------------------------------------------------------------------


def _is_mutual(trigger: Located, parsed: Parsed) -> bool:
    deed = _deed(trigger)
    if trigger.mention.entity.mutual or any(_EACH_OTHER.fullmatch(node.text) for node in deed.words):
        return True
    near = (*deed.words, *deed.things)
    words = [*near, *(child for node in near for child in node.children)]
    own = [parsed.doc[i] for i in range(trigger.first, trigger.last + 1)]
    return any(word.lower_ in _TOGETHER for word in (*words, *own))


def _parties(parsed: Parsed) -> list[_Party]:
    parties = [_Party(found.mention, found) for found in parsed.of_kind(Kind.ACTOR)]
    for place in parsed.of_kind(Kind.PLACE):
        owner = place.mention.entity.owner
        if owner is not None:
            parties.append(_Party(Mention(span=place.mention.span, entity=owner), place))
    return parties


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
    return _unique(mentions) if len({mention.entity.side for mention in mentions}) == 1 else ()


def _unique(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    return tuple({mention.entity.side: mention for mention in reversed([*mentions])}.values())[::-1]

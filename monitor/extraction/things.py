"""With what and where: the objects and places around a trigger, by grammar first and else by nearness."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.extraction import cues, grammar
from monitor.extraction.headlines import doer_of
from monitor.extraction.parsed import Located, Parsed, nearest
from monitor.extraction.tokens import Token
from monitor.model import Kind, Mention

_REACH = 12  # tokens from the trigger within which an object is taken without grammar
_BETWEEN = frozenset(
    {"DT", "CD", "JJ", "JJR", "JJS", "NN", "NNP", "HYPH", "PRP$", "POS", "``"}
)  # a verb and its object


def objects_of(
    trigger: Located, parsed: Parsed, clause: set[int], *, told_before: Sequence[Mention]
) -> tuple[list[Mention], bool]:
    """The objects, those that grammar gives first; True when they stand only close by, or in another sentence.

    `clause` holds the places of the tokens of the trigger's clause, `told_before` the objects of other sentences.
    """
    behind = _right_behind(trigger, parsed)
    if behind:
        return [each.mention for each in behind], False
    found, far = _own_objects(trigger, parsed, clause)
    if not found and _takes_up(trigger.root):
        return list(told_before), True
    return [each.mention for each in found], far


def _right_behind(trigger: Located, parsed: Parsed) -> list[Located]:
    """What a headline's verb that was read as a noun is done to: "seizes ship after North fires two missiles"."""
    if parsed.doc[trigger.first].tag_.startswith("V") or doer_of(trigger, parsed) is None:
        return []
    behind = [found for found in parsed.of_kind(Kind.OBJECT) if found.first > trigger.last]
    first = min((found.first for found in behind), default=0)
    if not all(parsed.doc[at].tag_ in _BETWEEN for at in range(trigger.last + 1, first)):
        return []
    return nearest(behind, trigger.root)


def _takes_up(trigger: Token) -> bool:
    """Whether the word takes up what another sentence told: "the launch", "Friday's test", "fires again"."""
    if grammar.is_verb(trigger):
        return grammar.patient(trigger) is None
    known = any(child.dep_ == "poss" or child.lower_ in {"the", "this", "that"} for child in trigger.children)
    return known and grammar.complement(trigger) is None


def _own_objects(trigger: Located, parsed: Parsed, clause: set[int]) -> tuple[list[Located], bool]:
    """The objects in the sentence; True when there are only such as stand close by.

    A verb whose grammatical object is something we do not know has no other: "tests the waters" is no test of
    the missiles that the sentence also names.
    """
    objects = nearest(parsed.of_kind(Kind.OBJECT), trigger.root)
    verbal = grammar.is_verb(trigger.root)
    direct = grammar.patient(trigger.root) if verbal else grammar.complement(trigger.root)
    if direct is not None and trigger.first <= direct.i <= trigger.last:
        direct = None  # "passed a law": it is part of the deed
    head = direct if verbal else trigger.root
    tokens = {
        i for each in (head, *_included(trigger.root)) if each is not None for i in grammar.phrase(each)
    }
    given = [o for o in objects if o.root.i in tokens or trigger.first <= o.root.i <= trigger.last]
    if given:
        doers = _subject_tokens(trigger.root) if verbal else set()
        return [*given, *(o for o in objects if o not in given and o.root.i in doers)], False
    if direct is not None and _is_known_thing(direct, parsed):
        return [o for o in objects if o.root.i in _subject_tokens(trigger.root)], False
    own = [o for o in objects if o.root.i in clause]
    close = [o for o in objects if o not in own and _distance(o, trigger) <= _REACH]
    return [*own, *close], not own and bool(close)


def _included(deed: Token) -> list[Token]:
    """What the sentence counts in at its end: "fired three missiles on Thursday, including an ICBM"."""
    return [child for child in deed.children if child.dep_ == "prep" and child.lower_ == "including"]


def _is_known_thing(direct: Token, parsed: Parsed) -> bool:
    """Whether the grammatical object is a thing of its own, which no other word of the sentence may replace."""
    tokens = set(grammar.phrase(direct))
    named = any(found.root.i in tokens for found in parsed.of_kind(Kind.ACTOR, Kind.OBJECT, Kind.PLACE))
    return not named and direct.tag_.startswith("N") and not grammar.stands_in(direct)


def places_of(trigger: Located, parsed: Parsed, clause: set[int]) -> list[Mention]:
    """The places where it may have been, those of its own clause first, and the nearest of each first."""
    within = [
        place
        for place in parsed.of_kind(Kind.PLACE)
        if not _is_outside(place.root) and not _is_only_possible(place.root, trigger.root)
    ]
    ordered = sorted(nearest(within, trigger.root), key=lambda place: place.root.i not in clause)
    return [place.mention for place in ordered]


def _is_outside(place: Token) -> bool:
    """Whether it happened elsewhere: "fell outside Japan's zone"."""
    return place.dep_ == "pobj" and (
        place.head.lower_ == "outside" or (place.head.lower_ == "of" and place.head.head.lower_ == "outside")
    )


def _is_only_possible(place: Token, deed: Token) -> bool:
    """Whether something could happen there, and the deed is told elsewhere: "missiles that could strike Guam"."""
    above = {deed, *deed.ancestors}
    node = place
    while node.head not in (node, deed) and node not in above:
        if node.dep_ == "relcl" and any(child.lower_ in cues.MODALS for child in node.children):
            return True
        node = node.head
    return False


def _subject_tokens(verb: Token) -> set[int]:
    doer = grammar.subject(verb)
    return set(grammar.phrase(doer)) if doer is not None else set()


def _distance(found: Located, trigger: Located) -> int:
    return abs(found.root.i - trigger.root.i)

"""Headlines that the parser, trained on running text, reads wrong: "North Korea fires suspected missile".

English headlines put the doer first and the deed in the present tense right after; a parser often takes that verb
for a plural noun. Where a known doer, a word in -s and a known object stand in this order, the word is the verb.
"""

from __future__ import annotations

import re

from monitor.extraction.grammar import MODIFIERS, SUBJECTS
from monitor.extraction.parsed import Located, Parsed
from monitor.extraction.tokens import Token
from monitor.model import Kind

_BETWEEN = re.compile(r"[\s'’]*(?:s['’]?\s)?(?:reportedly|allegedly|again|also|briefly|reportedly again)?\s*")
_ASKING = re.compile(
    r"\s*(?:why|how|what|could|would|should|will|can|is|are|does|did|if|when|who|where)\b", re.IGNORECASE
)
_TAKING_AS_GIVEN = re.compile(r"[\"'“‘]?\s*(?:why|how|what)\b", re.IGNORECASE)
_BEFORE_COLON = re.compile(r"\s*([^:\d,;]{2,45})(?::| [-–—])\s")
_AFTER_COLON = re.compile(r":\s+([^:\d,;]{2,40})$")
# What a piece is that explains, comments on or sums up what was told before.
_PIECE = (
    r"explain\w*|analysis|opinion|op-ed|commentary|editorial|comment|column|viewpoint|factbox|timeline|podcast|q ?& ?a|"
    r"fact ?check|quiz"
)
_HEADED = re.compile(rf"\W*(?:{_PIECE})\s*(?::| [-–—|])", re.IGNORECASE)
_EXPLAINS = re.compile(
    rf"[^:]{{0,60}}?(?::| [-–—|])\s+(?:(?:{_PIECE})\b|(?:what|how|why|who|where|when|which|everything|all you need|"
    r"a (?:guide|history|timeline|brief|look)|in (?:pictures|photos|maps|charts|numbers)|"
    r"(?:\d+|three|four|five|six|seven) (?:things|questions|charts)|the key)\b)",
    re.IGNORECASE,
)
# What crosses, enters or hits in a headline: one of them, for of several the verb has no -s.
_CRAFT = re.compile(
    r"(?:[\w-]+ )?(?:ship|boat|vessel|warship|submarine|sub|drone|jet|plane|warplane|aircraft|bomber|fighter|"
    r"helicopter|destroyer|frigate|carrier|trawler|soldier|balloon|cutter)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(rf"(?:{_CRAFT.pattern})s|(?-i:[A-Z]{{1,4}}-?\d+\w*s)", re.IGNORECASE)  # "jets", "J-11s"
_FLYING = re.compile(r"lands|falls|flies|passes|soars|splashes|overflies|crashes|explodes", re.IGNORECASE)
_REACH = 8  # tokens after the verb within which its object stands


def doer_of(trigger: Located, parsed: Parsed) -> Located | None:
    """The doer, where the trigger is a headline's verb that was read as a noun; else None."""
    if not _may_be_misread(trigger, parsed):
        return None
    before = [a for a in parsed.of_kind(Kind.ACTOR) if a.last < trigger.first]
    if before and _does(before[-1], trigger, parsed):
        return before[-1]
    return before[0] if before and _goes_on(before[0], trigger, parsed) else None


def _goes_on(doer: Located, trigger: Located, parsed: Parsed) -> bool:
    """Whether the trigger is a second deed of him who heads the line: "North shrugs off sanctions, fires missile"."""
    if doer.first or parsed.doc[trigger.first - 1].text not in {",", ";"}:
        return False
    did = any(word.tag_ in {"VBZ", "VBD"} for word in parsed.doc[doer.last + 1 : trigger.first - 1])
    return did and _is_of_one(trigger, parsed) and _meets(trigger, parsed)


def _does(doer: Located, trigger: Located, parsed: Parsed) -> bool:
    """Whether the trigger is what the actor before it does, be it by a ship or a jet."""
    if not _adjoins(doer, trigger, parsed):
        return _craft_between(doer, trigger, parsed) is not None and _meets(trigger, parsed)
    if not _is_of_one(trigger, parsed):
        return _SEVERAL.fullmatch(doer.mention.span.text) is not None and _meets(trigger, parsed)
    if parsed.doc[trigger.first].tag_.startswith("V") and trigger.root.dep_ not in MODIFIERS:
        return False
    things = [found for found in parsed.located if found.slug != trigger.slug]
    return not trigger.noun or any(0 < thing.root.i - trigger.last <= _REACH for thing in things)


def is_verb_before_somebody(trigger: Located, parsed: Parsed) -> bool:
    """Whether what was read as a plural stands right before whom it is done to: "visit angers Japan"."""
    word = parsed.doc[trigger.first]
    if (
        not _may_be_misread(trigger, parsed)
        or trigger.first != trigger.last
        or word.tag_ not in {"NNS", "NNPS"}
    ):
        return False
    led = any(before.tag_ == "IN" for before in parsed.doc[: word.i])  # "after tests Japan protested"
    return word.i > 0 and not led and any(a.first == word.i + 1 for a in parsed.of_kind(Kind.ACTOR))


def attributed_to(trigger: Located, parsed: Parsed) -> Located | None:
    """Who tells the deed, named before or after a colon: "Seoul: the North fired", "the North fired: Seoul".

    Whoever stands alone before what he does himself only heads it: "North Korea: rocket fired".
    """
    text = parsed.piece.text
    at = trigger.mention.span.start - parsed.piece.start
    actors = parsed.of_kind(Kind.ACTOR)
    for found in (_BEFORE_COLON.match(text), _AFTER_COLON.search(text)):
        if found is None or found.start(1) <= at < found.end(1):
            continue
        inside = [a for a in actors if found.start(1) <= _offset(a, parsed) < found.end(1)]
        others = (
            [a for a in actors if a not in inside and a.mention.entity.side != inside[0].mention.entity.side]
            if inside
            else []
        )
        if others:
            return inside[0]
    return None


def _offset(found: Located, parsed: Parsed) -> int:
    return found.mention.span.start - parsed.piece.start


def asks(sentence: str) -> bool:
    """Whether the sentence asks whether something is so; "why" and "how" take it as given."""
    return sentence.rstrip("\"'”’ ").endswith("?") and not _TAKING_AS_GIVEN.match(sentence)


def explains(headline: str, end: int) -> bool:
    """Whether it explains or comments on the deed whose noun ends there: "missile launch: what we know"."""
    return bool(_HEADED.match(headline) or _EXPLAINS.match(headline, end))


def _may_be_misread(trigger: Located, parsed: Parsed) -> bool:
    word = parsed.doc[trigger.first]
    return (
        parsed.is_title
        and trigger.verb
        and not (word.tag_.startswith("V") and word.dep_ not in MODIFIERS and _has_subject(word))
        and (_is_of_one(trigger, parsed) or word.tag_ in {"NN", "NNP"})
        and not _ASKING.match(parsed.piece.text)
        and not parsed.piece.text.rstrip().endswith("?")
    )


def _is_of_one(trigger: Located, parsed: Parsed) -> bool:
    """Whether it is the verb of a single doer; that of several has no -s."""
    return parsed.doc[trigger.first].lower_.endswith("s") or trigger.root.lower_.endswith("s")  # "test-fires"


def _has_subject(verb: Token) -> bool:
    return any(child.dep_ in SUBJECTS for child in verb.children)


def _craft_between(doer: Located, trigger: Located, parsed: Parsed) -> Located | None:
    """The ship, drones or jets of the doer's that do it: "North Korean ship crosses", not "missile tests"."""
    between = [
        found
        for found in parsed.of_kind(Kind.OBJECT)
        if found.first <= doer.last + 1 <= found.last and found.last < trigger.first
    ]
    if _is_of_one(trigger, parsed):
        flying = not trigger.noun or _FLYING.fullmatch(trigger.mention.span.text) is not None
        craft = next(
            (found for found in between if flying or _CRAFT.fullmatch(found.mention.span.text)), None
        )
    else:
        craft = next((found for found in between if _SEVERAL.fullmatch(found.mention.span.text)), None)
    whole = craft is not None and craft.last + 1 == trigger.first
    return craft if whole else None


def _meets(trigger: Located, parsed: Parsed) -> bool:
    """Whether the word after the trigger, or the next, begins a thing, a place or somebody."""
    begins = {found.first - trigger.last for found in parsed.of_kind(Kind.OBJECT, Kind.PLACE, Kind.ACTOR)}
    return bool(begins & {1, 2})


def _adjoins(doer: Located, trigger: Located, parsed: Parsed) -> bool:
    start = doer.mention.span.end - parsed.piece.start
    end = trigger.mention.span.start - parsed.piece.start
    return bool(_BETWEEN.fullmatch(parsed.piece.text[start:end]))

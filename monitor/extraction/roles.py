"""Who did it, with what, to whom, where: the roles around a trigger.

Grammar first: subject and object of a verb, possessor and modifiers of a noun, the subject of a support verb
("conducts a test"). Where grammar gives nothing, as in many headlines, position and context stand in, and the role is
marked as inferred. Whoever only watches or tells (Seoul detects, Tokyo condemns) is never the actor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Token

from monitor.extraction.parsed import Located, Parsed, nearest
from monitor.extraction.status import claimed_by
from monitor.model import Kind, Mention

_SUBJECTS = {"nsubj", "csubj"}
_NP_PARTS = {
    "amod",
    "compound",
    "poss",
    "nmod",
    "conj",
    "appos",
    "det",
    "nummod",
    "npadvmod",
    "case",
    "punct",
}
_NP_PREPS = {"of", "from", "by", "in", "with"}
_CLAUSES = {"relcl", "acl", "advcl", "ccomp", "parataxis", "csubj"}
_WH = {"WDT", "WP", "WP$"}
_OBSERVING = re.compile(
    r"(?:condemn|detect|report|confirm|protest|slam|denounc|discuss|monitor|fear|warn|respon|react|criticis|criticiz|sa(?:y|id)|"
    r"track|spot|announc|watch|decr|blast|mark|call|urg|analy[sz]|assess|stud|show|reveal|see|saw|want|expect|describ|"
    r"address|deplor|regret|tell|told|know|believ|suspect|accus|blam|observ|follow|face|brac|counter|deter|oppos|"
    r"not|ignor|welcom|forc|prompt|visit|meet|met|talk|vote|answer|intercept|chase|identif|record|sanction)\w*",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"(?:it|they|he|she|who|which|that|country|nation|regime|state|leader|military|army|navy|air force|government|"
    r"island|forces?|troops|jets?|planes?|ships?|vessels?|aircraft|missiles?|projectiles?|pair|dozens?|number|country's|total|"
    r"launch(?:es)?|tests?|hackers?|group|move|military's|coast guard|warships?|warplanes?|"
    r"bombers?|fighters?|drones?|more|several|some|two|three)",
    re.IGNORECASE,
)
_REACH = 12  # tokens from the trigger within which an object is taken without grammar


@dataclass(frozen=True, kw_only=True)
class Roles:
    """The mentions that fill each role, likeliest first."""

    actors: tuple[Mention, ...]
    objects: tuple[Located, ...]
    recipients: tuple[Mention, ...]
    places: tuple[Mention, ...]
    reporter: Mention | None
    inferred: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the rest of the article offers where the sentence is silent: mentions only, never another parse."""

    actors: tuple[Mention, ...] = ()  # of the title, then of the text, in order
    places: tuple[Mention, ...] = ()


def roles_of(trigger: Located, parsed: Parsed, context: Context) -> Roles:
    """All roles of one trigger in its sentence."""
    actors = parsed.of_kind(Kind.ACTOR)
    reporter = _reporter(trigger.root, actors)
    doing, inferred = _doing(trigger, parsed, context, reporter)
    clause = _clause(trigger.root)
    objects, far = _objects(trigger, parsed, clause)
    named = {mention.entity.slug for mention in doing}
    others = [a for a in nearest(actors, trigger.root) if a.slug not in named and a is not reporter]
    places = [p.mention for p in _by_clause(parsed.of_kind(Kind.PLACE), clause, trigger.root)]
    return Roles(
        actors=tuple(doing),
        objects=tuple(objects),
        recipients=tuple(a.mention for a in sorted(others, key=lambda a: a.root.i not in clause)),
        places=_unique([*places, *context.places]),
        reporter=reporter.mention if reporter else None,
        inferred=frozenset({*(["actor"] if inferred else []), *(["object"] if far else [])}),
    )


def _doing(
    trigger: Located, parsed: Parsed, context: Context, reporter: Located | None
) -> tuple[list[Mention], bool]:
    """The actors, and whether they had to be inferred."""
    actors = parsed.of_kind(Kind.ACTOR)
    token = trigger.root
    verbal = token.tag_.startswith("V") and token.dep_ not in {"amod", "compound"}
    holder = _subject(token) if verbal else None
    found = _in_phrase(holder, actors) if holder is not None else []
    if not verbal:
        found = _owners(trigger, actors)
        if not found:
            holder = _supporter(token)
            found = _in_phrase(holder, actors) if holder is not None else []
    if found:
        return [a.mention for a in found], False
    if holder is not None and not _may_infer(holder, parsed):
        return [], False
    return _inferred(trigger, parsed, context, reporter), True


def _may_infer(holder: Token, parsed: Parsed) -> bool:
    """A subject that names somebody we do not know is not to be replaced; "it" and "the jets" are."""
    if parsed.is_title or holder.tag_ in {"PRP", *_WH, "DT", "CD", "EX"}:
        return True
    return bool(_GENERIC.fullmatch(holder.text)) or any(
        found.first <= holder.i <= found.last for found in parsed.of_kind(Kind.OBJECT)
    )


def _inferred(trigger: Located, parsed: Parsed, context: Context, reporter: Located | None) -> list[Mention]:
    """The nearest actor before the trigger that is no watcher, else the article's first actor."""
    actors = [a for a in parsed.of_kind(Kind.ACTOR) if a is not reporter and not _observes(a.root)]
    before = [a for a in actors if a.last < trigger.first and a.root.dep_ != "pobj"]
    before = before or [a for a in actors if a.last < trigger.first]
    if before:
        last = before[-1]
        return [a.mention for a in before if a is last or _joined(a.root, last.root)]
    known = [
        mention
        for mention in context.actors
        if reporter is None or mention.entity is not reporter.mention.entity
    ]
    if known:
        return known[:1]
    after = [a for a in actors if a.first > trigger.last]
    return [after[0].mention] if after else []


def _observes(token: Token) -> bool:
    """Whether this is the subject of a verb that only watches or tells."""
    while token.dep_ in _NP_PARTS and token.head is not token and token.head.tag_.startswith("N"):
        token = token.head
    return token.dep_ in _SUBJECTS and bool(_OBSERVING.fullmatch(token.head.text))


def _joined(one: Token, other: Token) -> bool:
    return (
        one.head is other
        or other.head is one
        or (one.head is other.head and "conj" in {one.dep_, other.dep_})
    )


def _subject(verb: Token) -> Token | None:
    """Who does what this verb says."""
    for child in verb.children:
        if child.dep_ == "agent":
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    passive = any(child.dep_ == "nsubjpass" for child in verb.children)
    for child in verb.children:
        if child.dep_ in _SUBJECTS:
            return verb.head if child.tag_ in _WH and verb.dep_ == "relcl" else child
    if passive:
        return None
    if verb.dep_ == "acl" and verb.tag_ == "VBG":
        return verb.head
    if verb.dep_ in {"conj", "xcomp", "advcl", "ccomp", "aux"} and verb.head is not verb:
        return _subject(verb.head) if verb.head.tag_.startswith("V") else None
    return None


def _owners(trigger: Located, actors: Sequence[Located]) -> list[Located]:
    """Actors that a noun names as its own: "North Korea's launch", "launch by", "Chinese incursion"."""
    tokens = range(trigger.first, trigger.last + 1)
    heads = [trigger.root, *(c for c in trigger.root.children if c.i in tokens)]
    if trigger.root.dep_ in {"compound", "amod", "nmod", "poss"}:
        heads.append(trigger.root.head)  # "North Korea missile test site"
    parts = [child for head in heads for child in head.children if _owning(child)]
    return [actor for part in parts for actor in _in_phrase(part, actors)]


def _owning(child: Token) -> bool:
    return child.dep_ in {"poss", "compound", "amod", "nmod"} or (
        child.dep_ in {"prep", "agent"} and child.lower_ in {"by", "of", "from"}
    )


def _supporter(noun: Token) -> Token | None:
    """The subject of the verb that a noun depends on, unless that verb only watches."""
    node = noun
    for _ in range(4):
        parent = node.head
        if parent is node:
            return None
        if parent.tag_.startswith("V"):
            subject = _subject(parent)
            watching = _OBSERVING.fullmatch(parent.text) or node.dep_ == "prep" or node.dep_ in _SUBJECTS
            return None if watching else subject
        node = parent
    return None


def _in_phrase(head: Token, actors: Sequence[Located]) -> list[Located]:
    """The actors inside a noun phrase, not those of clauses that hang on it."""
    tokens = set(_phrase(head))
    return [actor for actor in actors if actor.root.i in tokens]


def _phrase(head: Token) -> Iterator[int]:
    yield head.i
    for child in head.children:
        if (
            child.dep_ in _NP_PARTS
            or child.dep_ == "pobj"
            or (child.dep_ in {"prep", "agent"} and child.lower_ in _NP_PREPS)
        ):
            yield from _phrase(child)


def _clause(trigger: Token) -> set[int]:
    """The tokens of the trigger's own clause: its subtree without nested clauses, and its governor's for a noun."""
    top = trigger
    for _ in range(4):
        if top.tag_.startswith("V") or top.head is top:
            break
        top = top.head
    tokens = set(_own(top))
    subject = _subject(top)
    if subject is not None:
        tokens.update(_phrase(subject))
    return tokens


def _own(head: Token) -> Iterator[int]:
    yield head.i
    for child in head.children:
        nested = child.dep_ in _CLAUSES or (child.dep_ == "conj" and child.tag_.startswith("V"))
        if not nested:
            yield from _own(child)


def _objects(trigger: Located, parsed: Parsed, clause: set[int]) -> tuple[list[Located], bool]:
    """Objects of the clause, nearest first, then those close by; True when none is of the clause."""
    objects = nearest(parsed.of_kind(Kind.OBJECT), trigger.root)
    own = [o for o in objects if o.root.i in clause or trigger.first <= o.root.i <= trigger.last]
    close = [o for o in objects if o not in own and abs(o.root.i - trigger.root.i) <= _REACH]
    return [*own, *close], not own and bool(close)


def _by_clause(places: Sequence[Located], clause: set[int], trigger: Token) -> list[Located]:
    return sorted(nearest(places, trigger), key=lambda place: place.root.i not in clause)


def _reporter(trigger: Token, actors: Sequence[Located]) -> Located | None:
    verb = claimed_by(trigger)
    subject = _subject(verb) if verb is not None else None
    found = _in_phrase(subject, actors) if subject is not None else []
    return found[0] if found else None


def _unique(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    return tuple({mention.entity.slug: mention for mention in reversed(mentions)}.values())[::-1]

"""Who did it: the roles around a trigger; with what and where is told in things.py, to whom in direction.py.

Grammar first: subject and object of a verb, possessor and modifiers of a noun, the subject of a support verb
("conducts a test"). Where grammar gives nothing, as in many headlines, position and context stand in, and the role is
marked as inferred. Whoever only watches or tells (Seoul detects, Tokyo condemns) is never the actor.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from monitor.extraction import cues, grammar
from monitor.extraction.deed import only_harms
from monitor.extraction.headlines import attributed_to, doer_of
from monitor.extraction.hits import Sense
from monitor.extraction.owners import (
    OBSERVING,
    blamed,
    far_agent,
    in_phrase,
    minded,
    owners,
    supporting_subject,
)
from monitor.extraction.parsed import Located, Parsed, Piece, nearest
from monitor.extraction.status import claimed_by
from monitor.extraction.things import objects_of, places_of
from monitor.extraction.tokens import Token
from monitor.model import Kind, Mention

_LISTED = re.compile(r"\s*(?:,|and|&|, and|/)\s*(?:the\s+)?|-", re.IGNORECASE)
# What "it" does in these is done by the thing that was sent, not by who tells of it.
_MOVING = re.compile(
    r"(?:f(?:ly|lies|lew|lown)|fall|fell|land|travel|splash|soar|crash|reach|cross|enter|explod|pass|hit|plung|drop)\w*",
    re.IGNORECASE,
)
IN_ROLES = (Kind.ACTOR, Kind.OBJECT, Kind.PLACE)  # what a sentence may take up from those near it
_JOINING = frozenset(
    {"of", "from", "by", "as", "after"}
)  # the last two begin a clause that a headline breaks off
_UPON = frozenset({"after", "because", "since", "once"})
_PRONOUNS = frozenset({"it", "they", "he", "she", "we"})
_POSSESSIVES = frozenset({"its", "their", "his", "her", "our"})


@dataclass(frozen=True, kw_only=True)
class Roles:
    """The mentions that fill each role, likeliest first."""

    actors: tuple[Mention, ...]
    objects: tuple[Mention, ...]
    others: tuple[Mention, ...]  # of the actors, nearest first
    places: tuple[Mention, ...]
    reporter: Mention | None
    inferred: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Context:
    """What stands near the sentence and fills in where it is silent: mentions only, in order, never another parse."""

    actors: tuple[Mention, ...] = ()
    objects: tuple[Mention, ...] = ()
    places: tuple[Mention, ...] = ()


class Fillers:
    """Slugs of all who and what may have a role in a sentence, worked out as they are asked for.

    `near` is named near it, in order. Of its actors it is the first at most whom it offers for doer. To whom it was
    done the sentence tells, be it as the owner of a place, unless it is who else was the doer.
    """

    def __init__(self, piece: Piece, near: Sequence[Sense]) -> None:
        self._piece = piece
        self._near = near

    def of(self, role: str) -> frozenset[str]:
        """Those of one role."""
        if role in {"actor", "together"}:
            return self._doers
        return self._recipients if role == "recipient" else self._things

    @cached_property
    def _doers(self) -> frozenset[str]:
        own = frozenset().union(*(hit.sense.actors for hit in self._piece.hits))
        near = itertools.chain.from_iterable(sense.actors for sense in self._near)
        return own.union(itertools.islice((slug for slug in near if slug not in own), 1))

    @cached_property
    def _recipients(self) -> frozenset[str]:
        return self._doers.union(*(hit.sense.named for hit in self._piece.hits))

    @cached_property
    def _things(self) -> frozenset[str]:
        return self._piece.slugs.union(*(sense.slugs for sense in self._near))


def roles_of(trigger: Located, parsed: Parsed, context: Context) -> Roles:
    """All roles of one trigger in its sentence."""
    actors = parsed.of_kind(Kind.ACTOR)
    reporter = _reporter(trigger.root, actors) or attributed_to(trigger, parsed) or _closing(parsed, actors)
    doing, inferred = _doing(trigger, parsed, context, reporter)
    clause = grammar.clause(trigger.root)
    objects, far = objects_of(trigger, parsed, clause, told_before=context.objects)
    named = {mention.entity.slug for mention in doing}
    others = [a for a in nearest(actors, trigger.root) if a.slug not in named and a is not reporter]
    return Roles(
        actors=tuple(doing),
        objects=tuple(objects),
        others=tuple(a.mention for a in sorted(others, key=lambda a: a.root.i not in clause)),
        places=_unique([*places_of(trigger, parsed, clause), *context.places]),
        reporter=reporter.mention if reporter else None,
        inferred=frozenset({*(["actor"] if inferred else []), *(["object"] if far else [])}),
    )


# --- actors ----------------------------------------------------------------------------------------


def _doing(
    trigger: Located, parsed: Parsed, context: Context, reporter: Located | None
) -> tuple[list[Mention], bool]:
    """The actors, and whether they had to be inferred."""
    actors = parsed.of_kind(Kind.ACTOR)
    token = trigger.root
    headline = doer_of(trigger, parsed)
    if reporter is not None and reporter.first == trigger.last + 1 and reporter is _closing(parsed, actors):
        return [reporter.mention], False
    if headline is not None:
        return [a.mention for a in _with_partners([headline], actors, parsed)], False
    holder, found = (_of_verb if grammar.is_verb(token) else _of_noun)(trigger, parsed, actors)
    if not found and holder is not None:
        found = _antecedent(token, actors) if _refers_back(holder, token) else _sender(holder, actors)
    if holder is not None and holder.lower_ in {"we", "i"} and reporter is not None:
        found = [reporter]  # "Seoul: we did not fly drones"
    found = [actor for actor in found if actor is not reporter] or found
    if found:
        return [a.mention for a in _with_partners(found, actors, parsed)], False
    if holder is not None and not _may_infer(holder, parsed):
        return [], False
    return _inferred(trigger, parsed, context, reporter, stand_in=_pronoun(holder)), True


def _of_verb(
    trigger: Located, parsed: Parsed, actors: Sequence[Located]
) -> tuple[Token | None, list[Located]]:
    """The word for who does what a verb tells, and the actors that it names."""
    holder = grammar.subject(trigger.root)
    found = minded(trigger.root, actors) or (in_phrase(holder, actors) if holder is not None else [])
    return holder, found or far_agent(trigger, parsed, actors)


def _of_noun(
    trigger: Located, parsed: Parsed, actors: Sequence[Located]
) -> tuple[Token | None, list[Located]]:
    """The same of what a noun tells, or a verb that was read as one."""
    noun, holder = trigger.root, None
    found: list[Located] = []
    if _is_second_verb(trigger, parsed):
        verb = grammar.supporter(noun)
        holder = grammar.subject(verb) if verb is not None else None
        found = in_phrase(holder, actors) if holder is not None else []
    found = found or owners(trigger, actors)
    if not found:
        holder = supporting_subject(noun)
        found = in_phrase(holder, actors) if holder is not None else []
    return holder, found or blamed(noun, actors)


def _is_second_verb(trigger: Located, parsed: Parsed) -> bool:
    """Whether a headline's second verb was read as one more object: "slams Japan's plan, promises action"."""
    word = trigger.root
    listed = word.dep_ == "conj" and word.i > 0 and word.doc[word.i - 1].text == ","
    return parsed.is_title and trigger.verb and listed and word.text.endswith("s")


def _refers_back(holder: Token, verb: Token) -> bool:
    """Whether "it" or "its sailors" stand for the subject of the clause above: "Seoul says it test-fired a rocket"."""
    if any(child.dep_ == "poss" and child.lower_ in _POSSESSIVES for child in holder.children):
        return True
    return holder.lower_ in _PRONOUNS and not _MOVING.fullmatch(verb.text)


def _sender(thing: Token, actors: Sequence[Located]) -> list[Located]:
    """Who sent the thing that acts: "the missile fired by North Korea flew"."""
    agents = [child for word in thing.subtree for child in word.children if word.dep_ == "agent"]
    return [actor for agent in agents for actor in in_phrase(agent, actors)]


def _antecedent(verb: Token, actors: Sequence[Located]) -> list[Located]:
    """The actors in the subject of the verb that governs this one."""
    node = verb if verb.tag_.startswith("V") else grammar.supporter(verb) or verb
    while node.dep_ in {"conj", "xcomp", "advcl", "ccomp", "aux"} and node.head != node:
        node = node.head
        doer = grammar.subject(node) if node.tag_.startswith("V") else None
        if doer is not None and doer.lower_ not in _PRONOUNS:
            return in_phrase(doer, actors)
    return []


def _may_infer(holder: Token, parsed: Parsed) -> bool:
    """A subject that names somebody we do not know is not to be replaced; "it" and "the jets" are."""
    if grammar.stands_in(holder):
        return True
    if parsed.is_title:
        return not holder.tag_.startswith("NNP") or any(a.first <= holder.i <= a.last for a in parsed.located)
    things = (found for found in parsed.of_kind(Kind.OBJECT) if not found.mention.entity.sector)
    return any(found.first <= holder.i <= found.last for found in things)


def _pronoun(holder: Token | None) -> Token | None:
    return holder if holder is not None and holder.lower_ in _PRONOUNS else None


def _inferred(
    trigger: Located, parsed: Parsed, context: Context, reporter: Located | None, *, stand_in: Token | None
) -> list[Mention]:
    """The nearest actor before the trigger that is no watcher, else the first that is named near the sentence.

    Whom a pronoun stands in for was named before it: "she blamed the South and threatened".
    """
    teller = claimed_by(trigger.root)
    if reporter is not None and teller is not None and cues.CONFESSING.fullmatch(teller.text):
        return [reporter.mention]
    shaken, harms = _shaken(trigger.root), only_harms(trigger, parsed)
    free = [
        a
        for a in parsed.of_kind(Kind.ACTOR)
        if not _undergoes(a.root, trigger.root, harms=harms) and a.root.i not in shaken
    ]
    actors = [a for a in free if a is not reporter and not _observes(a.root)]
    if stand_in is not None:  # "a drone of the North photographed US sites before it crashed"
        above = [a for a in _antecedent(trigger.root, free) if a in actors]
        if above:
            return [a.mention for a in above]
    until = trigger.first if stand_in is None else stand_in.i
    before = [a for a in actors if a.last < until and not _is_governed(a.root)]
    before = before or [a for a in actors if a.last < until and not grammar.is_pointed_at(a.root)]
    if any(child.lower_ in _POSSESSIVES for child in trigger.root.children):  # not the "US" of "US mainland"
        before = [a for a in before if a.root.dep_ not in grammar.MODIFIERS] or before
    if before:
        last = before[-1]
        beside = _with_partners([last], before, parsed)
        return [a.mention for a in before if a in beside or _joined(a.root, last.root)]
    # Whom the sentence names for something else than the doer, what stands near it does not make the doer.
    apart = {a.mention.entity for a in parsed.of_kind(Kind.ACTOR) if a is reporter or a not in free}
    known = [mention for mention in context.actors if mention.entity not in apart]
    if known:
        return known[:1]
    after = [a for a in actors if a.first > trigger.last and not grammar.is_pointed_at(a.root)]
    undergone = any(child.dep_ == "nsubjpass" for child in trigger.root.children)  # by none who tells it
    watching = [a for a in free if not undergone and a.last < trigger.first and not _is_governed(a.root)]
    rest = after or ([reporter] if reporter is not None else watching)
    return [a.mention for a in rest[:1]]


def _is_governed(name: Token) -> bool:
    """Whether it stands behind a preposition, or is joined to what does: "workers in China and Russia"."""
    while name.dep_ == "conj" and name.head != name:
        name = name.head
    return name.dep_ == "pobj"


def _observes(token: Token) -> bool:
    """Whether this is the subject of a verb that only watches or tells."""
    while token.dep_ in grammar.NOUN_PHRASE and token.head != token and token.head.tag_.startswith("N"):
        token = token.head
    return token.dep_ in grammar.SUBJECTS and bool(OBSERVING.fullmatch(token.head.text))


def _undergoes(name: Token, deed: Token, *, harms: bool) -> bool:
    """Whether this is whom the deed, or the verb that asks for it, is done to: "an envoy warned Seoul to stop".

    What befalls a side's own things is its doing, "the North's troops were sent", unless the deed `harms` them.
    """
    undergone = harms or (name.dep_ == "nsubjpass" and name.tag_.startswith("NNP"))
    while name.dep_ in grammar.NOUN_PHRASE and name.head != name:
        name = name.head
    while deed.dep_ == "xcomp" and deed not in (deed.head, name.head):
        deed = deed.head
    return name.head == deed and (name.dep_ in {"dobj", "dative"} or (undergone and name.dep_ == "nsubjpass"))


def _shaken(deed: Token) -> set[int]:
    """The words for who acted only after it was done: "Tokyo raised the alarm after a missile was fired"."""
    passive = any(child.dep_ == "nsubjpass" for child in deed.children)
    after = any(child.dep_ == "mark" and child.lower_ in _UPON for child in deed.children)
    above = grammar.subject(deed.head) if passive and after and deed.dep_ == "advcl" else None
    return set(grammar.phrase(above)) if above is not None else set()


def _joined(one: Token, other: Token) -> bool:
    return (
        one.head == other
        or other.head == one
        or (one.head == other.head and "conj" in {one.dep_, other.dep_})
    )


def _with_partners(found: list[Located], actors: Sequence[Located], parsed: Parsed) -> list[Located]:
    """The actors and those written beside them with "and" or a comma: "China, Russia hold a patrol"."""
    chain = list(found)
    for actor in reversed(actors):
        if actor not in chain and any(_beside(actor, other, parsed) for other in chain):
            chain.insert(0, actor)
    return chain


def _beside(one: Located, other: Located, parsed: Parsed) -> bool:
    if one.first > other.first:
        one, other = other, one
    between = parsed.piece.text[
        one.mention.span.end - parsed.piece.start : other.mention.span.start - parsed.piece.start
    ]
    of = one.root.dep_ != "pobj" or one.root.head.lower_ in _JOINING
    if one.root.dep_ == "dobj" and other.root.dep_ == "nsubj":
        return False  # "may visit Moscow, and the North fired"
    return of and bool(_LISTED.fullmatch(between))


def _reporter(trigger: Token, actors: Sequence[Located]) -> Located | None:
    verb = claimed_by(trigger)
    teller = grammar.subject(verb) if verb is not None else None
    found = in_phrase(teller, actors) if teller is not None else []
    return found[0] if found else None


def _closing(parsed: Parsed, actors: Sequence[Located]) -> Located | None:
    """Who tells a headline, named at its end behind the verb: "the North sends shells, claims Seoul"."""
    if not actors or not parsed.is_title:
        return None
    before, verb = parsed.doc[: actors[-1].first][-2:-1], parsed.doc[: actors[-1].first][-1:]
    ends = not parsed.piece.text[actors[-1].mention.span.end - parsed.piece.start :].strip(" .\"'”’")
    told = ends and len(before) == 1 and before[0].text == "," and bool(cues.SAYING.fullmatch(verb[0].text))
    return actors[-1] if told else None


def _unique(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    return tuple({mention.entity.slug: mention for mention in reversed(mentions)}.values())[::-1]

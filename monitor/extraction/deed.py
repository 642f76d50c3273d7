"""The words of a deed: what carries it in its sentence, what it is done to or with, which prepositions hang on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.extraction import grammar
from monitor.extraction.parsed import Located, Parsed
from monitor.extraction.tokens import Token
from monitor.model import Kind, Mention

_BEHIND = frozenset(
    {"of", "from", "in", "into", "as", "through", "within", "inside", "near"}
)  # steps to a noun that says more
_SUPPORTED = frozenset({"dobj", "nsubjpass", "attr", "oprd"})
_BEARING = re.compile(r"(?:north|south|east|west)(?:east|west|wards?|ern)?", re.IGNORECASE)
_DISTANCE = re.compile(
    r"(?:feet|foot|yards?|met(?:er|re)s?|miles?|kilomet(?:er|re)s?|km|nm|nautical)", re.IGNORECASE
)
_WISHES = re.compile(r"(?:request|order|behest|invitation|urging|insistence|expense|call)s?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Deed:
    """The words that carry a deed, and the nouns around them."""

    trigger: Located
    words: tuple[Token, ...]  # the trigger, the verb that supports it, what is said or threatened by it
    things: tuple[Token, ...]  # what it is done to or with: "ship crates of arms"
    later: tuple[Token, ...]  # what the things do, or are to do: "missiles that fell near"
    behind: tuple[Token, ...]  # nouns that say more: "take part in a drill", "land in waters near"

    @property
    def all(self) -> tuple[Token, ...]:
        """Every one of them, the nearest first."""
        return (*self.words, *self.things, *self.later, *self.behind)


def deed_of(trigger: Located) -> Deed:
    """What stands around a trigger."""
    root = trigger.root
    words, things = [root], [] if grammar.is_verb(root) else [root]
    if not grammar.is_verb(root):
        verb = grammar.supporter(root)
        if verb is not None and _is_supported(root, verb, against=trigger.mention.entity.against):
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
        for p in prepositions(node)
        if p.lower_ in _BEHIND
        for noun in objects(p)
        if noun not in things
    ]
    later = [child for child in later if child not in words]
    return Deed(
        trigger=trigger, words=tuple(words), things=tuple(things), later=tuple(later), behind=tuple(behind)
    )


def _is_supported(noun: Token, verb: Token, *, against: bool) -> bool:
    """Whether a verb carries the deed that a noun tells: "conducts a test", "hit a boat with water cannon"."""
    link = grammar.attached_to(noun, verb)
    means = against and link.lower_ == "with" and noun.head == link and grammar.is_means(link)
    return means or link.dep_ in _SUPPORTED


def is_against(trigger: Located, parsed: Parsed) -> bool:
    """Whether the word, in any of its meanings, tells of a deed against whoever answers it."""
    return any(each.entity.against for each in _meanings(trigger, parsed))


def only_harms(trigger: Located, parsed: Parsed) -> bool:
    """Whether the word, in each of its meanings, tells of a deed against whoever answers it."""
    return all(each.entity.against for each in _meanings(trigger, parsed))


def _meanings(trigger: Located, parsed: Parsed) -> Iterator[Mention]:
    here = (trigger.first, trigger.last)
    return (each.mention for each in parsed.of_kind(Kind.ACTION) if (each.first, each.last) == here)


def prepositions(node: Token) -> Iterator[Token]:
    """The prepositions of a word, and those of its adverbs: "flew close to"."""
    for child in node.children:
        if child.dep_ == "prep" or (child.dep_ == "dative" and child.tag_ == "IN"):
            yield child
        elif child.dep_ in {"advmod", "acomp", "prt"}:
            yield from (p for p in prepositions(child) if p.lower_ != "of" or gives_bearing(p))


def gives_bearing(preposition: Token) -> bool:
    """Whether this is the "of" of "southeast of" or "within 20 feet of", not that of "ahead of"."""
    place = preposition.head
    return preposition.lower_ in {"of", "from"} and bool(
        _BEARING.fullmatch(place.text) or _DISTANCE.fullmatch(place.text)
    )


def objects(preposition: Token) -> Iterator[Token]:
    """What a preposition governs, save at whose wish it is done."""
    for child in preposition.children:
        if child.dep_ == "pobj" and not _WISHES.fullmatch(child.text):
            yield child
        elif child.dep_ == "prep":  # "close to", "out of"
            yield from objects(child)


def _joined_or_held(thing: Token) -> Iterator[Token]:
    """The nouns joined to a thing, and those it is full of: "crates of arms"."""
    for child in thing.children:
        if child.dep_ in {"conj", "appos"}:
            yield child
        elif child.dep_ == "prep" and child.lower_ == "of":
            yield from objects(child)


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

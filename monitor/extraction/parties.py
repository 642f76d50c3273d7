"""Those whom a sentence names: its actors and the owners of its places, and which of them a noun phrase means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.extraction import grammar
from monitor.extraction.deed import objects
from monitor.extraction.parsed import Located, Parsed
from monitor.extraction.tokens import Token
from monitor.model import Kind, Mention

_LANDS = frozenset({"peninsula", "war"})
_MADE = frozenset({"made", "built", "designed", "supplied", "style", "era", "brokered", "backed"})


@dataclass(frozen=True, slots=True)
class Party:
    """An actor, or the owner of a place, and the tokens that name it."""

    mention: Mention
    located: Located

    @property
    def side(self) -> str:
        """One word for an army and its state."""
        return self.mention.entity.side


def parties_of(parsed: Parsed) -> list[Party]:
    """The sentence's actors in order, then its places' owners in order."""
    actors = (found for found in parsed.of_kind(Kind.ACTOR) if not _is_land(found))
    parties = [Party(found.mention, found) for found in actors]
    for place in parsed.of_kind(Kind.PLACE):
        owner = place.mention.entity.owner
        if owner is not None:
            parties.append(Party(Mention(span=place.mention.span, entity=owner), place))
    return parties


def named_by(head: Token, parties: Iterable[Party], *, whole: bool) -> list[Party]:
    """The parties that a noun, or all of its phrase, names."""
    if whole:
        tokens = set(_phrase(head))
        return [p for p in parties if p.located.root.i in tokens and not _is_origin(p.located)]
    heads = {head.i, *(c.i for c in _joined(head))}
    return [p for p in parties if any(p.located.first <= i <= p.located.last for i in heads)]


def unique(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """One for each side, the first."""
    return tuple({mention.entity.side: mention for mention in reversed([*mentions])}.values())[::-1]


def _is_land(found: Located) -> bool:
    """Whether the name is only part of a land's or a war's: "the Korean peninsula"."""
    doc, after = found.root.doc, found.last + 1
    return after < len(doc) and doc[after].lower_ in _LANDS


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
            for noun in objects(child):
                yield from _phrase(noun)


def _is_origin(found: Located) -> bool:
    """Whether the name only tells where a thing was made: "a Russian-built jet"."""
    doc, after = found.root.doc, found.last + 1
    return after + 1 < len(doc) and doc[after].text == "-" and doc[after + 1].lower_ in _MADE

"""One sentence with its parse and the vocabulary terms that stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from spacy import tokens

from monitor.extraction.hits import Hit
from monitor.extraction.tokens import Doc, Token
from monitor.model import Kind, Mention, Span

_Place = tuple[int, int, Token, Span]  # first and last token, the root of them, the stretch of the field
# Words in single quotes, with the apostrophes of the words inside.
_QUOTED = re.compile(r"(?<!\w)['‘](\w(?:[^'‘’]|(?<=\w)['’](?=\w))*[\w.,!?%])['’](?!\w)")
NEAR = 3  # sentences before one, from which it may take up who and what
# What whole sentences have and headlines leave out.
_WHOLE = re.compile(
    r"\b(?:the|an?|was|were|is|are|be|been|has|have|had|will|said|it|its|he|she|they)\b", re.IGNORECASE
)
_LINE = 120  # characters
_SHORT = 4  # letters; shorter words keep or lose their capital for other reasons (DPRK, the)


class Located(NamedTuple):
    """A mention and the tokens it covers; `root` is the token that the rest of it hangs on.

    A tuple, for a sentence has thirty: a word may stand for twenty actions.
    """

    mention: Mention
    first: int
    last: int
    root: Token
    verb: bool  # the spelling is a verb's form
    noun: bool = True  # the spelling is a noun's

    @property
    def slug(self) -> str:
        """Slug of the entity."""
        return self.mention.entity.slug


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One sentence before it is parsed, with the hits inside it."""

    field: str
    start: int  # within the field, code points
    text: str
    hits: tuple[Hit, ...]
    nth: int = 0  # which sentence of its field, from 0
    lead_to: int = 0  # where the first sentences of the text end
    near_from: int = 0  # where the first of those just before it starts, in its own field

    def is_near(self, field: str, start: int, end: int) -> bool:
        """Whether what stands there may fill a role that the sentence leaves open: far off it belongs to other news.

        Near are the title, the lead and the sentences just before.
        """
        if field == self.field and self.start <= start and end <= self.start + len(self.text):
            return False  # it is part of the sentence
        lead = field == "title" or end <= self.lead_to
        return lead or (field == self.field and self.near_from <= start < self.start)

    @property
    def is_line(self) -> bool:
        """Whether it is as short as a headline and written like one: a post, a ticker, a brief."""
        if self.nth or len(self.text) > _LINE:
            return False
        return self.text.rstrip()[-1:].isalnum() or _WHOLE.search(self.text) is None

    @property
    def span(self) -> Span:
        """The sentence as a span of its field."""
        return Span(field=self.field, start=self.start, end=self.start + len(self.text), text=self.text)

    def within(self, start: int, end: int) -> Span:
        """That stretch of the sentence as a span of its field."""
        at = self.start
        return Span(field=self.field, start=at + start, end=at + end, text=self.text[start:end])

    @property
    def slugs(self) -> frozenset[str]:
        """Slugs of all that the sentence mentions."""
        return frozenset().union(*(hit.sense.slugs for hit in self.hits))


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A piece with its parse."""

    piece: Piece
    doc: Doc
    located: tuple[Located, ...]

    @classmethod
    def of(cls, piece: Piece, text: str, parse: tokens.Doc) -> Parsed:
        """Tie the hits of the piece to the tokens of its parse; `text`: as it was given to the parser."""
        doc = Doc.of(parse, text)
        starts = {piece.start + token.idx: token for token in doc}
        located = [
            each
            for hit in piece.hits
            if (place := _place(piece, doc, parse, hit, starts.get(hit.start)))
            for each in _locate(hit, place)
        ]
        return cls(piece=piece, doc=doc, located=tuple(_once(located)))

    @property
    def is_title(self) -> bool:
        """Whether this is a headline, where grammar is looser: the title, or a text that is no more than one."""
        return self.piece.field == "title" or self.piece.is_line

    def of_kind(self, *kinds: Kind) -> list[Located]:
        """The located mentions of these kinds, in order."""
        found = self._of_kinds.get(kinds)
        if found is None:
            found = [each for each in self.located if each.mention.entity.kind in kinds]
            self._of_kinds[kinds] = found
        return list(found)

    @cached_property
    def _of_kinds(self) -> dict[tuple[Kind, ...], list[Located]]:
        """What was asked before: a sentence of many deeds is asked the same for each."""
        return {}

    def span(self, token: Token) -> Span:
        """One token as a span of the field."""
        start = self.piece.start + token.idx
        return Span(field=self.piece.field, start=start, end=start + len(token.text), text=token.text)


def normalised(piece: Piece) -> str:
    """The text as it is given to the parser, of the same length.

    The parser was trained on running text, where a capital marks a name: in Title Case and ALL CAPS
    headlines every word looks like one, so words outside known names are put in lower case. A headline's single quotes
    around a deed, which it takes for the sign of a genitive, become spaces.
    """
    if piece.field != "title":
        return piece.text
    words = [word for word in re.finditer(r"[A-Za-z][\w'’-]*", piece.text) if len(word.group()) >= _SHORT]
    capitals = sum(word.group()[0].isupper() for word in words)
    text = _QUOTED.sub(lambda quoted: _unquoted(quoted, piece), piece.text)
    if len(words) < 3 or capitals < 0.65 * len(words):  # noqa: PLR2004 - fewer words tell nothing
        return text
    shouting = piece.text.upper() == piece.text
    return re.sub(r"\w[\w'’]*", lambda word: _lowered(word, piece, shouting=shouting), text)


def _unquoted(quoted: re.Match[str], piece: Piece) -> str:
    """The words without their quotes, where they may tell of a deed; any other keep them."""
    start, end = piece.start + quoted.start(), piece.start + quoted.end()
    inside = (hit.sense for hit in piece.hits if start < hit.start < end)
    tells = any(term.verb for sense in inside for _, term in sense.meanings)
    return f" {quoted[1]} " if tells else quoted[0]


def _lowered(word: re.Match[str], piece: Piece, *, shouting: bool) -> str:
    text = word.group()
    at = piece.start + word.start()
    here = (hit.sense for hit in piece.hits if hit.start <= at < hit.end)
    named = any(entity.kind in {Kind.ACTOR, Kind.PLACE} for sense in here for entity, _ in sense.meanings)
    if named:
        return _as_long(text.capitalize(), text) if shouting and len(text) > _SHORT else text
    if text.isupper() and len(text) > 1 and not shouting:
        return text
    return _as_long(text.lower(), text)


def _as_long(changed: str, text: str) -> str:
    """The changed text, where it is as long as it was: offsets must not move."""
    return changed if len(changed) == len(text) else text


def nearest(candidates: Sequence[Located], token: Token) -> list[Located]:
    """The candidates ordered by their distance from a token."""
    return sorted(candidates, key=lambda found: abs(found.root.i - token.i))


def _once(located: Sequence[Located]) -> list[Located]:
    """One for each entity and place: "tests" is the verb's form and the noun's."""
    kept: dict[tuple[str, int], Located] = {}
    for found in located:
        same = kept.setdefault((found.slug, found.mention.span.start), found)
        if same is not found:
            merged = same._replace(verb=same.verb or found.verb, noun=same.noun or found.noun)
            kept[found.slug, found.mention.span.start] = merged
    return list(kept.values())


def _place(piece: Piece, doc: Doc, parse: tokens.Doc, hit: Hit, token: Token | None) -> _Place | None:
    """The tokens that a hit covers, and its place in the field; `token` is the one that starts where it does."""
    start, end = hit.start - piece.start, hit.end - piece.start
    span = Span(field=piece.field, start=hit.start, end=hit.end, text=piece.text[start:end])
    if token is not None and token.end == end:  # most are one token, which is found sooner by itself
        return token.i, token.i, token, span
    covered = parse.char_span(start, end, alignment_mode="expand")
    return None if covered is None else (covered.start, covered.end - 1, doc[covered.root.i], span)


def _locate(hit: Hit, place: _Place) -> Iterator[Located]:
    """All that it may mean there."""
    first, last, root, span = place
    for entity, term in hit.sense.meanings:
        mention = Mention(span=span, entity=entity)
        yield Located(mention, first, last, root, verb=term.verb, noun=not term.verb)

"""A parse as plain objects, under spaCy's names.

spaCy makes a new object for every token that is asked for, searches a stretch of the sentence for each list of
children, and looks up each label in a table. Roles and status ask hundreds of times a sentence: taking the parse over
once makes that several times as fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

import numpy as np
from spacy import attrs, tokens
from spacy.lang.en.lex_attrs import like_num
from spacy.strings import StringStore

_LABELS: dict[int, str] = {}  # spaCy's numbers are hashes: the same in every model
_READ = (attrs.IDX, attrs.LENGTH, attrs.TAG, attrs.DEP, attrs.HEAD, attrs.SENT_START)


class Token:
    """One token with what hangs on it; two are the same only if they are one object."""

    __slots__ = ("children", "dep_", "doc", "head", "i", "idx", "lower_", "sent_begin", "tag_", "text")

    head: Token  # of the root: itself
    children: list[Token]  # in order, those on the left first

    def __init__(self, doc: Doc, i: int, idx: int, text: str, tag: str, dep: str, sent_begin: int) -> None:  # noqa: PLR0917 - one for each of tens of thousands
        self.doc = doc
        self.i = i  # its number in the doc
        self.idx = idx  # where it starts, in code points
        self.text = text
        self.lower_ = text.lower()
        self.tag_ = tag
        self.dep_ = dep
        self.sent_begin = sent_begin  # number of the first token of what the parser takes for its sentence
        self.head = self
        self.children = []

    def __repr__(self) -> str:
        return f"Token({self.text!r}, {self.i})"

    @property
    def end(self) -> int:
        """Where it ends, in code points."""
        return self.idx + len(self.text)

    @property
    def lefts(self) -> list[Token]:
        """The children before it."""
        return [child for child in self.children if child.i < self.i]

    @property
    def subtree(self) -> Iterator[Token]:
        """Itself and all that hangs on it, at whatever depth, in order."""
        told = False
        for child in self.children:
            if not told and child.i > self.i:
                told = True
                yield self
            yield from child.subtree
        if not told:
            yield self

    @property
    def ancestors(self) -> Iterator[Token]:
        """What it hangs on, the nearest first."""
        node = self
        while node.head is not node:
            node = node.head
            yield node

    @property
    def left_edge(self) -> Token:
        """The first token of its subtree."""
        return min(self.subtree, key=_place)

    @property
    def right_edge(self) -> Token:
        """The last token of its subtree."""
        return max(self.subtree, key=_place)

    @property
    def like_num(self) -> bool:
        """Whether it is a number, in figures or in words."""
        return bool(like_num(self.text))


class Doc(list[Token]):
    """The tokens of one sentence, and its text as it was parsed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    @classmethod
    def of(cls, parsed: tokens.Doc) -> Self:
        """The same parse."""
        text, strings = parsed.text, parsed.vocab.strings
        self = cls(text)
        table = parsed.to_array(_READ)
        sent_begin = 0
        for i, (idx, length, tag, dep, _, sent_start) in enumerate(table.tolist()):
            if sent_start == 1:
                sent_begin = i
            self.append(Token(self, i, idx, text[idx : idx + length], _label(tag, strings), _label(dep, strings), sent_begin))
        away = table[:, _READ.index(attrs.HEAD)].view(np.int64).tolist()  # to the left they are negative
        for token, steps in zip(self, away, strict=True):
            if steps:
                token.head = self[token.i + steps]
                token.head.children.append(token)
        return self

    def text_of(self, first: int, end: int) -> str:
        """The text from one token up to another, which is left out; as far as there are tokens."""
        inside = self[first:end]
        return self.text[inside[0].idx : inside[-1].end] if inside else ""


def _label(number: int, strings: StringStore) -> str:
    """The tag or dependency of that number; always the same object, so that it is compared at once."""
    found = _LABELS.get(number)
    return found if found is not None else _LABELS.setdefault(number, strings[number])


def _place(token: Token) -> int:
    return token.i

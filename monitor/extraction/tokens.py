"""A parse as plain objects, under spaCy's names.

spaCy makes a new object for every token that is asked for, searches a stretch of the sentence for each list of
children, and looks up each label in a table. Roles and status ask hundreds of times a sentence: taking the parse over
once makes that several times as fast.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Self

import numpy as np
from spacy import attrs, tokens
from spacy.lang.en.lex_attrs import like_num
from spacy.strings import StringStore

_LABELS: dict[int, str] = {}  # spaCy's numbers are hashes: the same in every model
_like_num: Callable[[str], bool] = like_num
_READ: list[int | str] = [attrs.IDX, attrs.LENGTH, attrs.TAG, attrs.DEP, attrs.HEAD, attrs.SENT_START]


class Token:
    """One token with what hangs on it; two are the same only if they are one object."""

    __slots__ = ("children", "dep_", "doc", "head", "i", "idx", "lower_", "tag_", "text")

    head: Token  # of the root: itself
    children: Sequence[Token]  # in order, those on the left first

    def __init__(self, doc: Doc, i: int, idx: int, text: str, tag: str, dep: str) -> None:  # noqa: PLR0917 - called for each of tens of thousands
        self.doc = doc
        self.i = i  # its number in the doc
        self.idx = idx  # where it starts, in code points
        self.text = text
        self.lower_ = text.lower()
        self.tag_ = tag
        self.dep_ = dep
        self.head = self
        self.children = ()

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
        return _like_num(self.text)


class Doc(list[Token]):
    """The tokens of one sentence, and its text as it was given to the parser."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.starts = [0]  # first tokens of what the parser takes for sentences

    @classmethod
    def of(cls, parsed: tokens.Doc, text: str) -> Self:
        """The same parse; spaCy would put the text together anew."""
        self = cls(text)
        strings = parsed.vocab.strings
        table = parsed.to_array(_READ)
        for i, (idx, length, tag, dep, _, sent_start) in enumerate(table.tolist()):
            if sent_start == 1:
                self.starts.append(i)
            tag_ = _LABELS.get(tag) or _label(tag, strings)
            dep_ = _LABELS.get(dep) or _label(dep, strings)
            self.append(Token(self, i, idx, text[idx : idx + length], tag_, dep_))
        heads = (
            table[:, _READ.index(attrs.HEAD)].view(np.int64).tolist()
        )  # relative: to the left they are negative
        below: dict[int, list[Token]] = {}
        for token, steps in zip(self, heads, strict=True):
            if steps:
                token.head = self[token.i + steps]
                below.setdefault(token.i + steps, []).append(token)
        for i, children in below.items():
            self[i].children = children
        return self

    def sentence_of(self, token: Token) -> int:
        """The number of the first token of what the parser takes for the token's sentence."""
        return self.starts[bisect_right(self.starts, token.i) - 1]

    def text_of(self, first: int, end: int) -> str:
        """The text from one token up to another, which is left out; as far as there are tokens."""
        inside = self[first:end]
        return self.text[inside[0].idx : inside[-1].end] if inside else ""


def _label(number: int, strings: StringStore) -> str:
    """The tag or dependency of that number; always the same object, so that it is compared at once."""
    return _LABELS.setdefault(number, strings[number])


def _place(token: Token) -> int:
    return token.i

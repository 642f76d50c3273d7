from __future__ import annotations

from functools import cache

import pytest
from spacy.language import Language

from monitor.extraction import nlp
from monitor.extraction.tokens import Doc

pytestmark = pytest.mark.model
SENTENCES = (
    "North Korea fired two ballistic missiles toward the East Sea on Tuesday, Seoul's military said.",
    "Japan, which had protested, says that the ship it chased was not a Chinese one. It left at dawn.",
    "  Kim’s  launch: what we know",
    "Taiwan counts 103 planes, urges restraint",
    "",
)


@cache
def model() -> Language:
    return nlp.load()


@pytest.mark.parametrize("text", SENTENCES)
def test_a_parse_taken_over_tells_what_spacy_tells(text: str) -> None:
    parsed = model()(text)
    doc = Doc.of(parsed, text)
    assert len(doc) == len(parsed)
    for own, theirs in zip(doc, parsed, strict=True):
        assert (own.i, own.idx, own.end) == (theirs.i, theirs.idx, theirs.idx + len(theirs))
        assert (own.text, own.lower_, own.tag_, own.dep_) == (
            theirs.text,
            theirs.lower_,
            theirs.tag_,
            theirs.dep_,
        )
        assert (own.head.i, own.like_num) == (theirs.head.i, theirs.like_num)
        assert (own.left_edge.i, own.right_edge.i) == (theirs.left_edge.i, theirs.right_edge.i)
        assert doc.sentence_of(own) == theirs.sent.start
        for name in ("children", "lefts", "subtree", "ancestors"):
            assert [each.i for each in getattr(own, name)] == [each.i for each in getattr(theirs, name)], name


def test_the_text_of_some_tokens_ends_where_they_do() -> None:
    text = "Kim fired  a missile"
    doc = Doc.of(model()(text), text)
    assert doc.text_of(0, 2) == "Kim fired"
    assert doc.text_of(1, 99) == "fired  a missile"
    assert not doc.text_of(9, 99)

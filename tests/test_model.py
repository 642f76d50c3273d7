from __future__ import annotations

from dataclasses import replace

import pytest
from builders import article
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Level, article_id, delivery_id


def test_levels_are_read_and_shown_by_name() -> None:
    assert [Level.parse(str(level)) for level in Level] == list(Level)
    with pytest.raises(KeyError):
        Level.parse("urgent")


ANY_TEXT = st.text(st.characters(), max_size=9)  # lone surrogates too, as a JSON feed may hold


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_has_an_identity(one: str, other: str) -> None:
    told = replace(article(), title=one, text=other)
    assert told.content_hash == replace(told, feed="b").content_hash
    assert len(article_id(one, other)) == 16
    assert len(delivery_id(one, 1, other)) == 32


def test_lone_surrogates_make_a_difference() -> None:
    assert article_id("a", "\ud800") != article_id("a", "\ud801")

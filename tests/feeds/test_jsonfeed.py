from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.feeds.entry import Document
from monitor.feeds.jsonfeed import read

VERSION = "https://jsonfeed.org/version/1.1"


def feed(*items: object, **changed: object) -> Document:
    values = {"version": VERSION, "title": "News", "items": list(items), **changed}
    return read(json.dumps(values), url="https://feeds.example/feed.json", cap=3)


def test_plain_text_is_taken_as_it_is() -> None:
    (entry,) = feed({"id": "1", "content_text": "1 < 2 & <b>not bold</b>"}).entries
    assert entry.text == "1 < 2 & <b>not bold</b>"


def test_the_fullest_of_its_texts_is_taken() -> None:
    (entry,) = feed({"id": "1", "summary": "Ships.", "content_html": "<p>Three</p><p>ships</p>"}).entries
    assert entry.text == "Three\nships"


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ({"url": "/1"}, "https://feeds.example/1"),
        ({"external_url": "https://news.example/1"}, "https://news.example/1"),
        ({"url": "javascript:alert(1)"}, ""),
        ({"url": ["https://news.example/1"]}, ""),
    ],
)
def test_a_link_is_an_http_address_or_none(item: dict[str, object], url: str) -> None:
    (entry,) = feed(item).entries
    assert entry.url == url


@pytest.mark.parametrize(("given", "entry_id"), [("a\nb", "a b"), (7, "7"), (None, ""), (True, ""), ({}, "")])
def test_an_id_is_text(given: object, entry_id: str) -> None:
    (entry,) = feed({"id": given}).entries
    assert entry.entry_id == entry_id


def test_an_id_of_half_a_character_can_be_stored() -> None:
    text = '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "a\\ud800b"}]}'
    (entry,) = read(text, url="https://feeds.example/", cap=3).entries
    assert entry.entry_id.encode()


def test_an_item_that_is_none_costs_no_other() -> None:
    document = feed({"id": "1"}, "an item", {"id": "2"})
    assert [entry.entry_id for entry in document.entries] == ["1", "2"]
    assert document.complaint == "1 of 3 items are no objects"


def test_only_so_many_items_are_read_and_that_is_said() -> None:
    document = feed(*({"id": str(n)} for n in range(5)))
    assert len(document.entries) == 3
    assert document.complaint == "only the first 3 of 5 items were read"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"error": "not found"}', "this is JSON, but no JSON Feed"),
        ("[1, 2]", "this is JSON, but no JSON Feed"),
        (f'{{"version": "{VERSION}"}}', "this JSON Feed has no list of items"),
        ('{"version": ', "this begins like JSON and cannot be read as such"),
        ("[" * 100_000, "this begins like JSON and cannot be read as such"),
        (f"[{'9' * 5_000}]", "this begins like JSON and cannot be read as such"),
    ],
)
def test_other_json_is_refused_with_what_it_is(text: str, said: str) -> None:
    with pytest.raises(ParseError, match=f"^{said}"):
        read(text, url="https://feeds.example/", cap=3)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = (
    "id",
    "url",
    "title",
    "content_html",
    "content_text",
    "summary",
    "date_published",
    "author",
    "authors",
)


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), VALUES), max_size=3))
def test_items_of_any_shape_are_read(items: list[dict[str, object]]) -> None:
    assert len(feed(*items).entries) == len(items)

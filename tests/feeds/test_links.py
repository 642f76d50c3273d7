from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.links import absolute, canonical


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/a?b=1&c=2",
        "http://news.example/a?b=1&c=2",
        "https://NEWS.example/a?c=2&b=1",
        "https://news.example/a?utm_source=rss&b=1&c=2&UTM_medium=feed",
        "https://news.example/a?b=1&fbclid=x&c=2&at_medium=RSS&at_campaign=K",
        "https://news.example/a?b=1&c=2#comments",
    ],
)
def test_addresses_of_one_page_are_one(url: str) -> None:
    assert canonical(url) == "https://news.example/a?b=1&c=2"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/a", "https://news.example/A"),
        ("https://news.example/?id=1", "https://news.example/?id=2"),
        ("https://news.example/#!/a", "https://news.example/#!/b"),
        ("https://news.example/#/a", "https://news.example/#/b"),
        ("https://news.example/a?b=", "https://news.example/a"),
    ],
)
def test_addresses_of_different_pages_stay_apart(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize("url", ["", "http://[::1/x", "no address"])
def test_what_is_no_address_has_a_form_too(url: str) -> None:
    assert canonical(canonical(url)) == canonical(url)


@given(st.text(max_size=40) | st.text(max_size=20).map(lambda path: f"https://news.example/{path}"))
def test_the_canonical_form_of_a_link_is_its_own(link: str) -> None:
    url = absolute(link, base="https://feeds.example/feed.xml")
    assert url == "" or url.startswith(("http://", "https://"))
    assert url.isascii()
    assert canonical(canonical(url)) == canonical(url)

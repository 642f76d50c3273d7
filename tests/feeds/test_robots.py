from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds import robots

SITE = "https://news.example"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /private", "/a", True),
        ("User-agent: *\nDisallow: /private", "/private/a", False),
        ("User-agent: *\nDisallow: /\nAllow: /news/", "/news/a", True),  # the longest rule, not the first
        ("User-agent: *\nAllow: /news/\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),  # of two alike the friendlier
        ("User-agent: *\nDisallow: /*?print", "/a?print=1", False),
        ("User-agent: *\nDisallow: /*?print", "/a?page=1", True),
        ("User-agent: *\nDisallow: /*.php$", "/a.php", False),
        ("User-agent: *\nDisallow: /*.php$", "/a.php?b", True),
        ("User-agent: *\nDisallow: /a$", "/a", False),
        ("User-agent: *\nDisallow: /a$", "/ab", True),
        ("User-agent: *\nDisallow: /a*b*c", "/a-b-c-d", False),
        ("User-agent: *\nDisallow: /a*b*c", "/a-c-b-d", True),
        ("User-agent: bongsu\nDisallow: /\n\nUser-agent: *\nDisallow:", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Bongsu/2.0\nDisallow:", "/a", True),
        ("User-agent: other\nUser-agent: bongsu\nDisallow: /", "/a", False),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("user-AGENT : * # all\r\ndisallow : /a # not this", "/a", False),
        ("User-agent: *\nDisallow: /뉴스", "/%EB%89%B4%EC%8A%A4/1", False),
        ("User-agent: *\nDisallow: /%eb%89%b4", "/뉴스", False),
        ("Disallow: /\nUser-agent: *\nDisallow: /b", "/a", True),  # a rule of nobody
        ("\ufeff\0 <html>no robots</html>", "/a", True),
    ],
)
def test_an_address_is_asked_or_left_alone_as_the_standard_has_it(
    text: str, path: str, *, allowed: bool
) -> None:
    assert robots.read(text, agent="bongsu").allows(SITE + path) is allowed


@pytest.mark.parametrize(
    ("value", "delay"), [("5", 5.0), ("0.5", 0.5), ("-1", 0.0), ("nan", 0.0), ("1e9", 0.0)]
)
def test_a_delay_is_read_where_it_makes_sense(value: str, delay: float) -> None:
    assert robots.read(f"User-agent: *\nCrawl-delay: {value}", agent="bongsu").delay == delay


def test_no_file_makes_the_search_long() -> None:
    # A regular expression made of these rules would not be done by tomorrow.
    text = "User-agent: *\n" + f"Disallow: /{'a*' * 249}b\n" * 20_000
    assert robots.read(text, agent="bongsu").allows(f"{SITE}/{'a' * 2_000}")


@given(st.text(), st.text())
def test_no_file_and_no_address_breaks_it(text: str, path: str) -> None:
    robots.read(f"User-agent: *\nDisallow: {text}\n{text}", agent="bongsu").allows(f"{SITE}/{path}")

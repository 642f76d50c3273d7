"""The fast path gives the very entries that feedparser gives, or leaves the document to it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.feeds import parse, plainrss
from monitor.feeds.encoding import decode
from monitor.feeds.entry import Document, Entry

RECORDED = Path(__file__).resolve().parents[2] / "../shared/data/feeds"
FILES = sorted(RECORDED.iterdir()) if RECORDED.is_dir() else []
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    "own": "https://feeds.example/own",
}
PLAIN = """\
<title>Missile over the sea</title><link>https://news.example/1?a=1&amp;b=2</link><guid isPermaLink="false">n1</guid>
<description><![CDATA[<p>Two of them.</p>]]></description><pubDate>Tue, 06 Jan 2026 09:30:00 +0900</pubDate>
<dc:creator>Han Sora</dc:creator><content:encoded>&lt;p&gt;Two of them flew far.&lt;/p&gt;</content:encoded>
<category domain="x">World</category><enclosure url="https://news.example/1.jpg" length="1" type="image/jpeg"/>
<media:content url="https://news.example/1.jpg"><media:credit role="author">A. N. Other</media:credit></media:content>
<own:score kind="x"><own:part>7</own:part></own:score>"""


def document(items: list[str], *, head: str = "", namespaces: dict[str, str] | None = None) -> str:
    declared = "".join(f" xmlns:{p}={quoteattr(u)}" for p, u in (namespaces or NAMESPACES).items())
    inside = "".join(f"<item>{each}</item>" for each in items)
    return f'<rss version="2.0"{declared}><channel><title>News</title>{head}{inside}</channel></rss>'


def by_feedparser(text: str) -> list[Entry] | None:
    found = parse._whole(text)
    assert found is not None
    return None if found.complaint else entries(found.entries)


def entries(raw: Any) -> list[Entry]:
    return [parse._entry(each, "https://news.example/rss") for each in raw]


def test_a_plain_document_takes_the_fast_path_and_tells_the_same() -> None:
    text = document([PLAIN, "<title>Rain</title>"])
    found = plainrss.entries(text)
    assert found is not None
    assert entries(found) == by_feedparser(text)
    assert entries(found)[0].url == "https://news.example/1?a=1&b=2"


@pytest.mark.parametrize(
    "text",
    [
        document([PLAIN + "<title>Twice</title>"]),
        document(["<title type='html'>Typed</title>"]),
        document(["<title>With <b>markup</b></title>"]),
        document(["<itunes:summary>Of a podcast</itunes:summary>"]),
        document(["<media:title>Of a picture</media:title>"]),
        document(["<guid>http:////news.example/1</guid>"]),
        document(["<title>a\x85b</title>"]),
        document(["<title>A</title>"], namespaces={"dc": "https://feeds.example/own"}),
        document(["<title>A</title>"], namespaces={"DC": "https://feeds.example/own"}),
        document(["<title>A</title>"], namespaces={"x": NAMESPACES["dc"]}),
        document(["<title>Unfinished</title"]),
        '<!DOCTYPE rss [<!ENTITY a "b">]>' + document(["<title>&a;</title>"]),
        document(["<title>A</title>"]).replace("<channel>", '<channel xml:base="https://news.example/">'),
        document(["<title>A</title>"]).replace("2.0", "0.91"),
        document(["<title>A</title>"]).replace("<channel>", "<channel/><channel>"),
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title></entry></feed>',
    ],
)
def test_whatever_is_not_plain_is_left_to_feedparser(text: str) -> None:
    assert plainrss.entries(text) is None


NAMES = (
    *(
        "title",
        "Title",
        "link",
        "guid",
        "description",
        "pubDate",
        "pubdate",
        "author",
        "category",
        "comments",
    ),
    *(
        "source",
        "image",
        "enclosure",
        "content:encoded",
        "dc:creator",
        "dc:date",
        "dc:title",
        "media:content",
    ),
    *("media:thumbnail", "media:title", "media:credit", "slash:comments", "own:id", "own:title", "atom:link"),
    *("summary", "id", "published", "updated", "language"),
)
ATTRIBUTES = (
    *("", "", "", "", ' isPermaLink="false"', ' isPermaLink="true"', ' url="https://news.example/2"'),
    *(' type="html"', ' domain="d"', ' href="https://news.example/3"', ' xml:base="https://else.example/"'),
)
WORDS = (
    *(
        "",
        "Kim & Co",
        "<p>hi</p>",
        "&amp;",
        "&lt;b&gt;",
        " \n ",
        "\u5317\u671d\u9bae",
        "caf\u00c3\u00a9",
        "caf\u00e9",
    ),
    *("\u0085", "a&copy;b", "http:///x", "https://news.example/a?b=1&c;=2", "n1", "2026-01-06"),
)
INSIDE = (
    "",
    "",
    "",
    "<!-- aside -->more",
    "<b>bold</b>",
    "<own:x>y</own:x>",
    "<media:credit>z</media:credit>",
)


def element(name: str, attributes: str, words: list[str], inside: str, *, cdata: bool) -> str:
    said = parse._valid("".join(words))
    told = f"<![CDATA[{said}]]>" if cdata else escape(said)
    return f"<{name}{attributes}>{told}{inside}</{name}>"


ELEMENTS = st.builds(
    element,
    st.sampled_from(NAMES),
    st.sampled_from(ATTRIBUTES),
    st.lists(st.sampled_from(WORDS), max_size=2),
    st.sampled_from(INSIDE),
    cdata=st.booleans(),
)
ITEMS = st.lists(ELEMENTS, max_size=5).map("".join)


@given(st.lists(ITEMS, max_size=2), st.lists(ELEMENTS, max_size=1).map("".join))
def test_no_document_tells_anything_else_by_the_fast_path(items: list[str], head: str) -> None:
    text = document(items, head=head)
    found = plainrss.entries(parse._document(text))
    if found is not None:
        assert entries(found) == by_feedparser(text)


@pytest.mark.skipif(not FILES, reason=f"no recorded feeds at {RECORDED}")
def test_recorded_feeds_tell_the_same_and_many_are_plain() -> None:
    plain = 0
    chance = random.Random(7)
    for number, file in enumerate(FILES):
        whole = decode(file.read_bytes(), content_type=None)
        plain += plainrss.entries(whole) is not None
        cut = whole[: chance.randrange(len(whole))]
        broken = (cut + "</description></item></channel></rss>", cut + "</item></channel></rss>")
        for text in (whole, *(broken if number % 3 == 0 else ())):
            assert read(text, fast=True) == read(text, fast=False), file.name
    assert plain >= len(FILES) // 3


def read(text: str, *, fast: bool) -> Document | str:
    try:
        return parse.parse(text.encode(), content_type=None, url="https://news.example/rss", fast=fast)
    except ParseError as error:
        return str(error)

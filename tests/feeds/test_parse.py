from __future__ import annotations

import datetime as dt
import gzip
from contextlib import suppress
from pathlib import Path

import feeddocuments
import pytest
from feeddocuments import ITEM, KINDS, PAGE, item, rss
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.feeds.child import ParserPool
from monitor.feeds.entry import Document, Entry
from monitor.feeds.parse import ENTRY_CAP
from monitor.feeds.parse import parse as parse_bytes

URL = "https://feeds.example/news/feed.xml"
NOON = dt.datetime(2026, 3, 11, 12, 0, tzinfo=dt.UTC)


def parse(body: bytes | str, *, content_type: str | None = None) -> Document:
    data = body.encode() if isinstance(body, str) else body
    return parse_bytes(data, content_type=content_type, url=URL)


def only(body: bytes | str, *, content_type: str | None = None) -> Entry:
    (entry,) = parse(body, content_type=content_type).entries
    return entry


def refusal(body: bytes | str) -> str:
    with pytest.raises(ParseError) as caught:
        parse(body)
    return str(caught.value)


def said_of(body: bytes) -> str:
    """All that parsing tells, be it a document or a refusal."""
    try:
        return repr(parse(body))
    except ParseError as error:
        return str(error)


# --- every kind ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_feed_gives_the_same_entry(kind: str) -> None:
    document = parse(KINDS[kind])
    (entry,) = document.entries
    assert document.complaint is None
    assert entry.entry_id in {"1", "https://news.example/1"}
    assert (entry.url, entry.title) == ("https://news.example/1", "Ships sail")
    assert entry.text == "Three ships left port."
    assert NOON in {entry.published, entry.updated}


@pytest.mark.parametrize(
    "body", [rss(), "<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title></feed>"]
)
def test_a_feed_without_entries_is_a_feed(body: bytes | str) -> None:
    assert parse(body) == Document(entries=())


def test_one_entry_may_be_a_document() -> None:
    entry = "<entry xmlns='http://www.w3.org/2005/Atom'><id>1</id><title>Ships sail</title></entry>"
    assert only(entry).title == "Ships sail"


def test_an_author_is_named() -> None:
    dc = "xmlns:dc='http://purl.org/dc/elements/1.1/'"
    body = rss(f"<item><title>x</title><dc:creator {dc}>A. Writer</dc:creator></item>")
    assert only(body).author == "A. Writer"


def test_the_longer_of_summary_and_content_is_the_text() -> None:
    content = "<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>{}</content:encoded>"
    entry = "<item><description>Three ships.</description>{}</item>"
    assert only(rss(entry.format(content.format("Three ships left port.")))).text == "Three ships left port."
    assert only(rss(entry.format(content.format("Ships.")))).text == "Three ships."


def test_only_so_many_entries_are_read_and_that_is_said() -> None:
    document = parse(rss("<item><title>x</title></item>" * (ENTRY_CAP + 1)))
    assert len(document.entries) == ENTRY_CAP
    assert document.complaint == "only the first 5,000 of 5,001 entries were read"


async def test_a_feed_of_very_many_entries_is_read_within_its_limits() -> None:
    document = rss("".join(item(title=f"Report {at}", guid=f"id-{at}") for at in range(50_000)))
    async with ParserPool(size=1) as pool:
        read = await pool.parse(document, content_type=None, url=URL)
    assert (len(read.entries), read.entries[0].title) == (ENTRY_CAP, "Report 0")
    assert read.complaint == "only the first 5,000 of 50,000 entries were read"


def test_a_gzip_file_that_is_not_said_to_be_one_is_unpacked() -> None:
    packed = gzip.compress(rss(item(title="Ships sail")))
    assert only(packed).title == "Ships sail"
    with pytest.raises(ParseError, match="damaged gzip file"):
        parse(b"\x1f\x8b" + bytes(20))
    with pytest.raises(ParseError, match="more than 10,485,760 bytes"):
        parse(gzip.compress(bytes(11 * 2**20)))


# --- text ------------------------------------------------------------------------------------------


@pytest.mark.fault("TX02", "TX03")
def test_markup_is_gone_and_nothing_that_runs_is_left() -> None:
    title = "&lt;script&gt;alert(1)&lt;/script&gt;Ships &lt;img src=x onerror=alert(1)&gt;sail"
    assert only(rss(item(title=title))).title == "Ships sail"


@pytest.mark.fault("EN10")
def test_what_was_escaped_twice_is_decoded_once() -> None:
    entry = only(rss(item(title="&amp;amp;lt;script&amp;amp;gt; it&amp;#39;s")))
    assert entry.title == "&lt;script&gt; it's"


@pytest.mark.fault("FP15")
@pytest.mark.parametrize("nuisance", ["\0", "\x0b", "\x1b", "&#0;", "&#x1b;", "&#11;"])
def test_controls_are_stripped_and_the_entry_is_kept_whole(nuisance: str) -> None:
    document = parse(rss(item(guid="1", title=f"Ships{nuisance}sail"), ITEM))
    assert [entry.title for entry in document.entries] == ["Ships sail", "Ships sail"]
    assert document.complaint is None


@pytest.mark.parametrize(
    "reference", ["&#xD800;", "&#xDFFF;", "&#55296;", "&#x110000;", "&#99999999999999999999;"]
)
def test_a_reference_to_no_character_costs_that_character_only(reference: str) -> None:
    document = parse(rss(item(guid="1", title=f"a{reference}b"), ITEM))
    assert [entry.title for entry in document.entries] == ["a\ufffdb", "Ships sail"]


@pytest.mark.parametrize(("reference", "meant"), [("&#146;", "’"), ("&#x201C;", "“"), ("&#128640;", "🚀")])
def test_references_are_read_as_they_were_meant(reference: str, meant: str) -> None:
    assert only(rss(item(title=f"a{reference}b"))).title == f"a{meant}b"


@pytest.mark.fault("FP19")
def test_a_title_of_a_megabyte_is_cut() -> None:
    assert len(only(rss(item(title="x" * 2**20))).title) == 500


@pytest.mark.fault("FP09")
def test_a_hundred_thousand_entities_are_no_attack() -> None:
    assert only(rss(item(description="a &amp; " * 120_000))).text.startswith("a & a &")


@pytest.mark.fault("FP09")
def test_entities_that_the_document_defines_work() -> None:
    prolog = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY port "Busan">]>'
    assert only(rss(item(title="Ships leave &port;"), prolog=prolog)).title == "Ships leave Busan"


# --- encodings -------------------------------------------------------------------------------------

DECLARED = '<?xml version="1.0" encoding="{}"?>'


@pytest.mark.fault("EN03", "EN05")
@pytest.mark.parametrize(
    ("declared", "written", "words"),
    [
        ("gb2312", "gb18030", "朱镕基在北京"),
        ("euc-jp", "shift_jis", "防衛省は日本海に向けて発射と発表した"),
        ("utf-8", "shift_jis", "防衛省は日本海に向けて発射と発表した"),
        ("gb2312", "utf-8-sig", "合同参谋本部"),
        ("utf-16", "utf-16", "합동참모본부"),
        ("utf-16", "utf-16-le", "합동참모본부"),
        ("euc-kr", "cp949", "합동참모본부는 똠방각하"),
    ],
)
def test_words_survive_a_wrong_label(declared: str, written: str, words: str) -> None:
    body = rss(item(title=words), prolog=DECLARED.format(declared)).decode().encode(written)
    assert only(body).title == words


@pytest.mark.fault("EN06")
def test_a_header_that_contradicts_the_bytes_is_not_believed() -> None:
    assert (
        only(rss(item(title="합동참모본부")), content_type="text/xml; charset=iso-8859-1").title
        == "합동참모본부"
    )


@pytest.mark.fault("EN09")
def test_one_bad_byte_costs_one_character() -> None:
    words = "합동참모본부는 북한이 동해상으로 미사일을 발사했다고 밝혔다"
    body = rss(item(title=f"a?b {words}"), ITEM, prolog=DECLARED.format("utf-8")).replace(b"a?b", b"a\xffb")
    assert [entry.title for entry in parse(body).entries] == [f"a\ufffdb {words}", "Ships sail"]


# --- links and dates -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/a?b=1&amp;c=2", "https://feeds.example/a?b=1&c=2"),
        ("a", "https://feeds.example/news/a"),
        ("//news.example/a", "https://news.example/a"),
        (" https://news.example/a b ", "https://news.example/a%20b"),
        ("javascript:alert(1)", ""),
        ("file:///etc/hostname", ""),
        ("http://[::1/x", ""),
        ("data:text/html,x", ""),
        ("https://news.example/" + "x" * 5_000, ""),
    ],
)
def test_a_link_is_an_http_address_or_none(link: str, url: str) -> None:
    assert only(rss(item(title="x", link=link))).url == url


def test_a_permalink_serves_as_link() -> None:
    assert only(rss(item(title="x", guid="https://news.example/1"))).url == "https://news.example/1"


@pytest.mark.parametrize("guid", ["1", "urn:news:1", "/1"])
def test_an_id_that_is_no_address_serves_as_no_link(guid: str) -> None:
    entry = only(rss(item(title="x", guid=guid)))
    assert (entry.entry_id, entry.url) == (guid, "")


def test_the_alternate_link_is_taken_before_others() -> None:
    links = '<link rel="self" href="/self"/><link rel="enclosure" href="/a.mp3"/><link rel="alternate" href="/page"/>'
    atom = f"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://news.example/'><entry><id>1</id>{links}</entry></feed>"
    assert only(atom).url == "https://news.example/page"


@pytest.mark.fault("DT05")
@pytest.mark.parametrize(
    "date", ["1700000000", "2026年11月23日 10:00", "2026-02-30", "Wed, 11 Mar 2026 25:61:00"]
)
def test_a_date_that_is_none_is_left_out(date: str) -> None:
    assert only(rss(item(title="x", pubDate=date))).published is None


# --- broken documents ------------------------------------------------------------------------------


@pytest.mark.fault("FP01")
def test_a_document_cut_short_gives_what_came_and_says_so() -> None:
    whole = rss(*(item(guid=str(n), title=f"Report {n}") for n in range(10)))
    document = parse(whole[: len(whole) * 7 // 10])
    assert [entry.title for entry in document.entries][:6] == [f"Report {n}" for n in range(6)]
    assert "malformed XML at line 1" in (document.complaint or "")


@pytest.mark.fault("FP02")
@pytest.mark.parametrize("junk", ["\n\n", "\ufeff\n"])
def test_blank_lines_before_the_document_are_nothing(junk: str) -> None:
    assert parse(junk + rss(ITEM).decode()).complaint is None


@pytest.mark.fault("FP02")
def test_other_text_before_the_document_is_skipped_and_said() -> None:
    document = parse("\n<br/><b>Warning</b>: division by zero in feed.php\n" + rss(ITEM).decode())
    assert [entry.title for entry in document.entries] == ["Ships sail"]
    assert document.complaint == "other text stands before the XML declaration"


def test_bare_ampersands_and_unclosed_tags_cost_no_entry() -> None:
    document = parse(
        "<rss version='2.0'><channel><item><title>A & B</title><item><title>C</title></channel></rss>"
    )
    assert [entry.title for entry in document.entries] == ["A & B", "C"]


POSITION = "<gml:pos xmlns:gml='http://www.opengis.net/gml'>37 127</gml:pos>"  # of nothing: feedparser raises KeyError


@pytest.mark.fault("CR15")
def test_an_entry_that_breaks_the_parser_costs_no_other() -> None:
    document = parse(rss(ITEM, f"<item><title>Here</title>{POSITION}</item>", ITEM))
    assert [entry.title for entry in document.entries] == ["Ships sail", "Ships sail"]
    assert document.complaint == "1 of 3 entries cannot be read"


def test_entries_of_a_feed_whose_head_breaks_the_parser_are_read() -> None:
    document = parse(rss(ITEM, ITEM, head=POSITION))
    assert [entry.title for entry in document.entries] == ["Ships sail", "Ships sail"]
    assert document.complaint == "its head cannot be read"


@pytest.mark.fault("FP03", "FP17")
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the document is empty"),
        (b" \n\0", "the document is empty"),
        (PAGE.format(""), "this is a web page (HTML), no feed"),
        ("<?xml version='1.0'?><!-- x --><html xmlns='x'/>", "this is a web page (HTML), no feed"),
        ("<head><title>Document moved</title></head>", "this is a web page (HTML), no feed"),
        ("<?xml version='1.0'?><urlset><url/></urlset>", "this is XML (<urlset>), but no feed"),
        ("Not found", "this is no feed; it begins with “Not found”"),
        (b"http://127.0.0.1:9/feed.xml", "this is no feed; it begins with “http://127.0.0.1:9/feed.xml”"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "this is no feed"),
        ("<rss version='2.0'><channel><title>News", "malformed XML at line 1"),
    ],
)  # fmt: skip
def test_a_document_that_is_no_feed_is_refused_with_what_it_is(body: bytes | str, said: str) -> None:
    assert refusal(body).startswith(said)


def test_a_web_page_that_names_its_feed_is_refused_with_the_address() -> None:
    links = "<link rel='stylesheet' href='/x.css'><link type=application/rss+xml rel=alternate href='/rss?a=1&amp;b=2'>"
    assert refusal(PAGE.format(links)).endswith("the page names a feed: https://feeds.example/rss?a=1&b=2")


# --- attacks ---------------------------------------------------------------------------------------


@pytest.mark.fault("FP17")
def test_a_body_that_is_a_path_opens_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_bytes(rss(item(title="secret")))
    assert refusal(str(secret)).startswith("this is no feed")


@pytest.mark.fault("FP07", "FP08")
@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "{}">]>',
        '<!DOCTYPE rss SYSTEM "{}">',
        '<!DOCTYPE rss [<!ENTITY % d SYSTEM "{}"> %d;]>',
    ],
)
def test_no_document_reads_a_file_of_ours(doctype: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("<!ENTITY x 'canary'>")
    prolog = '<?xml version="1.0"?>' + doctype.format(canary.as_uri())
    assert "canary" not in said_of(rss(item(guid="1", title="a &x; b"), prolog=prolog))


@pytest.mark.fault("FP05")
def test_nested_entities_stay_folded() -> None:
    document = parse(feeddocuments.entity_bomb())
    assert "amplification" in (document.complaint or "")
    assert all(len(entry.title) <= 500 for entry in document.entries)


# --- laws ------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [b"<", b">", b"&#", b"&#x", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<!", b"<![if x]>", b"\0", b"\xff", b"'", b'"',
     b"&", b"<item>", b"</item>", b"<entry>", b"<link href='http://[::1'/>", b"<textinput>", b"<image>", b"<source>",
     b"<content/>", b"<guid isPermaLink='x'>", b"xml:base='http://['", b"<dc:date>9999-99-99</dc:date>",
     b"<pubDate>0</pubDate>", b"<width>"]
)  # fmt: skip


@pytest.mark.fault("FP23")
@given(
    st.sampled_from(sorted(KINDS)),
    st.lists(st.tuples(st.floats(0, 1), PIECES | st.binary(max_size=4), st.integers(0, 30)), max_size=6),
)
def test_no_damage_raises_anything_but_a_parse_error(
    kind: str, damages: list[tuple[float, bytes, int]]
) -> None:
    body = KINDS[kind].encode()
    for place, piece, length in damages:
        start = int(place * len(body))
        body = body[:start] + piece + body[start + length :]
    assert said_of(body)


@pytest.mark.fault("FP23")
@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_parse_error(body: bytes) -> None:
    with suppress(ParseError):  # b"<item<" is a feed, if a poor one
        parse(body)

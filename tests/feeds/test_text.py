from __future__ import annotations

import unicodedata
from email.header import Header, decode_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.text import TEXT_CAP, TITLE_CAP, clean, cut, one_line, plain

FAMILY = "👨‍👩‍👧"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("One<br/>two", "One\ntwo"),
        ("<ul><li>One<li>Two</ul>", "One\nTwo"),
        ("One <b>bold</b> word", "One bold word"),
        ("a &amp; b &lt;c&gt; &#8217; &nbsp; d", "a & b <c> ’ d"),
        ("&amp;lt;script&amp;gt;", "&lt;script&gt;"),
        ("<script>alert(1)</script>Text", "Text"),
        ("<style>p {color: red}</style>Text", "Text"),
        ("<!-- hidden -->Text", "Text"),
        ("<img src=x onerror=alert(1)>Text", "Text"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("  One \r\n\t two  ", "One two"),
        ("", ""),
    ],
)
def test_markup_becomes_plain_text(markup: str, text: str) -> None:
    assert clean(markup) == text


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u2066", "\u00ad", "\ufeff", "\u061c"])
def test_what_is_hidden_between_letters_goes(hidden: str) -> None:
    assert clean(f"Pyong{hidden}yang") == "Pyongyang"


@pytest.mark.parametrize("control", ["\0", "\x0b", "\x1b", "\x85", "\u2028", "\u2029", "\x7f"])
def test_a_control_is_a_space(control: str) -> None:
    assert plain(f"a{control}b") == "a b"


def test_joiners_stay_where_words_and_emoji_need_them() -> None:
    assert clean(f"{FAMILY} می\u200cخواهم") == f"{FAMILY} می\u200cخواهم"


def test_a_title_stands_on_one_line() -> None:
    assert one_line("<p>One</p><p>Two</p>\r\nThree") == "One Two Three"


@pytest.mark.fault("EM01", "EM02")
@pytest.mark.parametrize(
    "title", ["=?utf-8?q?=0ABcc:_evil@x?=", "=&#63;utf-8?q?hi?=", "=<b>?</b>utf-8?q?hi?=", "a\r\nBcc: evil@x"]
)
def test_a_title_forges_no_mail_header(title: str) -> None:
    line = one_line(title)
    assert "=?" not in line
    assert not set("\r\n") & set(line)


def test_long_text_is_cut_with_a_mark() -> None:
    assert one_line("x" * 1_000) == "x" * (TITLE_CAP - 1) + "…"
    assert len(clean("x " * TEXT_CAP)) <= TEXT_CAP


@pytest.mark.fault("TX08")
@pytest.mark.parametrize("cap", range(1, 12))
def test_no_character_is_torn_apart(cap: int) -> None:
    assert cut(f"ab{FAMILY}cde\u0301fg", cap) in {
        "…", "a…", "ab…", f"ab{FAMILY}…", f"ab{FAMILY}c…", f"ab{FAMILY}cd…", f"ab{FAMILY}cde\u0301…",
        f"ab{FAMILY}cde\u0301fg",
    }  # fmt: skip


@given(st.text(max_size=200))
def test_clean_text_is_plain_and_stays_as_it_is(markup: str) -> None:
    text = clean(markup)
    assert plain(text) == text
    assert text.encode().decode() == text
    assert unicodedata.is_normalized("NFC", text)


@given(st.text(alphabet=st.characters(), max_size=200))
def test_a_title_is_the_same_after_a_mail_header(markup: str) -> None:
    line = one_line(markup)
    assert "\n" not in line
    ((value, charset),) = decode_header(Header(line, "utf-8").encode()) or [(b"", "utf-8")]
    assert (value.decode(charset or "ascii") if isinstance(value, bytes) else value).split() == line.split()


@given(st.text(max_size=60), st.integers(1, 60))
def test_a_cut_text_fits(text: str, cap: int) -> None:
    assert len(cut(text, cap)) <= cap

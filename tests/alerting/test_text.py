from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting.text import calm, clusters, cut, encodable, header_safe

FAMILY = "👩\u200d👩\u200d👧"
ANY = st.text(st.characters(), max_size=60)  # lone surrogates too


@pytest.mark.fault("EM02")
@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("HIGH · occurred", "HIGH · occurred"),
        ("a\r\nBcc: b", "a Bcc: b"),
        ("a\x0b\x1c\x85\u2028\u2029b", "a b"),
        ("=?utf-8?q?x?=", "= ?utf-8?q?x?="),
        ("nul\x00", "nul"),
        ("half \ud83d", "half"),
        ("\u202eevil", "evil"),
        ("", ""),
    ],
)
def test_a_header_is_one_line_without_encoded_words(text: str, safe: str) -> None:
    assert header_safe(text) == safe


@pytest.mark.fault("EM01", "EM03")
@given(ANY)
def test_a_header_never_ends_early_and_never_grows_long(text: str) -> None:
    safe = header_safe(text * 5)
    assert len(safe.splitlines()) <= 1
    assert "=?" not in safe
    assert len(safe) <= 200
    safe.encode()


@pytest.mark.fault("TX04")
@given(ANY)
def test_calm_keeps_every_offset_and_nothing_that_steers(text: str) -> None:
    still = calm(text)
    assert len(still) == len(text)
    assert not [char for char in still if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}]
    assert all(now in (was, " ") for was, now in zip(text, still, strict=True))


@pytest.mark.fault("TX10")
def test_what_utf8_cannot_carry_is_replaced() -> None:
    assert encodable("a\ud800b") == "a?b"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("abc", ["a", "b", "c"]),
        ("e\u0301a", ["e\u0301", "a"]),
        (FAMILY + "x", [FAMILY, "x"]),
        ("🇰🇷🇯🇵", ["🇰🇷", "🇯🇵"]),
        ("👍🏽!", ["👍🏽", "!"]),
        ("\u1112\u1161\u11ab글", ["\u1112\u1161\u11ab", "글"]),
        ("", []),
    ],
)
def test_clusters_are_what_a_reader_takes_for_characters(text: str, parts: list[str]) -> None:
    assert list(clusters(text)) == parts


@pytest.mark.fault("TX08")
@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("ab cd", 4, "ab…"),
        ("ab" + FAMILY, 4, "ab…"),
        ("🇰🇷🇯🇵", 3, "🇰🇷…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("", 0, ""),
    ],
)
def test_a_text_is_cut_between_characters(text: str, limit: int, short: str) -> None:
    assert cut(text, limit) == short


def test_the_receivers_measure_counts() -> None:
    assert cut("a&b", 7, measure=lambda cluster: 5 if cluster == "&" else 1) == "a&b"
    assert cut("a&b", 6, measure=lambda cluster: 5 if cluster == "&" else 1) == "a…"


@given(ANY, st.integers(0, 30))
def test_a_cut_text_fits_and_is_a_beginning(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit
    assert short == text or text.startswith(short.removesuffix("…"))

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.encoding import decode

KOREAN = "북한이 동해상으로 탄도미사일을 발사했다고 합동참모본부가 밝혔다"
JAPANESE = "防衛省は、ミサイルが日本海に向けて発射されたと発表した"
CHINESE = "东部战区组织海空兵力在台岛周边开展联合演训"


def xml(words: str, label: str | None = None) -> str:
    declared = f' encoding="{label}"' if label else ""
    return f'<?xml version="1.0"{declared}?><t>{words}</t>'


@pytest.mark.fault("EN03", "EN04", "EN05", "EN07")
@pytest.mark.parametrize(
    ("words", "label", "codec"),
    [
        (KOREAN, None, "utf-8"),
        (KOREAN, "euc-kr", "utf-8"),
        (KOREAN, "euc-kr", "cp949"),
        (KOREAN, "utf-16", "utf-16"),
        (KOREAN, "utf-16", "utf-16-le"),
        (KOREAN, "utf-16", "utf-16-be"),
        (KOREAN, "gb2312", "utf-8-sig"),
        (KOREAN, "utf-8", "utf-32"),
        (JAPANESE, "shift_jis", "cp932"),
        (JAPANESE, "euc-jp", "euc-jp"),
        (JAPANESE, "iso-2022-jp", "iso-2022-jp"),
        (CHINESE, "gb2312", "gb18030"),
        (CHINESE + "镕", "gbk", "gb18030"),
        ("“Tsai’s” café", "iso-8859-1", "cp1252"),
        (KOREAN, "no-such-encoding", "utf-8"),
        (KOREAN, "hex", "utf-8"),
    ],
)
def test_words_are_decoded_whatever_the_label_says(words: str, label: str | None, codec: str) -> None:
    assert words in decode(xml(words, label).encode(codec), content_type=None)


@pytest.mark.parametrize(
    "content_type",
    ["text/xml; charset=euc-kr", 'text/xml;charset="EUC-KR"', "text/xml; charset=KS_C_5601-1987"],
)
def test_the_header_names_what_the_document_does_not(content_type: str) -> None:
    assert KOREAN in decode(xml(KOREAN).encode("cp949"), content_type=content_type)


@pytest.mark.parametrize(
    "content_type", ["text/xml; charset=iso-8859-1", "text/xml; charset=euc-kr", "\r\nx; charset="]
)
def test_utf_8_that_is_just_that_is_believed_before_any_label(content_type: str) -> None:
    assert KOREAN in decode(xml(KOREAN).encode(), content_type=content_type)


@pytest.mark.parametrize(
    ("words", "codec"), [(KOREAN, "cp949"), (JAPANESE, "shift_jis"), (CHINESE, "gb18030")]
)
def test_without_a_true_label_the_encoding_is_guessed(words: str, codec: str) -> None:
    assert words in decode(xml(words * 5, "utf-8").encode(codec), content_type="text/xml; charset=utf-8")


@pytest.mark.fault("EN09")
def test_a_damaged_byte_costs_one_character() -> None:
    body = xml(KOREAN, "utf-8").encode().replace("동해".encode(), b"\xff")
    assert decode(body, content_type=None).count("\ufffd") == 1


@given(st.binary(max_size=200), st.none() | st.text(max_size=40))
def test_no_bytes_and_no_header_raise(body: bytes, content_type: str | None) -> None:
    assert isinstance(decode(body, content_type=content_type), str)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=100))
def test_every_text_in_utf_8_comes_back(text: str) -> None:
    assert decode(xml(text, "utf-8").encode(), content_type=None) == xml(text, "utf-8")

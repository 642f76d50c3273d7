"""Text from outside, made plain once at the border: no markup, no controls, no disguise, no surplus."""

from __future__ import annotations

import html
import re
import unicodedata

import nh3

TITLE_CAP = 500  # characters
TEXT_CAP = 50_000
MARKUP_CAP = 1_000_000  # of raw HTML: what comes after is not read

_BLOCK = re.compile(
    r"<(?=/?(?:address|article|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|li|ol|p|"
    r"pre|section|table|td|th|tr|ul)\b)",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[<&]")
_BREAKS = re.compile(r" *\n[ \n]*")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_JOINER = "\u200d"
# Zero-width and bidirectional controls hide words from rules and reorder what a person reads. The joiners
# U+200C and U+200D stay: Persian words and emoji are made with them.
_HIDDEN = dict.fromkeys(
    [0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
_CONTROLS = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " "),
    **dict.fromkeys([0xFFFE, 0xFFFF], None),
}
_OUT: dict[int, str | None] = {**_CONTROLS, **_HIDDEN}
_FOLDED = {9, 10, 13}  # tab and line ends are folded anyway
_ODD = re.compile(
    "[" + "".join(map(chr, sorted(_OUT.keys() - _FOLDED))) + "\ud800-\udfff]"
)  # few texts have any


def clean(markup: str, *, cap: int = TEXT_CAP) -> str:
    """Plain text of HTML or of text that may hold HTML; paragraphs and items stand on lines of their own.

    Entities are decoded once; what was escaped twice is shown as text. Cut at `cap` characters with "…".
    """
    text = " ".join(markup[:MARKUP_CAP].split())
    if _MARKUP.search(text):
        text = html.unescape(nh3.clean(_BLOCK.sub("\n<", _SURROGATE.sub("\ufffd", text)), tags=set()))
    return cut(_BREAKS.sub("\n", plain(text)).strip(), cap)


def one_line(markup: str, *, cap: int = TITLE_CAP) -> str:
    """Plain text on one line, safe as a mail header: no line break, nothing that starts an encoded word."""
    return clean(markup.replace("=?", "= ?"), cap=cap).replace("\n", " ").replace("=?", "= ?")


def plain(text: str) -> str:
    """Composed (NFC), without controls, bidirectional marks, zero-width spaces and lone surrogates.

    Runs of spaces are folded to one; line feeds are kept.
    """
    lines = text.split("\n")
    if _ODD.search(text):
        lines = [line.translate(_OUT) for line in _SURROGATE.sub("\ufffd", text).split("\n")]
    return unicodedata.normalize("NFC", "\n".join([" ".join(line.split()) for line in lines]))


def cut(text: str, cap: int) -> str:
    """At most `cap` characters, the last of them "…" where something was cut; no character is torn apart."""
    if len(text) <= cap:
        return text
    end = cap - 1
    while end > 1 and (_clings(text[end]) or text[end - 1] == _JOINER):
        end -= 1
    return text[:end].rstrip() + "…"


def _clings(char: str) -> bool:
    """Whether the character belongs to the one before it: an accent, a joiner, a skin tone."""
    return (
        char == _JOINER
        or bool(unicodedata.combining(char))
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or (unicodedata.category(char) == "Mn")
    )

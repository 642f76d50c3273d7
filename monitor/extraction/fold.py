"""Folding text for comparison, one character for one, so that offsets never move.

Case is dropped, typographic quotes become ASCII, hyphens and dashes become spaces (test-fire is test fire),
full-width letters become narrow. What would change the length (ß, İ, ligatures) is left as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_PUNCTUATION = {
    **dict.fromkeys("‘’‛`´ʼ", "'"),
    **dict.fromkeys("“”„‟«»", '"'),
    **dict.fromkeys("-‐‑‒–—―−", " "),
    **dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000\t\n\r", " "),
}
_LAST = 0x2FA1F  # end of the last block whose characters fold: CJK compatibility ideographs
# Scripts that put no space between words: a neighbour from them is no part of the word.
_SPACELESS = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f\U00020000-\U0002ffff]"
)
_SPACELESS_ONCE_FOLDED = re.compile(r"[\u0e00-\u0e7f\u2e80-\u2fff\u3040-\U0010ffff]")  # and many others
_COMMON = 0x2E80  # below it lie the letters and signs of most texts
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_LINE_END = re.compile(rb" *\n *")
_LAST_BYTE = "\xff"  # the last character of Latin-1
_ANY_LETTER = "×"  # of Latin-1, no letter, and so free to stand for those beyond
_ASCII = str.maketrans("\t\n\r-`", "    '")


def fold(text: str) -> str:
    """The folded text, exactly as long as `text`."""
    if text.isascii():
        return text.lower().translate(_ASCII)
    return text.translate(_FOLDED)


def may_be_spaceless(text: str) -> bool:
    """Whether it may hold a sign of a script that puts no space between words, as it stands or folded."""
    return not text.isascii() and _SPACELESS_ONCE_FOLDED.search(text) is not None


def starting(exact: Collection[str]) -> re.Pattern[str]:
    """What each text holds that holds one of these, as it stands or folded, unless it may be spaceless."""
    first = {each[:1] for each in exact} | {fold(each[:1]) for each in exact}
    signs = [sign for sign in map(chr, range(_COMMON)) if sign in first or fold(sign) in first]
    return re.compile(f"[{re.escape(''.join(signs))}]" if signs else r"(?!)")


def words(text: str) -> bytes:
    """The folded text as one byte a character: spaces for all that is no letter or figure, and around it.

    Equal folded texts give equal bytes, others may: beyond Latin-1 every letter is "?".
    """
    return b" %b " % _narrowed(text).translate(_BYTES)


def words_by_line(lines: str) -> list[bytes]:
    """The words of each line with one space around them; every line has its end. Two spaces: it holds none."""
    written = _narrowed(lines[:-1]).translate(_BYTES_OF_LINES).strip(b" ")
    return (b" %b " % _LINE_END.sub(b" \n ", written)).split(b"\n")


def _narrowed(text: str) -> bytes:
    """A byte for each character."""
    if not text.isascii():  # a quote or an accent here and there: all else is translated faster as bytes
        text = _BEYOND_ASCII.sub(lambda run: run[0].translate(_WORDS), text)
    return text.encode("latin-1")


class _Folded(dict[int, str]):
    """Each character's folded form, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        plain = unicodedata.normalize("NFKC", character).casefold() if code <= _LAST else character
        plain = _PUNCTUATION.get(plain, plain)  # the full-width hyphen is one too
        self[code] = plain if len(plain) == 1 else character
        return self[code]


class _Words(dict[int, str]):
    """Each character as `words` writes it, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        plain = fold(chr(code))
        written = plain if plain <= _LAST_BYTE else _ANY_LETTER
        self[code] = written if plain.isalnum() and not _SPACELESS.match(plain) else " "
        return self[code]


_FOLDED = _Folded({ord(character): plain for character, plain in _PUNCTUATION.items()})
_WORDS = _Words()
_BYTES = bytes(
    ord("?" if chr(code) == _ANY_LETTER else _WORDS[code] if code < 128 else chr(code))  # noqa: PLR2004 - beyond ASCII all is written already
    for code in range(256)
)
_BYTES_OF_LINES = _BYTES[: ord("\n")] + b"\n" + _BYTES[ord("\n") + 1 :]

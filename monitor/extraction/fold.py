"""Folding text for comparison, one character for one, so that offsets never move.

Case is dropped, typographic quotes become ASCII, hyphens and dashes become spaces (test-fire is test fire),
full-width letters become narrow. What would change the length (ß, İ, ligatures) is left as it stands.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_PUNCTUATION = {
    **dict.fromkeys("‘’‛`´ʼ", "'"),
    **dict.fromkeys("“”„‟«»", '"'),
    **dict.fromkeys("-‐‑‒–—―−", " "),
    **dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000\t\n\r", " "),
}
_LAST = 0x2FA1F  # end of the last block whose characters fold: CJK compatibility ideographs
_ASCII = str.maketrans("\t\n\r-`", "    '")


def fold(text: str) -> str:
    """The folded text, exactly as long as `text`."""
    if text.isascii():
        return text.lower().translate(_ASCII)
    return text.translate(_table())


@cache
def _table() -> dict[int, str]:
    """Every character whose folded form is one other character."""
    table = {ord(character): plain for character, plain in _PUNCTUATION.items()}
    for code in range(_LAST + 1):
        character = chr(code)
        plain = unicodedata.normalize("NFKC", character).casefold()
        plain = _PUNCTUATION.get(plain, plain)  # the full-width hyphen is one too
        if plain != character and len(plain) == 1:
            table.setdefault(code, plain)
    return table

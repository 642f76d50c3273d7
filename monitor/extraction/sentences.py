"""Cutting a field into sentences before anything is parsed, so that the gate and the parser see the same ones."""

from __future__ import annotations

import re
import string

_ABBREVIATIONS = (
    "U.S", "U.N", "U.K", "N", "S", "Gen", "Lt", "Col", "Maj", "Adm", "Capt", "Sgt", "Sen", "Rep", "Gov", "Mr", "Mrs",
    "Ms", "Dr", "Prof", "St", "Jr", "Sr", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct",
    "Nov", "Dec", "No", "vs", "Co", "Corp", "Inc", "Ltd", "a.m", "p.m", "Ft", "Mt", "approx", "Brig", "Cmdr", "Ph.D",
)  # fmt: skip
_STOP = r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]?[A-Z0-9\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
_END = re.compile(rf"{_STOP}|\n\s*\n|[。！？][」』”’）]*|\s[|•]\s")
_COMMON_END = re.compile(_STOP)  # is found twice as fast
_OTHER_END = re.compile(r"[\n|•。！？]")  # without these there is no other
_ABBREVIATED = re.compile(
    rf"(?:^|[\s(\"'“‘])(?:{'|'.join(re.escape(a) for a in _ABBREVIATIONS)}|(?:[A-Z]\.){{0,3}}[A-Z])\.\Z"
)
_WORDS = frozenset(each for each in _ABBREVIATIONS if each.isalpha())
_INITIALS = frozenset(string.ascii_uppercase)
# Words that open a sentence and go on from no name: "... by the U.S. It was the first".
_OPENING = re.compile(
    r"\s+[\"'“‘(\[]?(?:The|It|Its|He|She|They|We|This|That|These|Those|There|But|And|In|On|At|After|If|When|While|"
    r"However|Such|Both)\s"
)
# Where and by whom it was written: "SEOUL, Jan 5 (Yonhap) -- ", "TOKYO — ", "(Reuters) - ", "MOSCOW, May 5. /TASS/. ".
_PLACE = r"[A-Z][\w.'’/-]*(?: [\w.'’/-]+){0,3}"
_MORE = r"(?:, [\w.]+(?: [\w.]+){0,2}){0,3},?"  # the country, the day
_DASH = r"\s*(?:-{1,2}|[–—_])\s+"
_DATELINE = re.compile(
    rf"\s*(?:[\w ,]{{1,20}}\s[|•]\s)?(?:"
    rf"(?:{_PLACE}{_MORE}\s*)?\([A-Z][\w.'/ ,-]{{1,30}}\)(?:{_DASH}|(?<=CNN\)))|{_PLACE}{_MORE} /[A-Z]\w+/\.?\s+"
    rf"|[A-Z][A-Z.'’-]{{3,}}(?: [A-Z][A-Z.'’-]+){{0,2}}{_MORE}{_DASH}|(?:AFP|AP|Reuters|UPI){_DASH}"
    rf")(?=[\"'“‘(\[]?[A-Z\d])"
)
_LONGEST = 12  # characters of an abbreviation
MAX_SENTENCE = 600  # characters; what is longer is a list or a page without full stops


def split(text: str, *, title: bool = False) -> list[tuple[int, int]]:
    """Start and end of each sentence, without the white space around it, and of a text without the dateline.

    In a title, where all words may be in capitals, an abbreviation ends no sentence: "U.S. And Japan Protest".
    """
    dateline = None if title else _DATELINE.match(text)
    begin = dateline.end() if dateline else 0
    ends = _END if _OTHER_END.search(text) else _COMMON_END
    pieces: list[tuple[int, int]] = []
    for found in ends.finditer(text, begin):
        stop, end = found.span()
        if not (_is_abbreviated(text, stop) and (title or _OPENING.match(text, end) is None)):
            begin = _bounded(text, begin, end, pieces)
    _bounded(text, begin, len(text), pieces)
    return [(start, end) for start, end in pieces if start < end]


def _is_abbreviated(text: str, stop: int) -> bool:
    """Whether the sign at that place is the full stop of an abbreviation."""
    word = text[max(0, stop - _LONGEST) : stop].rpartition(" ")[2]
    if word.isalpha():  # as nearly all
        return text[stop] == "." and (word in _WORDS or word in _INITIALS)
    return _ABBREVIATED.search(text, max(0, stop - _LONGEST), stop + 1) is not None


def _bounded(text: str, start: int, end: int, pieces: list[tuple[int, int]]) -> int:
    """Add what stands there, cut at the last space before the limit where it is too long; returns its end."""
    while end - start > MAX_SENTENCE:
        cut = text.rfind(" ", start + MAX_SENTENCE // 2, start + MAX_SENTENCE)
        cut = cut if cut > start else start + MAX_SENTENCE
        pieces.append(_strip(text, start, cut))
        start = cut
    pieces.append(_strip(text, start, end))
    return end


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    """The same without white space around it."""
    piece = text[start:end].lstrip()
    start = end - len(piece)
    return start, start + len(piece.rstrip())

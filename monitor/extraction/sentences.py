"""Cutting a field into sentences before anything is parsed, so that the gate and the parser see the same ones."""

from __future__ import annotations

import itertools
import re

_ABBREVIATIONS = (
    "U.S", "U.N", "U.K", "N", "S", "Gen", "Lt", "Col", "Maj", "Adm", "Capt", "Sgt", "Sen", "Rep", "Gov", "Mr", "Mrs",
    "Ms", "Dr", "Prof", "St", "Jr", "Sr", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct",
    "Nov", "Dec", "No", "vs", "Co", "Corp", "Inc", "Ltd", "a.m", "p.m", "Ft", "Mt", "approx", "Brig", "Cmdr", "Ph.D",
)  # fmt: skip
_END = re.compile(
    r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]?[A-Z0-9\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
    r"|\n\s*\n|[。！？][」』”’）]*|\s[|•]\s"
)
_ABBREVIATED = re.compile(
    rf"(?:^|[\s(\"'“‘])(?:{'|'.join(re.escape(a) for a in _ABBREVIATIONS)}|(?:[A-Z]\.){{0,3}}[A-Z])\.\Z"
)
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


def split(text: str, *, dated: bool = False) -> list[tuple[int, int]]:
    """Start and end of each sentence, without the white space around it; if `dated`, without the dateline."""
    dateline = _DATELINE.match(text) if dated else None
    start = dateline.end() if dateline else 0
    cuts = [start]
    cuts += [end.end() for end in _END.finditer(text, start) if not _only_abbreviates(text, end)]
    cuts.append(len(text))
    pieces = [piece for start, end in itertools.pairwise(cuts) for piece in _bounded(text, start, end)]
    return [piece for piece in (_strip(text, *piece) for piece in pieces) if piece[0] < piece[1]]


def _only_abbreviates(text: str, end: re.Match[str]) -> bool:
    """Whether the stop belongs to an abbreviation and the sentence goes on."""
    if not _ABBREVIATED.search(text, max(0, end.start() - _LONGEST), end.start() + 1):
        return False
    return _OPENING.match(text, end.end()) is None


def _bounded(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut what is too long at the last space before the limit."""
    pieces = []
    while end - start > MAX_SENTENCE:
        cut = text.rfind(" ", start + MAX_SENTENCE // 2, start + MAX_SENTENCE)
        cut = cut if cut > start else start + MAX_SENTENCE
        pieces.append((start, cut))
        start = cut
    return [*pieces, (start, end)]


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end

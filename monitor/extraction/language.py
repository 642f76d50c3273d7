"""Which language an article is in: detected, not believed."""

from __future__ import annotations

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Words that any English sentence of some length holds; those of `_ENGLISH` stand in hardly any other language.
_ENGLISH = re.compile(r"\b(?:the|and|said|says|with|from|its|fires?|fired|launch(?:es)?|tests?|into|after)\b")
_COMMON = re.compile(r"\b(?:of|to|in|over|near|as|by|on|for|at)\b")
_HANGUL = re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")
# Of 9,600 short English headlines none was given less, of foreign ones hardly any more.
_HARDLY = 0.008
_ENOUGH = 2  # different words
_KANA_SHARE = 10  # a tenth as many kana as Han


def detect(text: str) -> str:
    """ISO 639-1 code; a short text that is not clearly foreign counts as English."""
    letters, latin = len(_LETTER.findall(text)), len(_LATIN.findall(text))
    if not letters:
        return "en"
    if latin < letters - latin:
        return _by_script(text)
    words = text.lower()
    telling, common = set(_ENGLISH.findall(words)), set(_COMMON.findall(words))
    if telling and len(telling | common) >= _ENOUGH:
        return "en"
    ranked = _identifier().rank(text)
    english = next((float(share) for language, share in ranked if language == "en"), 0.0)
    return "en" if english > _HARDLY else str(ranked[0][0])


def _by_script(text: str) -> str:
    """The language of a text that is mostly in another script; Han with some kana is Japanese, alone Chinese."""
    hangul, kana, han = (len(script.findall(text)) for script in (_HANGUL, _KANA, _HAN))
    if hangul > kana + han:
        return "ko"
    if kana + han:
        return "ja" if kana * _KANA_SHARE > han else "zh"
    return str(_identifier().classify(text)[0])


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

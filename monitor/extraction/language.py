"""Which language an article is in: detected, not believed."""

from __future__ import annotations

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Words that any English sentence of some length holds, and that the neighbours' languages hardly share.
_ENGLISH = re.compile(
    r"\b(?:the|of|to|and|in|says?|said|after|with|from|over|near|its|fires?|into|as|by|on|for|at)\b"
)
_SURE = 0.95
_ENOUGH = 2


def detect(text: str) -> str:
    """ISO 639-1 code; a short text that is not clearly foreign counts as English."""
    if len(_ENGLISH.findall(text.lower())) >= _ENOUGH:
        return "en"
    language, probability = _identifier().classify(text)
    return str(language) if float(probability) >= _SURE else "en"


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

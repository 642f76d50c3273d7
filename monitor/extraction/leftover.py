"""Words of a text that the vocabulary does not know: what a list may lack."""

from __future__ import annotations

import re

from spacy.lang.en.stop_words import STOP_WORDS

from monitor.model import Article, Reading

_WORD = re.compile(r"[^\W\d_][\w'’-]*[^\W_]")
_SHORT = 3  # letters; shorter words seldom tell anything


def unlisted(article: Article, reading: Reading) -> list[str]:
    """Words of the article inside no mention, in order, in small letters; stop words left out."""
    words = [
        match.group().casefold()
        for field, text in (("title", article.title), ("text", article.text))
        for match in _WORD.finditer(text)
        if not _known(field, match.start(), reading)
    ]
    return [word for word in dict.fromkeys(words) if len(word) >= _SHORT and word not in STOP_WORDS]


def _known(field: str, at: int, reading: Reading) -> bool:
    return any(
        mention.span.field == field and mention.span.start <= at < mention.span.end
        for mention in reading.mentions
    )

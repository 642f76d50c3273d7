"""What a searched text asks of an alert: one meaning for the search, for subscriptions and for silences. Pure.

Every word must occur, and every phrase in quotes, in whatever case; part of a word will do from three characters on,
and shorter words are found whole.
"""

from __future__ import annotations

import re

from monitor.model.alerting import Alert

PART = 3  # characters from which part of a word will do
_ASKED = re.compile(r'"([^"]*[^"\s][^"]*)"|(\S+)')  # a phrase in quotes, or a word
_CJK = "\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")  # one CJK character, for none tells where words end
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_SURROGATE = re.compile("[\ud800-\udfff]")


def says(alert: Alert, text: str) -> bool:
    """Whether every term of the text occurs in what the alert says; a text without terms admits all."""
    asked = terms(text)
    if not asked:
        return True
    told = wording(alert)
    whole = frozenset(words(told))
    return all(term in told and (len(term) >= PART or whole.issuperset(words(term))) for term in asked)


def terms(text: str) -> list[str]:
    """What must all occur: words, and phrases in quotes without them; casefolded."""
    found = (phrase or word for phrase, word in _ASKED.findall(clean(text).casefold()))
    return list(dict.fromkeys(found))


def wording(alert: Alert) -> str:
    """What a text is looked for in, casefolded: the titles of rules and reports, the sentences, the publishers."""
    told = [part for each in alert.reports for part in (each.title, each.sentence.text, each.publisher)]
    return clean("\n".join(dict.fromkeys([*alert.titles, *told])).casefold())


def words(text: str) -> list[str]:
    """The words of the text as they stand; each CJK character is one."""
    return _WORD.findall(text)


def clean(text: str) -> str:
    """The text with NUL and lone surrogates replaced, which no database takes."""
    if "\0" in text:
        text = text.replace("\0", _REPLACEMENT)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = _SURROGATE.sub(_REPLACEMENT, text)
    return text

"""The text of alerts, as search looks through it, and what a searched text asks of it.

On SQLite two FTS5 tables stand over `alert_texts`, kept in step by triggers: `alert_parts` finds any three
characters or more, wherever they stand, and `alert_words` short words and pairs of CJK characters. On
PostgreSQL a GIN index over the words does the latter, and one of pg_trgm the former where that extension may
be had; without it the text is read through. What no index knows (a lone `%`) is read through on both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import Column, ColumnElement, Integer, Select, Text, func, literal, select, table
from sqlalchemy import column as named
from sqlalchemy.dialects.postgresql import ARRAY

from monitor.model import Alert
from monitor.storage.columns import clean
from monitor.storage.tables import alert_texts

_PART = 3  # characters from which a trigram index helps
_ASKED = re.compile(r'"([^"]*[^"\s][^"]*)"|(\S+)')  # a phrase in quotes, or a word
_CJK = "\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")  # one CJK character, for none tells where words end


def row(alert: Alert) -> dict[str, object]:
    """What `alert_texts` keeps of the alert: the titles of rules and reports, the sentences, the publishers."""
    told = [part for each in alert.reports for part in (each.title, each.sentence.text, each.publisher)]
    folded = "\n".join(dict.fromkeys([*alert.titles, *told])).casefold()
    return {"alert": alert.id, "folded": folded, "words": " ".join(_WORD.findall(clean(folded)))}


def terms(text: str) -> list[str]:
    """What must all occur: words, and phrases in quotes without them; casefolded."""
    found = (phrase or word for phrase, word in _ASKED.findall(clean(text).casefold()))
    return list(dict.fromkeys(found))


def says(text: str, *, dialect: str) -> Select[tuple[str]] | None:
    """Ids of alerts in whose text every term occurs, for sqlite or postgresql; None where there is no term."""
    asked = terms(text)
    parts = [term for term in asked if len(term) >= _PART]
    words = [term for term in asked if len(term) < _PART and _WORD.findall(term)]
    odd = [term for term in asked if len(term) < _PART and not _is_word(term)]
    indexed = _on_postgresql(parts, words) if dialect == "postgresql" else _on_sqlite(parts, words)
    wanted = [*indexed, *(_read_through(term) for term in odd)]
    return select(alert_texts.c.alert).where(*wanted) if wanted else None


def _is_word(term: str) -> bool:
    return "".join(_WORD.findall(term)) == term


def _on_sqlite(parts: Sequence[str], words: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    if parts:
        yield _matching("alert_parts", parts)
    if words:
        yield _matching("alert_words", [" ".join(_WORD.findall(term)) for term in words])


def _matching(index: str, phrases: Sequence[str]) -> ColumnElement[bool]:
    """Every phrase, none of it an operator: FTS5 takes what stands in quotes as it is."""
    asked = " AND ".join('"' + phrase.replace('"', '""') + '"' for phrase in phrases)
    rows = table(index, Column("rowid", Integer))
    return alert_texts.c.number.in_(select(rows.c.rowid).where(named(index).op("MATCH")(asked)))


def _on_postgresql(parts: Sequence[str], words: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    yield from (_read_through(term) for term in parts)  # pg_trgm serves LIKE
    for term in words:
        kept = func.string_to_array(alert_texts.c.words, " ", type_=ARRAY(Text))
        yield kept.contains(literal(_WORD.findall(term), ARRAY(Text))) & _read_through(term)


def _read_through(term: str) -> ColumnElement[bool]:
    return alert_texts.c.folded.contains(term, autoescape=True)

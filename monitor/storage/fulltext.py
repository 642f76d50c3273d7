"""The text of alerts, as search looks through it, and what a searched text asks of it.

On SQLite two FTS5 tables stand over `alert_texts`, kept in step by triggers: `alert_parts` finds any three
characters or more, wherever they stand, and `alert_words` short words and pairs of CJK characters. On
PostgreSQL a GIN index over the words does the latter, and one of pg_trgm the former where that extension may
be had; without it the text is read through. What no index knows (a lone `%`) is read through on both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Column, ColumnElement, Integer, Select, Text, func, literal, select, table
from sqlalchemy import column as named
from sqlalchemy.dialects.postgresql import ARRAY

from monitor.model import Alert
from monitor.model.wording import PART, terms, wording, words
from monitor.storage.tables import alert_texts


def row(alert: Alert) -> dict[str, object]:
    """What `alert_texts` keeps of the alert: its wording, and the words of that."""
    folded = wording(alert)
    return {"folded": folded, "words": " ".join(words(folded))}


def says(text: str, *, dialect: str) -> Select[tuple[int]] | None:
    """Numbers of alerts in whose text every term occurs, for sqlite or postgresql; None where there is no term."""
    asked = terms(text)
    parts = [term for term in asked if len(term) >= PART]
    short = [term for term in asked if len(term) < PART and words(term)]
    if dialect == "postgresql":
        wanted = list(_on_postgresql(parts, short, [term for term in asked if term not in {*parts, *short}]))
        return select(alert_texts.c.number).where(*wanted) if wanted else None
    odd = [term for term in asked if len(term) < PART and not _is_word(term)]
    indexed = list(_on_sqlite(parts, short))
    if not indexed:
        wanted = [_read_through(term) for term in odd]
        return select(alert_texts.c.number).where(*wanted) if wanted else None
    return _both(indexed, odd)


def _both(indexed: Sequence[Select[tuple[int]]], odd: Sequence[str]) -> Select[tuple[int]]:
    """What every index names, and whose text says what none knows; each text is looked at for itself."""
    first, *others = indexed
    (number,) = first.selected_columns
    text = select(alert_texts.c.folded).where(alert_texts.c.number == number).scalar_subquery()
    said = [text.contains(term, autoescape=True) for term in odd]
    return first.where(*(number.in_(each) for each in others), *said)


def _is_word(term: str) -> bool:
    return words(term) == [term]


def _on_sqlite(parts: Sequence[str], short: Sequence[str]) -> Iterator[Select[tuple[int]]]:
    if parts:
        yield _matching("alert_parts", parts)
    if short:
        yield _matching("alert_words", [word for term in short for word in words(term)])


def _matching(index: str, phrases: Sequence[str]) -> Select[tuple[int]]:
    """Every phrase, none of it an operator: FTS5 takes what stands in quotes as it is."""
    asked = " AND ".join('"' + phrase.replace('"', '""') + '"' for phrase in phrases)
    rows = table(index, Column("rowid", Integer))
    return select(rows.c.rowid).where(named(index).op("MATCH")(asked))


def _on_postgresql(
    parts: Sequence[str], short: Sequence[str], odd: Sequence[str]
) -> Iterator[ColumnElement[bool]]:
    """Each term once: what is asked twice is thought to hold seldom, and the wrong way is taken to it."""
    yield from (_read_through(term) for term in (*parts, *short, *odd))  # pg_trgm serves LIKE
    for term in short:
        kept = func.string_to_array(alert_texts.c.words, " ", type_=ARRAY(Text))
        yield kept.contains(literal(words(term), ARRAY(Text)))


def _read_through(term: str) -> ColumnElement[bool]:
    return alert_texts.c.folded.contains(term, autoescape=True)

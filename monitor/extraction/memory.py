"""Remembering what was read off a sentence, so that an archive is parsed once however often rules change.

The key holds all that the reading rests on: the sentence, the terms in it and around it, the day, the spaCy model
and the code.
A changed list changes the keys of just those sentences that hold one of its words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Protocol

from monitor.extraction.parsed import Piece
from monitor.model import Article, Entity, Event, Mention


class Memory(Protocol):
    """What was read before, by key."""

    def get(self, keys: Sequence[str]) -> Mapping[str, Sequence[Event]]:
        """The events of the keys that are known."""

    def put(self, events: Mapping[str, Sequence[Event]]) -> None:
        """Keep these."""


def key(piece: Piece, article: Article, mentions: Iterable[Mention], *, model: str) -> str:
    """40 hex digits over all that decides what the piece tells."""
    parts = [
        _code(),
        model,
        article.when.isoformat(),
        *(piece.field, str(piece.start), piece.text),
        *(
            f"{hit.start} {hit.end} {term} {_known(entity)}"
            for hit in piece.hits
            for entity, term in hit.sense.meanings
        ),
        *(f"{each.span.field} {each.span.start} {each.span.end} {_known(each.entity)}" for each in mentions),
    ]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _bare(items: Iterable[tuple[str, object]]) -> dict[str, object]:
    """For `asdict`: without the spellings of entities, which say nothing once a term was found."""
    return {name: () if name in {"terms", "near", "elsewhere"} else value for name, value in items}


@cache
def _known(entity: Entity) -> str:
    """All that the vocabulary says of the entity but its spellings."""
    return str(asdict(entity, dict_factory=_bare))


@cache
def _code() -> str:
    """A hash of the code that reads and of its nouns: an older reading is not that of today."""
    here = Path(__file__).parent
    files = [*sorted(here.glob("*.py")), *sorted((here.parent / "model").glob("*.py"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()

"""How well the status of an event is read: sentences in which one word is the event, whatever the vocabulary says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.evaluation.figures import Figures
from monitor.extraction import nlp as spacy_pipeline
from monitor.extraction.events import events_of
from monitor.extraction.hits import Hit, Sense
from monitor.extraction.lexicon import Lexicon
from monitor.extraction.parsed import Parsed, Piece, normalised
from monitor.extraction.roles import Context
from monitor.extraction.sentences import split
from monitor.model import Article, Entity, Kind, Status, Term, Vocabulary

_EVENT = Entity(slug="the-event", kind=Kind.ACTION, terms=())


@dataclass(frozen=True, kw_only=True)
class StatusCase:
    """A sentence, the word in it that tells an event, and as which kind of fact it is told."""

    id: str
    text: str
    event: str  # stands in the text; its first place counts
    status: Status
    published: dt.datetime
    headline: bool = False

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> StatusCase:
        """The case of a line; KeyError or ValueError where it is none."""
        day = dt.date.fromisoformat(said["published"])
        said["text"].index(said["event"])
        return cls(
            id=said["id"],
            text=said["text"],
            event=said["event"],
            status=Status(said["status"]),
            published=dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC),
            headline=said["headline"],
        )

    @property
    def field(self) -> str:
        """Which part of an article the sentence is."""
        return "title" if self.headline else "text"

    @property
    def article(self) -> Article:
        """An article that holds this sentence and nothing else."""
        return Article(
            id=self.id,
            feed="",
            key=self.id,
            url="",
            title=self.text if self.headline else "",
            text="" if self.headline else self.text,
            published=self.published,
            fetched=self.published,
        )


class StatusReader:
    """Reads the status of marked events: all names are the vocabulary's, the event is the case's own."""

    def __init__(self, vocabulary: Vocabulary, *, model: str = spacy_pipeline.DEFAULT_MODEL) -> None:
        self._lexicon = Lexicon.of(vocabulary)
        self._nlp = spacy_pipeline.load(model)

    def read(self, case: StatusCase) -> Status | None:
        """The status of the case's event; None where its word was not read as one."""
        piece = _piece(case, self._lexicon.scan(case.article)[case.field])
        text = normalised(piece)
        parsed = Parsed.of(piece, text, self._nlp(text))
        events = events_of(parsed, Context(), case.published)
        return next((event.status for event in events if event.action.entity is _EVENT), None)


def status_figures(cases: Iterable[StatusCase], read: Iterable[Status | None]) -> dict[Status, Figures]:
    """Figures of each status."""
    pairs = [(case.status, status) for case, status in zip(cases, read, strict=True)]
    return {
        status: Figures(
            labelled=sum(wanted is status for wanted, _ in pairs),
            found=sum(found is status for _, found in pairs),
            right=sum(wanted is found is status for wanted, found in pairs),
        )
        for status in Status
    }


def macro_f1(figures: Iterable[Figures]) -> float:
    """Mean of the F1, each class as heavy as the next; one that is unknown counts as 0."""
    listed = [each.f1 or 0.0 for each in figures]
    return sum(listed) / len(listed)


def _piece(case: StatusCase, hits: Sequence[Hit]) -> Piece:
    """The sentence that holds the event, with the event in place of what the vocabulary found there."""
    at = case.text.index(case.event)
    end = at + len(case.event)
    marked = Hit(at, end, Sense(tuple((_EVENT, Term(text=case.event, verb=verb)) for verb in (True, False))))
    beside = [hit for hit in hits if hit.end <= at or end <= hit.start]
    first, last = next((start, stop) for start, stop in split(case.text) if start <= at < stop)
    inside = [hit for hit in (*beside, marked) if first <= hit.start and hit.end <= last]
    return Piece(
        field=case.field,
        start=first,
        text=case.text[first:last],
        hits=tuple(sorted(inside, key=lambda hit: hit.start)),
    )

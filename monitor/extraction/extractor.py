"""Articles in, readings out: scan, gate, parse, read off the events."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

from spacy.language import Language

from monitor.extraction import nlp as spacy_pipeline
from monitor.extraction.events import by_kind, context_of, events_of
from monitor.extraction.gate import Asked, Gate, Sought
from monitor.extraction.language import detect
from monitor.extraction.lexicon import Hit, Lexicon, fields, mentions
from monitor.extraction.memory import Memory, key
from monitor.extraction.parsed import LEAD, Parsed, Piece, normalised
from monitor.extraction.roles import possible
from monitor.extraction.sentences import MAX_SENTENCE, split
from monitor.model import Article, Entity, Event, Kind, Mention, Need, Reading, Vocabulary

Work = tuple[int, Piece, Sought | None]  # which article, which of its sentences, what of it; None: all

BATCH = 64  # sentences; larger batches bring nothing
_start = attrgetter("start")
_NEAR = 3  # sentences before one, that it may take up
_NOTHING = Reading()  # what nearly all articles tell
SIFTED = 2_048  # articles at once: what is done once for all of them costs next to nothing then


@dataclass(frozen=True, kw_only=True)
class _Scanned:
    """An article with its mentions and the pieces that are worth parsing."""

    article: Article
    mentions: list[Mention]
    pieces: list[tuple[Piece, Sought | None]]
    language: str = "en"


class _Cut:
    """An article's fields cut into sentences, when it is first asked for."""

    def __init__(self, article: Article) -> None:
        self.whole = f"{article.title}\n{article.text}"
        self._article = article

    def lines(self) -> str:
        """All sentences, a line each or several."""
        if len(self.whole) <= MAX_SENTENCE:
            return self.whole  # cut nowhere within a word, it tells the same
        return self._sentences

    def sentences(self) -> str:
        """All sentences, a line each."""
        return self._sentences

    @cached_property
    def _sentences(self) -> str:
        return "\n".join([text[s:e] for field, text in fields(self._article) for s, e in self._cuts[field]])

    def pieces(self, located: Mapping[str, Sequence[Hit]]) -> Iterator[Piece]:
        """The sentences, each with the hits that stand wholly inside it."""
        lead = self._cuts["text"][:LEAD]
        for field, text in fields(self._article):
            hits, cuts = located[field], self._cuts[field]
            starts = [hit.start for hit in hits]
            for nth, (start, end) in enumerate(cuts):
                begun = hits[bisect_left(starts, start) : bisect_left(starts, end)]
                inside = tuple(hit for hit in begun if hit.end <= end)
                yield Piece(
                    field=field,
                    start=start,
                    text=text[start:end],
                    hits=inside,
                    nth=nth,
                    lead_to=lead[-1][1] if lead else 0,
                    near_from=cuts[max(0, nth - _NEAR)][0],
                )

    @cached_property
    def _cuts(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        return {field: split(text, dated=field == "text") for field, text in fields(self._article)}


class Extractor:
    """Reads articles. With `gated=False` every sentence is parsed: slower, same result.

    With `misses=False` events on which no rule can hold are left out, for those who ask for no near misses. `memory`
    keeps what was read off each sentence, for those who read the same archive again and again: all of it.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        needs: Iterable[Need],
        *,
        model: str = spacy_pipeline.DEFAULT_MODEL,
        gated: bool = True,
        misses: bool = True,
        memory: Memory | None = None,
    ) -> None:
        self._lexicon = Lexicon.of(vocabulary)
        self._gate = Gate(needs)
        self._sieve = self._gate.sieve(self._lexicon.named)
        self._model = model
        self._gated = gated
        self._misses = misses
        self._memory = memory

    @cached_property
    def _nlp(self) -> Language:
        """Loaded when the first sentence passes the gate: a quiet run never pays for it."""
        return spacy_pipeline.load(self._model)

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        """One reading for each article, in order."""
        sifted = self._sifted(articles)
        scanned = {
            at: read for at, article, cut, asked in sifted if (read := self._scan(article, cut, asked))
        }
        work = [(at, *each) for at, found in scanned.items() for each in found.pieces]
        events: dict[int, list[Event]] = {at: [] for at in scanned}
        for (at, *_), told in zip(work, self._events(work, scanned), strict=True):
            events[at] += told
        readings = [_NOTHING] * len(articles)
        for at, found in scanned.items():
            readings[at] = Reading(
                events=tuple(events[at]), mentions=tuple(found.mentions), language=found.language
            )
        return readings

    def concerned(self, articles: Sequence[Article]) -> list[bool]:
        """Whether each article could concern a rule: it names all that some rule needs, in a language that we read."""
        passing = {at for at, *_ in self._sifted(articles)}
        return [
            at in passing and detect(f"{article.title} {article.text}") == "en"
            for at, article in enumerate(articles)
        ]

    def _sifted(self, articles: Sequence[Article]) -> Iterator[tuple[int, Article, _Cut, Sequence[Asked]]]:
        """The articles of which some sentence could satisfy a rule, with their place and what these could be.

        What the whole article lacks, no sentence of it has: with most articles it ends here.
        """
        if not self._gated:
            yield from ((at, article, _Cut(article), ()) for at, article in enumerate(articles))
            return
        for begin in range(0, len(articles), SIFTED):
            some = articles[begin : begin + SIFTED]
            cuts = [_Cut(article) for article in some]
            met = self._sieve.met(self._lexicon.glance([cut.whole for cut in cuts]), cuts)
            for at in sorted(met):
                yield begin + at, some[at], cuts[at], met[at]

    def named(self, article: Article) -> frozenset[str]:
        """Slugs of all that the article names, whether or not a rule could match it."""
        return frozenset(hit.entity.slug for each in self._lexicon.scan(article).values() for hit in each)

    def _events(self, work: Sequence[Work], scanned: Mapping[int, _Scanned]) -> list[Sequence[Event]]:
        """What each piece tells, remembered or read."""
        if self._memory is None:
            return list(self._parsed(work, scanned))
        keys = [
            key(piece, scanned[index].article, scanned[index].mentions, model=self._model)
            for index, piece, _ in work
        ]
        known = dict(self._memory.get(keys))
        unknown = {name: each for name, each in zip(keys, work, strict=True) if name not in known}
        new = dict(zip(unknown, self._parsed(list(unknown.values()), scanned), strict=True))
        self._memory.put(new)
        return [(known | new)[name] for name in keys]

    def _parsed(self, work: Sequence[Work], scanned: Mapping[int, _Scanned]) -> Iterable[Sequence[Event]]:
        """What each piece tells, in order."""
        kinds = {index: by_kind(scanned[index].mentions) for index, *_ in work}
        for (index, _, sought), parsed in self._parse(work):
            context = context_of(kinds[index], parsed.piece)
            yield events_of(parsed, context, scanned[index].article.when, sought=sought)

    def _scan(self, article: Article, cut: _Cut, asked: Sequence[Asked]) -> _Scanned | None:
        """The article as it is to be read; None where no sentence of it passes the gate."""
        located = self._lexicon.scan(article)
        wanted = self._wanted(cut, located, asked)
        if self._gated and not wanted:
            return None
        texts = dict(fields(article))
        language = detect(f"{article.title} {article.text}") if wanted else "en"
        return _Scanned(
            article=article,
            mentions=[
                each for field, hits in located.items() for each in mentions(hits, field, texts[field])
            ],
            pieces=wanted if language == "en" else [],
            language=language,
        )

    def _wanted(
        self, cut: _Cut, located: Mapping[str, Sequence[Hit]], asked: Sequence[Asked]
    ) -> list[tuple[Piece, Sought | None]]:
        """The pieces that pass the gate, and what for."""
        if not self._gated:
            return [(piece, None) for piece in cut.pieces(located)]
        entities = {hit.entity.slug: hit.entity for hits in located.values() for hit in hits}
        slugs = frozenset().union(*(entity.slugs for entity in entities.values()))
        wicket = self._gate.within(slugs, asked)
        told = [
            (piece, wicket.sought(piece.slugs, piece.text)) for piece in cut.pieces(located) if piece.hits
        ]
        passed = [(piece, sought) for piece, sought in told if sought.deeds]
        if self._memory is not None:  # what is to be remembered is read whole
            return [(piece, None) for piece, _ in passed]
        if self._misses:
            return [(piece, Sought(sought.deeds)) for piece, sought in passed]
        named = frozenset(entities)
        actors = [slug for slug, entity in entities.items() if entity.kind is Kind.ACTOR]
        roles = [possible(piece, _near(piece, located), actors) for piece, _ in passed]
        narrow = [
            (piece, sought.narrowed(piece.slugs, named, piece.text, possible=fillers))
            for (piece, sought), fillers in zip(passed, roles, strict=True)
        ]
        return [(piece, sought) for piece, sought in narrow if sought.deeds]

    def _parse(self, work: Sequence[Work]) -> Iterable[tuple[Work, Parsed]]:
        if not work:
            return
        texts = [normalised(piece) for _, piece, _ in work]
        for each, text, doc in zip(work, texts, self._nlp.pipe(texts, batch_size=BATCH), strict=True):
            yield each, Parsed.of(each[1], text, doc)


def _near(piece: Piece, located: Mapping[str, Sequence[Hit]]) -> list[Entity]:
    """All that the article names near the piece, in order."""
    text = located["text"]
    lead = itertools.takewhile(lambda hit: hit.start < piece.lead_to, text)
    before = located[piece.field]
    begin, end = (bisect_left(before, at, key=_start) for at in (piece.near_from, piece.start))
    hits = (("title", located["title"]), ("text", lead), (piece.field, before[begin:end]))
    return [hit.entity for field, some in hits for hit in some if piece.is_near(field, hit.start, hit.end)]

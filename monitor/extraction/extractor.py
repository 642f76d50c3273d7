"""Articles in, readings out: scan, gate, parse, read off the events."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from spacy.language import Language

from monitor.extraction import nlp as spacy_pipeline
from monitor.extraction.events import by_kind, context_of, events_of
from monitor.extraction.gate import Asked, Gate, Sought
from monitor.extraction.hits import Hit, Sense, mentions
from monitor.extraction.language import detect
from monitor.extraction.lexicon import Lexicon, Seen, fields
from monitor.extraction.memory import Memory, key
from monitor.extraction.parsed import NEAR, Parsed, Piece, normalised
from monitor.extraction.roles import Fillers
from monitor.extraction.sentences import MAX_SENTENCE, split
from monitor.extraction.sieve import Passed, Sieve
from monitor.model import LEAD, Article, Event, Mention, Need, Reading, Vocabulary

Work = tuple[int, Piece, Sought | None]  # which article, which of its sentences, what of it; None: all

BATCH = 64  # sentences; larger batches bring nothing
_start = attrgetter("start")
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
        self.is_short = len(self.whole) <= MAX_SENTENCE
        self._article = article

    @property
    def heads(self) -> int:
        """How many sentences are of the title or the lead, the first of all."""
        return len(self._cuts["title"]) + LEAD

    @cached_property
    def begins(self) -> Sequence[int]:
        """Where each sentence begins in the whole."""
        after_title = len(self._article.title) + 1
        first = {"title": 0, "text": after_title}
        return [first[field] + start for field, cuts in self._cuts.items() for start, _ in cuts]

    @property
    def lines(self) -> Sequence[str]:
        """The sentences themselves."""
        return [text[start:end] for field, text in fields(self._article) for start, end in self._cuts[field]]

    def piece(self, nth: int, located: Mapping[str, Sequence[Hit]]) -> Piece:
        """The sentence of that number, with the hits that stand wholly inside it."""
        titles = len(self._cuts["title"])
        field, text = fields(self._article)[nth >= titles]
        own = nth if nth < titles else nth - titles
        cuts, hits, lead = self._cuts[field], located[field], self._cuts["text"][:LEAD]
        start, end = cuts[own]
        begun = hits[bisect_left(hits, start, key=_start) : bisect_left(hits, end, key=_start)]
        return Piece(
            field=field,
            start=start,
            text=text[start:end],
            hits=tuple(hit for hit in begun if hit.end <= end),
            nth=own,
            lead_to=lead[-1][1] if lead else 0,
            near_from=cuts[max(0, own - NEAR)][0],
        )

    @cached_property
    def _cuts(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        return {field: split(text, dated=field == "text") for field, text in fields(self._article)}


class _Sifted(NamedTuple):
    """An article that passed the sieve."""

    at: int  # its place among all
    article: Article
    cut: _Cut
    seen: Seen | None = None
    passed: Passed = MappingProxyType({})  # which of its sentences, and what for


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
        self._sieve = Sieve(self._gate, self._lexicon.named)
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
        scanned = {each.at: read for each in self._sifted(articles) if (read := self._scan(each)) is not None}
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
        passing = {each.at for each in self._sifted(articles)}
        return [
            at in passing and detect(f"{article.title} {article.text}") == "en"
            for at, article in enumerate(articles)
        ]

    def _sifted(self, articles: Sequence[Article]) -> Iterator[_Sifted]:
        """The articles of which some sentence could satisfy a rule, with their place and what these could be.

        What the whole article lacks, no sentence of it has: with most articles it ends here.
        """
        if not self._gated:
            yield from (_Sifted(at, article, _Cut(article)) for at, article in enumerate(articles))
            return
        for begin in range(0, len(articles), SIFTED):
            some = articles[begin : begin + SIFTED]
            cuts = [_Cut(article) for article in some]
            glance = self._lexicon.glance([cut.whole for cut in cuts])
            met = self._sieve.met(glance, cuts)
            for at in sorted(met):
                yield _Sifted(begin + at, some[at], cuts[at], glance.of(at), met[at])

    def named(self, article: Article) -> frozenset[str]:
        """Slugs of all that the article names, whether or not a rule could match it."""
        return frozenset().union(
            *(hit.sense.slugs for hits in self._lexicon.scan(article).values() for hit in hits)
        )

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

    def _scan(self, sifted: _Sifted) -> _Scanned | None:
        """The article as it is to be read; None where no sentence of it passes the gate."""
        article = sifted.article
        located = self._lexicon.scan(article, sifted.seen)
        wanted = self._wanted(sifted.cut, located, sifted.passed)
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
        self, cut: _Cut, located: Mapping[str, Sequence[Hit]], sifted: Passed
    ) -> list[tuple[Piece, Sought | None]]:
        """The pieces that pass the gate, and what for."""
        if not self._gated:
            return [(cut.piece(nth, located), None) for nth in range(len(cut.begins))]
        own = list(self._passing(cut, located, sifted))
        if not own:
            return []
        senses = dict.fromkeys(hit.sense for hits in located.values() for hit in hits)
        anywhere = self._gate.parts(sense.named for sense in senses)
        told = [(piece, self._gate.sought(asked, piece.slugs, anywhere)) for piece, asked in own]
        passed = [(piece, sought) for piece, sought in told if sought.deeds]
        if not passed:
            return []
        if self._memory is not None:  # what is to be remembered is read whole
            return [(piece, None) for piece, _ in passed]
        if self._misses:
            return [(piece, Sought(sought.deeds)) for piece, sought in passed]
        named = frozenset().union(*(sense.slugs for sense in senses))
        lead = [hit for hit in located["text"] if hit.end <= passed[0][0].lead_to]
        roles = [Fillers(piece, _near(piece, located, lead)) for piece, _ in passed]
        narrow = [
            (piece, sought.narrowed(piece.slugs, named, piece.text, possible=fillers))
            for (piece, sought), fillers in zip(passed, roles, strict=True)
        ]
        return [(piece, sought) for piece, sought in narrow if sought.deeds]

    def _passing(
        self, cut: _Cut, located: Mapping[str, Sequence[Hit]], sifted: Passed
    ) -> Iterator[tuple[Piece, Sequence[Asked]]]:
        """The pieces that could satisfy a need, as far as they tell by themselves, each with these."""
        for nth in sorted(sifted):
            piece = cut.piece(nth, located)
            if piece.hits:
                parts = self._gate.parts(hit.sense.slugs for hit in piece.hits)
                met = self._gate.met(sifted[nth], parts, piece.text)
                if met is not None:
                    yield piece, met

    def _parse(self, work: Sequence[Work]) -> Iterable[tuple[Work, Parsed]]:
        if not work:
            return
        texts = [normalised(piece) for _, piece, _ in work]
        for each, text, doc in zip(work, texts, self._nlp.pipe(texts, batch_size=BATCH), strict=True):
            yield each, Parsed.of(each[1], text, doc)


def _near(piece: Piece, located: Mapping[str, Sequence[Hit]], lead: Sequence[Hit]) -> list[Sense]:
    """All that the article names near the piece, in order."""
    before = located[piece.field]
    begin, end = (bisect_left(before, at, key=_start) for at in (piece.near_from, piece.start))
    hits = (("title", located["title"]), ("text", lead), (piece.field, before[begin:end]))
    return [
        hit.sense
        for field, some in hits
        for hit in some
        if field != piece.field or piece.is_near(field, hit.start, hit.end)
    ]

"""Articles in, readings out: scan, gate, parse, read off the events."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from monitor.extraction import nlp as spacy_pipeline
from monitor.extraction.events import context_of, events_of
from monitor.extraction.gate import Asked, Gate, Sought
from monitor.extraction.hits import Hit, mentions
from monitor.extraction.language import detect
from monitor.extraction.lexicon import Lexicon, Seen, fields
from monitor.extraction.memory import Memory, key
from monitor.extraction.parsed import NEAR, Parsed, Piece, normalised
from monitor.extraction.roles import IN_ROLES, Fillers
from monitor.extraction.sentences import MAX_SENTENCE, split
from monitor.extraction.sieve import Passed, Sieve
from monitor.model import LEAD, Article, Event, Kind, Mention, Need, Reading, Vocabulary

Work = tuple[int, Piece, Sought | None]  # which article, which of its sentences, what of it; None: all

BATCH = 64  # sentences; larger batches bring nothing
REMEMBERED = 500  # sentences
_start = attrgetter("start")
_NOTHING = Reading()  # what nearly all articles tell
SIFTED = 2_048  # articles at once: what is done once for all of them costs next to nothing then


Located = Mapping[str, Sequence[Hit]]  # by field, in order of their start


@dataclass(frozen=True, kw_only=True)
class _Scanned:
    """An article with its hits and the pieces that are worth parsing."""

    article: Article
    located: Located
    pieces: list[tuple[Piece, Sought | None]]
    language: str = "en"

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """All that it names."""
        return tuple(self._mentions(self.located.items(), kinds=frozenset(Kind)))

    def near(self, piece: Piece) -> Iterator[Mention]:
        """What of it stands near the piece and may have a role there, in order."""
        return self._mentions(_near(piece, self.located), kinds=IN_ROLES)

    def _mentions(
        self, hits: Iterable[tuple[str, Sequence[Hit]]], *, kinds: Container[Kind]
    ) -> Iterator[Mention]:
        texts = dict(fields(self.article))
        for field, some in hits:
            yield from mentions(some, field, texts[field], kinds=kinds)


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

    def piece(self, nth: int, located: Located) -> Piece:
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
        return {field: split(text, title=field == "title") for field, text in fields(self._article)}


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
        self._read: dict[str, Doc] = {}  # sentences parsed lately, the latest last

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
            told = tuple(events[at])
            named = found.mentions if told or self._misses else ()
            titled = bool(told and articles[at].title.strip())
            readings[at] = Reading(events=told, mentions=named, language=found.language, titled=titled)
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
        for (index, piece, sought), parsed in self._parse(work):
            found = scanned[index]
            yield events_of(parsed, context_of(found.near(piece)), found.article.when, sought=sought)

    def _scan(self, sifted: _Sifted) -> _Scanned | None:
        """The article as it is to be read; None where no sentence of it passes the gate."""
        article = sifted.article
        located = self._lexicon.scan(article, sifted.seen)
        wanted = self._wanted(sifted.cut, located, sifted.passed)
        if self._gated and not wanted:
            return None
        language = detect(f"{article.title} {article.text}") if wanted else "en"
        return _Scanned(
            article=article,
            located=located,
            pieces=wanted if language == "en" else [],
            language=language,
        )

    def _wanted(self, cut: _Cut, located: Located, sifted: Passed) -> list[tuple[Piece, Sought | None]]:
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
        roles = [
            Fillers(piece, [hit.sense for _, hits in _near(piece, located) for hit in hits])
            for piece, _ in passed
        ]
        narrow = [
            (piece, sought.narrowed(piece.slugs, named, piece.text, possible=fillers))
            for (piece, sought), fillers in zip(passed, roles, strict=True)
        ]
        return [(piece, sought) for piece, sought in narrow if sought.deeds]

    def _passing(
        self, cut: _Cut, located: Located, sifted: Passed
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
        known = {text: doc for text in texts if (doc := self._read.get(text)) is not None}
        unread = Counter(text for text in texts if text not in known)
        parses = self._nlp.pipe(unread, batch_size=BATCH)
        for each, text in zip(work, texts, strict=True):
            doc = known.get(text)
            if doc is None:
                doc = next(parses)
                if unread[text] > 1:
                    known[text] = doc
            self._remember(text, doc)
            yield each, Parsed.of(each[1], text, doc)

    def _remember(self, text: str, doc: Doc) -> None:
        """Keep the latest parses: a wire's report comes again from outlet after outlet."""
        self._read.pop(text, None)
        self._read[text] = doc
        if len(self._read) > REMEMBERED:
            self._read.pop(next(iter(self._read)), None)


def _near(piece: Piece, located: Located) -> Iterator[tuple[str, Sequence[Hit]]]:
    """The hits near the piece, by field and in order: of the title, the lead and the sentences just before it."""
    title, text = located["title"], located["text"]
    yield "title", [hit for hit in title if piece.is_near("title", hit.start, hit.end)]
    begun, begin, end = (
        bisect_left(text, at, key=_start) for at in (piece.lead_to, piece.near_from, piece.start)
    )
    before = text[max(begun, begin) : end] if piece.field == "text" else ()
    yield "text", [hit for hit in (*text[:begun], *before) if piece.is_near("text", hit.start, hit.end)]

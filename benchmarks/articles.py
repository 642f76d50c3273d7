"""Whole articles, and what they cost by their length and by how many of them tell something.

At the head of each stands a short report of the news, of the one article in so many that tells something one that
matches a rule, and more such as far as its middle; the rest is running text of long entries of recorded feeds, none of
it twice. Made of reports alone, an article is news of a dozen kinds in one and names far more than any does: such stand
beside them, for the worst.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import random
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.corpus import SEED, Corpus, Told, write
from benchmarks.matching import Sample, in_turn, pieces, ratio
from benchmarks.parsing import FEED, bodies
from benchmarks.process import MONITOR, run
from benchmarks.table import Point, Row
from monitor.errors import ParseError
from monitor.extraction.language import detect
from monitor.feeds.parse import parse

_WORDS = 400
_SHARES = {0.01: "80x", 0.05: "30x", 0.2: "10x"}  # that tell something, and the aim
_SHARE = 0.05  # where lengths are compared
_LENGTHS = (50, 100, 200, 400, 800)  # words
_ARTICLES = 2_000  # at most
_LONG = 250  # words
_OFTEN = 5  # entries of feeds, each: once is too short to measure
_NAIVELY = 300  # each takes the naive way a tenth of a second


def measure(corpus: Corpus) -> list[Row]:
    """By share and by length, of running text and of reports alone."""
    telling, silent = _apart(corpus)
    recorded = list(_recorded())
    random.Random(SEED).shuffle(recorded)  # noqa: S311 - a sample, no secret
    make = _Maker(corpus=corpus, telling=telling, silent=silent, recorded=recorded)
    by_share = {f"{share:.0%}": make(share, _WORDS) for share in _SHARES}
    by_length = {f"{words} words": make(_SHARE, words) for words in _LENGTHS}
    of_reports = {f"{share:.0%} of reports": make(share, _WORDS, reports=True) for share in _SHARES}
    of_feeds = {"of feeds": _every(corpus, recorded)} if recorded else {}
    naively = {
        "naive": pieces(make.naively(), corpus.folder / "naive-long"),
        "naive, of reports": pieces(make.naively(reports=True), corpus.folder / "naive-reports"),
    }
    if recorded:
        some = recorded[:_NAIVELY]
        naively["naive, of feeds"] = pieces(some, corpus.folder / "naive-feeds", size=_words(some) / _WORDS)
    ours = {**by_share, **by_length, **of_reports, **of_feeds}
    spent = in_turn(corpus, ours=ours, naively=naively)
    middle = {name: statistics.median(each) * 1000 for name, each in spent.items()}

    def row(at: str, what: str, naive: str, *, aim: str = "", point: Point | None = None) -> Row:
        return Row(
            what=what,
            ours=f"{middle[at]:.2f} ms",
            against=f"naive way {middle[naive]:.0f} ms",
            ratio=ratio(spent[naive], spent[at]),
            aim=aim,
            point=point,
        )

    rows = [
        row(
            at,
            f"articles of {_WORDS} words, {at} tell something, CPU an article",
            "naive",
            aim=aim,
            point=Point(picture="share", at=at, value=middle[at]),
        )
        for at, aim in zip(by_share, _SHARES.values(), strict=True)
    ]
    rows += [
        row(
            at,
            f"the same made of a dozen reports each, {at.partition(' ')[0]} tell something",
            "naive, of reports",
        )
        for at in of_reports
    ]
    rows += [
        row(
            at,
            f"{len(recorded)} long entries of recorded feeds as they stand, CPU for {_WORDS} words",
            "naive, of feeds",
        )
        for at in of_feeds
    ]
    rows += [
        Row(
            what=f"articles of {at}, {_SHARE:.0%} tell something, CPU an article",
            ours=f"{middle[at]:.2f} ms",
            point=Point(picture="length", at=at.partition(" ")[0], value=middle[at]),
        )
        for at in by_length
    ]
    return rows


def _every(corpus: Corpus, recorded: Sequence[Told]) -> Sample:
    """The long entries of the recorded feeds as they stand, in so many times 400 words."""
    file = corpus.folder / "long-recorded.jsonl"
    write(file, itertools.chain.from_iterable(itertools.repeat(recorded, _OFTEN)))
    return Sample(file=file, size=_words(recorded) * _OFTEN / _WORDS)


def _words(told: Iterable[Told]) -> int:
    return sum(len(each["text"].split()) for each in told)


def _recorded() -> Iterator[Told]:
    """Entries of the recorded feeds, in English and as long as an article."""
    for body in bodies():
        with contextlib.suppress(ParseError):
            for entry in parse(body, content_type=None, url=FEED).entries:
                if len(entry.text.split()) >= _LONG and detect(entry.text) == "en":
                    yield {
                        "id": entry.url,
                        "title": entry.title,
                        "text": entry.text,
                        "published": "2026-02-10",
                    }


def _apart(corpus: Corpus) -> tuple[list[Told], list[Told]]:
    """The short articles that match a rule, and the others."""
    news, out = corpus.folder / "news.jsonl", corpus.folder / "apart"
    write(news, corpus.news())
    run(*MONITOR, "match", news, out=out)
    telling: list[Told] = []
    silent: list[Told] = []
    with news.open(encoding="utf-8") as short, out.open(encoding="utf-8") as said:
        for told, line in zip(short, said, strict=True):
            (telling if json.loads(line)["matches"] else silent).append(json.loads(told))
    return telling, silent


@dataclass(frozen=True, kw_only=True)
class _Maker:
    """Makes long articles of short ones and of running text."""

    corpus: Corpus
    telling: Sequence[Told]
    silent: Sequence[Told]
    recorded: Sequence[Told]

    def __call__(self, share: float, words: int, *, reports: bool = False) -> Sample:
        """So many of them as there is running text for; `reports`: they are made of reports alone."""
        file = self.corpus.folder / f"long-{share}-{words}{'-reports' if reports else ''}.jsonl"
        size = write(file, itertools.islice(self._long(share, words, reports=reports), _ARTICLES))
        return Sample(file=file, size=size)

    def naively(self, *, reports: bool = False) -> Sequence[Told]:
        """For the naive way; whether they tell something is the same to it."""
        return list(itertools.islice(self._long(0, _WORDS, reports=reports), _NAIVELY))

    def _long(self, share: float, words: int, *, reports: bool) -> Iterator[Told]:
        tell, fill = _drawn(self.telling), _drawn(self.silent)
        texts = fill if reports or not self.recorded else iter(self.recorded)
        rest = (word for told in texts for word in _text(told).split())
        for number in itertools.count():
            tells = share and int((number + 1) * share) > int(number * share)
            head = next(tell if tells else fill)
            own = _text(head).split()
            while tells and len(own) < words // 2:
                own += _text(next(tell)).split()
            own += itertools.islice(rest, max(0, words - len(own)))
            if len(own) < words:
                return
            yield {**head, "id": str(number), "text": " ".join(own[:words])}


def _drawn(articles: Sequence[Told]) -> Iterator[Told]:
    """All of them at random, and then all again, without end."""
    draw = random.Random(SEED)  # noqa: S311 - a sample, no secret
    while articles:
        yield from draw.sample(articles, len(articles))


def _text(told: Told) -> str:
    text = (told.get("text") or told.get("title") or "").strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."

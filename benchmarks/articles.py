"""Whole articles, and what they cost by their length and by how many of them tell something.

The articles are made of short ones: one that matches a rule stands at the head of each that tells something, the rest
is filled up with such as match none, none of them twice where there are enough. So each is news of many kinds in one,
and names far more than an article does; beside them stand such as feeds bring.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import random
import statistics
from collections.abc import Iterable, Iterator, Sequence

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
_ARTICLES = 2_000
_LONG = 250  # words
_OFTEN = 5  # entries of feeds, each: once is too short to measure
_NAIVELY = 300  # each takes the naive way a tenth of a second


def measure(corpus: Corpus) -> list[Row]:
    """By share and by length."""
    telling, silent = _apart(corpus)
    recorded = list(_recorded())
    random.Random(SEED).shuffle(recorded)  # noqa: S311 - a sample, no secret
    by_share = {
        f"{share:.0%}": _made(corpus, telling, silent, share=share, words=_WORDS) for share in _SHARES
    }
    by_length = {
        f"{words} words": _made(corpus, telling, silent, share=_SHARE, words=words) for words in _LENGTHS
    }
    of_feeds = {"of feeds": _every(corpus, recorded)} if recorded else {}
    naively = {"naive": _naive_pieces(corpus, silent)}
    if recorded:
        some = recorded[:_NAIVELY]
        naively["naive, of feeds"] = pieces(some, corpus.folder / "naive-feeds", size=_words(some) / _WORDS)
    spent = in_turn(corpus, ours={**by_share, **by_length, **of_feeds}, naively=naively)
    middle = {name: statistics.median(each) * 1000 for name, each in spent.items()}
    rows = [
        Row(
            what=f"articles of {_WORDS} words, {at} tell something, CPU an article",
            ours=f"{middle[at]:.2f} ms",
            against=f"naive way {middle['naive']:.0f} ms",
            ratio=ratio(spent["naive"], spent[at]),
            aim=aim,
            point=Point(picture="share", at=at, value=middle[at]),
        )
        for at, aim in zip(by_share, _SHARES.values(), strict=True)
    ]
    rows += [
        Row(
            what=f"{len(recorded)} long entries of recorded feeds as they stand, CPU for {_WORDS} words",
            ours=f"{middle[at]:.2f} ms",
            against=f"naive way {middle['naive, of feeds']:.0f} ms",
            ratio=ratio(spent["naive, of feeds"], spent[at]),
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


def _made(
    corpus: Corpus, telling: Sequence[Told], silent: Sequence[Told], *, share: float, words: int
) -> Sample:
    file = corpus.folder / f"long-{share}-{words}.jsonl"
    size = write(file, itertools.islice(_long(telling, silent, share=share, words=words), _ARTICLES))
    return Sample(file=file, size=size)


def _naive_pieces(corpus: Corpus, silent: Sequence[Told]) -> Sequence[Sample]:
    """For the naive way; whether they tell something is the same to it."""
    long = list(itertools.islice(_long((), silent, share=0, words=_WORDS), _NAIVELY))
    return pieces(long, corpus.folder / "naive-long")


def _long(telling: Sequence[Told], silent: Sequence[Told], *, share: float, words: int) -> Iterator[Told]:
    """Articles without end, every so many of them with one of `telling` at its head."""
    tell, fill = _drawn(telling), _drawn(silent)
    for number in itertools.count():
        tells = share and int((number + 1) * share) > int(number * share)
        parts = [next(tell if tells else fill)]
        while sum(len(_text(part).split()) for part in parts) < words:
            parts.append(next(fill))
        cut = " ".join(_text(part) for part in parts).split(" ")[:words]
        yield {**parts[0], "id": str(number), "text": " ".join(cut)}


def _drawn(articles: Sequence[Told]) -> Iterator[Told]:
    """All of them at random, and then all again, without end."""
    draw = random.Random(SEED)  # noqa: S311 - a sample, no secret
    while articles:
        yield from draw.sample(articles, len(articles))


def _text(told: Told) -> str:
    text = (told.get("text") or told.get("title") or "").strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."

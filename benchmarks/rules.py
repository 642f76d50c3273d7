"""Ten thousand generated rules: how long they take to load, and what an article costs under them.

The naive way reads the same files with PyYAML's own loader, and asks every rule of every article by a list of
regular expressions, one a term.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from benchmarks.corpus import SEED, Corpus
from benchmarks.process import PYTHON, run
from benchmarks.table import Point, Row, times
from monitor import resources
from monitor.matching.load import load_pack
from monitor.model import Kind, Vocabulary

RULES = 10_000
_ARTICLES = 400  # a rate does not want more
_NAIVELY = 20  # articles that the naive way is given: each takes it a fifth of a second
_FILE = """\
id: generated-{number}
title: Generated rule {number}
level: {level}
status: stable
when:
  actor: {actor}
  action: {action}
  object: {object}
unless:
  - {{mentions: {mentions}}}
examples:
  match:
    - text: Sentence {number}, which nobody runs.
  ignore:
    - {{text: Another one., because: actor}}
"""


def measure(corpus: Corpus) -> list[Row]:
    """Load time, and CPU time an article, of both ways."""
    folder = corpus.folder / "rules"
    _generate(folder, load_pack([resources.path("rules")]).vocabulary)
    articles = corpus.folder / "some.jsonl"
    with corpus.sample.open(encoding="utf-8") as lines:
        articles.write_text("".join(itertools.islice(lines, _ARTICLES)), encoding="utf-8")
    script = str(Path(__file__))
    out = corpus.folder / "rules.out"
    usage = run(*PYTHON, script, "ours", folder, articles, out=out)
    ours: dict[str, float] = json.loads(out.read_text(encoding="utf-8"))
    bare = folder.with_name("no-rules")
    bare.mkdir()
    run(*PYTHON, script, "ours", bare, articles, out=out)
    shipped: dict[str, float] = json.loads(out.read_text(encoding="utf-8"))
    run(*PYTHON, script, "naive", folder, articles, out=out)
    naive: dict[str, float] = json.loads(out.read_text(encoding="utf-8"))
    return [
        Row(
            what=f"loading {RULES:,} generated rules, a file each, CPU",
            ours=f"{ours['load']:.1f} s",
            against=f"yaml.safe_load alone {naive['load']:.1f} s",
            ratio=times(naive["load"], ours["load"]),
            aim="5 s",
        ),
        Row(
            what=f"one article under {RULES:,} rules, CPU",
            ours=f"{ours['article'] * 1000:.2f} ms",
            against=f"a regular expression a term {naive['article'] * 1000:,.0f} ms",
            ratio=times(naive["article"], ours["article"]),
            aim="50 ms",
        ),
        Row(
            what="the same against the shipped rules alone, ours both",
            ours=f"{ours['article'] * 1000:.2f} ms",
            against=f"shipped {shipped['article'] * 1000:.2f} ms",
            ratio=times(ours["article"], shipped["article"]),
            aim="2x at most",
            point=Point(picture="rules", at=f"{RULES:,} more", value=ours["article"] * 1000),
        ),
        Row(
            what="one article under the shipped rules, CPU",
            ours=f"{shipped['article'] * 1000:.2f} ms",
            point=Point(picture="rules", at="shipped", value=shipped["article"] * 1000),
        ),
        Row(what=f"memory with {RULES:,} rules, at most", ours=f"{usage.peak / 2**20:,.0f} MB"),
    ]


def _generate(folder: Path, vocabulary: Vocabulary) -> None:
    """Rules of entries and lists drawn from the shipped vocabulary."""
    draw = random.Random(SEED)  # noqa: S311 - a sample, no secret
    names = {kind: _names(vocabulary, kind) for kind in Kind}
    for number in range(RULES):
        path = folder / str(number // 1000) / f"{number}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        chosen = {kind: draw.choice(names[kind]) for kind in Kind}
        level = draw.choice(("low", "medium", "high"))
        path.write_text(
            _FILE.format(
                number=number,
                level=level,
                actor=chosen[Kind.ACTOR],
                action=chosen[Kind.ACTION],
                object=chosen[Kind.OBJECT],
                mentions=chosen[Kind.TOPIC],
            ),
            encoding="utf-8",
        )


def _names(vocabulary: Vocabulary, kind: Kind) -> list[str]:
    """Every list and every entry of one kind."""
    entities = vocabulary.entities
    lists = [name for name, slugs in vocabulary.lists.items() if slugs and entities[min(slugs)].kind is kind]
    return [*(f"${name}" for name in sorted(lists)), *sorted(s for s in entities if entities[s].kind is kind)]


def ours(folder: Path, articles: Path) -> dict[str, float]:
    """Seconds to load the rules, and seconds an article takes."""
    from monitor.archive import article, records  # noqa: PLC0415 - what one side loads, the other need not
    from monitor.extraction.extractor import Extractor  # noqa: PLC0415 - same
    from monitor.matching.judge import RuleIndex, judge  # noqa: PLC0415 - same
    from monitor.model import Article  # noqa: PLC0415 - same

    shipped = resources.path("rules")
    began = time.process_time()
    load_pack([shipped])
    apart = time.process_time() - began
    began = time.process_time()
    pack = load_pack([shipped, folder])
    load = time.process_time() - began - apart
    now = dt.datetime.now(dt.UTC)
    with articles.open(encoding="utf-8") as file:
        read: list[Article] = [article(record, now=now) for record in records(file, name=str(articles))]
    extractor = Extractor(pack.vocabulary, pack.needs)
    index = RuleIndex.of(pack.rules)
    extractor.read(read[:8])  # the model is loaded once
    began = time.process_time()
    for reading in extractor.read(read):
        judge(reading, index)
    return {"load": load, "article": (time.process_time() - began) / len(read)}


def naive(folder: Path, articles: Path) -> dict[str, float]:
    """The same, with the tools at hand."""
    vocabulary = load_pack([resources.path("rules")]).vocabulary
    began = time.process_time()
    rules = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.yml"))]
    load = time.process_time() - began
    terms = {slug: [each.text for each in entity.terms] for slug, entity in vocabulary.entities.items()}
    patterns = {slug: re.compile(_any(listed), re.IGNORECASE) for slug, listed in terms.items()}
    asked = [_asked(rule["when"], vocabulary) for rule in rules]
    texts = list(itertools.islice(_texts(articles), _NAIVELY))
    began = time.process_time()
    for text in texts:
        for parts in asked:
            all(any(patterns[slug].search(text) for slug in part) for part in parts)
    return {"load": load, "article": (time.process_time() - began) / len(texts)}


def _any(terms: Sequence[str]) -> str:
    return rf"\b(?:{'|'.join(map(re.escape, terms))})\b"


def _asked(when: dict[str, str], vocabulary: Vocabulary) -> list[list[str]]:
    return [sorted(vocabulary.lists[name[1:]]) if name.startswith("$") else [name] for name in when.values()]


def _texts(articles: Path) -> Iterator[str]:
    with articles.open(encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            yield f"{told.get('title') or ''}\n{told.get('text') or ''}"


if __name__ == "__main__":
    way, rules_folder, file = sys.argv[1:]
    print(json.dumps({"ours": ours, "naive": naive}[way](Path(rules_folder), Path(file))))

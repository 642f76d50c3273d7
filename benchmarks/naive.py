"""The naive way, as a script: spaCy's default pipeline over every whole article, and a PhraseMatcher of all terms.

Takes JSON lines on stdin, tells of each of the first at once whether it names anything of the vocabulary, and of the
rest how many do.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterable, Iterator

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher

from monitor import resources
from monitor.extraction.nlp import DEFAULT_MODEL
from monitor.matching.load import load_pack


def main(first: int) -> None:
    """Load the model as it is shipped, and run it over every article; `first`: answered one by one."""
    nlp = spacy.load(DEFAULT_MODEL)
    matcher = _matcher(nlp)
    texts = _texts(sys.stdin)
    for text in itertools.islice(texts, first):
        print(bool(matcher(nlp(text))), flush=True)
    print(sum(bool(matcher(doc)) for doc in nlp.pipe(texts)))


def _matcher(nlp: Language) -> PhraseMatcher:
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for slug, entity in load_pack([resources.path("rules")]).vocabulary.entities.items():
        matcher.add(slug, [nlp.make_doc(term.text) for term in entity.terms])
    return matcher


def _texts(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        told = json.loads(line)
        yield f"{told.get('title') or ''}\n{told.get('text') or ''}"


if __name__ == "__main__":
    main(int(sys.argv[1]))

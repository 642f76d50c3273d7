"""The naive way, as a script: spaCy's default pipeline over every whole article, and a PhraseMatcher of all terms.

Takes a file of JSON lines, prints how many articles name anything of the vocabulary.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher

from monitor import resources
from monitor.extraction.nlp import DEFAULT_MODEL
from monitor.matching.load import load_pack


def main(file: Path) -> None:
    """Load the model as it is shipped, and run it over every article."""
    nlp = spacy.load(DEFAULT_MODEL)
    matcher = _matcher(nlp)
    print(sum(bool(matcher(doc)) for doc in nlp.pipe(_texts(file))))


def _matcher(nlp: Language) -> PhraseMatcher:
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for slug, entity in load_pack([resources.path("rules")]).vocabulary.entities.items():
        matcher.add(slug, [nlp.make_doc(term.text) for term in entity.terms])
    return matcher


def _texts(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            yield f"{told.get('title') or ''}\n{told.get('text') or ''}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))

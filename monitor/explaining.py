"""A rule tried on a text, told in words: one way for the command and the pages."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from monitor.extraction.extractor import Extractor
from monitor.matching import telling
from monitor.matching.explain import explain
from monitor.matching.load import Pack
from monitor.matching.rule import Rule
from monitor.matching.telling import Line, Names
from monitor.model import Article


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What became of one text under one rule."""

    fires: bool
    tree: Line
    advice: str
    values: dict[str, Any]  # the same for programs


class Explainer:
    """Explains the rules of one pack; the model is loaded at the first text."""

    def __init__(self, pack: Pack, *, model: str) -> None:
        self._pack = pack
        self._model = model
        self._lock = threading.Lock()  # one text at a time: the reader is not made for more

    def explain(self, rule: Rule, article: Article, *, every: bool = False) -> Explained:
        """Every condition of the rule on the article; `every` alternative, else the nearest alone."""
        with self._lock:
            (reading,) = self._reader.read([article])
        said = explain(rule, reading)
        lists = self._pack.vocabulary.lists
        names = Names.of(rule, lists=lists, shared=self._pack.guards)
        text = " ".join(part for part in (article.title, article.text) if part)
        return Explained(
            fires=said.match is not None,
            tree=telling.tree(rule.id, said, text, names, every=every),
            advice=telling.advice(said, names),
            values=telling.values(said, lists),
        )

    @cached_property
    def _reader(self) -> Extractor:
        # Ungated: the matches are the same, and a sentence that the gate would drop still says what it lacks.
        return Extractor(self._pack.vocabulary, [], model=self._model, gated=False)


def typed(text: str, *, title: str = "", published: dt.datetime | None, now: dt.datetime) -> Article:
    """The article that somebody typed, published now unless it is said when."""
    return Article(
        id="text",
        feed="",
        key="text",
        url="",
        title=title,
        text=text,
        published=published or now,
        fetched=now,
    )

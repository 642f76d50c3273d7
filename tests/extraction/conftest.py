"""One reader for all tables of sentences: the shipped vocabulary, the model, no gate."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from builders import NOW, article
from hypothesis import settings

from monitor import resources
from monitor.extraction.extractor import Extractor
from monitor.matching.load import load_pack
from monitor.model import Event, Vocabulary

# The first call of many functions here builds a table or loads a model; how long a case takes says nothing.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_pack([resources.path("rules")]).vocabulary


@pytest.fixture(scope="session")
def reader(vocabulary: Vocabulary) -> Extractor:
    return Extractor(vocabulary, (), gated=False)


@pytest.fixture(scope="session")
def told(reader: Extractor) -> Callable[..., Event]:
    """`told(trigger, text, title=...)`: the event of an article that the trigger's words tell."""

    def read(trigger: str, text: str = "", *, title: str = "") -> Event:
        (reading,) = reader.read([article(title=title, text=text, published=NOW)])
        found = [event for event in reading.events if event.action.span.text == trigger]
        assert found, f"no event {trigger!r} among {[event.action.span.text for event in reading.events]}"
        # One verb may stand for several actions; the richest of its events is the one meant.
        return max(found, key=lambda event: (len(event.objects), len(event.recipients)))

    return read

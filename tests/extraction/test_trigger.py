"""Which words that a list knows as deeds are deeds where they stand."""

from __future__ import annotations

import pytest
from builders import NOW, article

from monitor.extraction.extractor import Extractor

pytestmark = pytest.mark.model


def deeds(reader: Extractor, *, title: str = "", text: str = "") -> set[str]:
    """The words of all deeds that are read in it."""
    (reading,) = reader.read([article(title=title, text=text, published=NOW)])
    return {event.action.span.text for event in reading.events}


@pytest.mark.parametrize(
    ("title", "text", "word"),
    [
        ("Kim Jong Un puts on the pounds, Seoul says", "", "pounds"),
        ("Envoys of 11 states meet on North Korea", "", "states"),
        ("", "The strait is 19 kilometres wide at its narrowest point, Japan said.", "point"),
        ("", "South Korea's trade ministry spoke of trust between the two countries.", "trade"),
        ("", "China is ahead after five years of land reclamation in the South China Sea.", "land"),
        ("", "A Chinese helicopter flew into the airspace after taking off from a ship.", "taking"),
        ("", "Chinese and Russian bombers carried out a patrol.", "carried"),
        ("", "North Korean loudspeakers told people to get inside any building.", "building"),
        ("", "China keeps its nuclear arsenal small, a spokesman in Beijing added.", "added"),
        ("", "Japan, which calls the islets Takeshima, lodged a protest.", "calls"),
        ("China parades its submarine-launched missile", "", "launched"),
    ],
)
def test_a_noun_a_phrasal_verb_and_a_word_of_telling_are_no_deeds(
    reader: Extractor, title: str, text: str, word: str
) -> None:
    assert word not in deeds(reader, title=title, text=text)


@pytest.mark.parametrize(
    ("title", "text", "word"),
    [
        ("North Korea pounds border island with shells", "", "pounds"),
        ("", "North Korean artillery pounds the island.", "pounds"),
        ("", "The transfer of 250 launchers to the front was shown in Pyongyang.", "transfer"),
        ("", "China's attack on the Philippine boat was filmed.", "attack"),
        ("", "China has taken a reef off the Philippine coast.", "taken"),
        ("", "China's building of islands in the South China Sea goes on.", "building"),
        ("", "China added 100 warheads to its arsenal, the Pentagon said.", "added"),
        ("", "North Korea fired off three missiles.", "fired"),
    ],
)
def test_the_same_words_are_deeds_where_they_do_something(
    reader: Extractor, title: str, text: str, word: str
) -> None:
    assert word in {part for deed in deeds(reader, title=title, text=text) for part in deed.split()}

"""Plain headlines of the events that must never be missed, in every combination of who, what was done and with what.

A list that knows a word in one sense only, or a longer name that hides a shorter one, shows here at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml
from builders import NOW, article

from monitor import resources
from monitor.extraction.extractor import Extractor
from monitor.matching.judge import RuleIndex, judge
from monitor.matching.load import load_pack

Rules = Callable[[Sequence[str]], list[set[str]]]
_LAUNCHERS = ("North Korea", "N. Korea", "Pyongyang", "Kim Jong Un", "DPRK")
_LAUNCHES = (
    *("fires", "launches", "test-fires", "tests", "test launches", "shoots", "fired", "has fired"),
    *("conducts test of", "carries out launch of", "unleashes"),
)
_SAID_OF_IT = ("", "new ", "suspected ", "two ")
_MISSILES = (
    *(
        "ballistic missile",
        "cruise missile",
        "hypersonic missile",
        "short-range ballistic missiles",
        "ICBM",
        "SLBM",
    ),
    *(
        "long-range missile",
        "anti-aircraft missile",
        "strategic cruise missile",
        "tactical missile",
        "guided missile",
    ),
    *("unidentified projectile", "rocket artillery", "Hwasong-18", "intermediate-range ballistic missile"),
    *(
        "nuclear-capable missile",
        "surface-to-air missile",
        "spy satellite",
        "long-range rocket",
        "solid-fuel ICBM",
    ),
)
_FLIGHTS = (
    *(
        "passed above Hokkaido",
        "went over Japan",
        "traversed Japan's airspace",
        "crossed Hokkaido",
        "arced over Japan",
    ),
    *("came down in the Sea of Japan", "landed off Wonsan", "splashed down in the Pacific", "struck the sea"),
    *("hit the water off Aomori", "ended up in the Pacific", "was seen falling into the sea"),
    *(
        "lifted off from Sunan",
        "blasted off from a site near Pyongyang",
        "left its pad at Sohae",
        "climbed to 6,000 km",
    ),
    *(
        "covered 1,000 km before falling into the sea",
        "triggered alerts in Hokkaido",
        "set off sirens in Okinawa",
    ),
    *(
        "sent residents of Aomori to shelters",
        "exploded over the sea shortly after launch",
        "broke apart in flight",
    ),
)
_TOLD = (
    "A North Korean missile {} on Tuesday, Tokyo said.",
    "Tokyo says a missile from North Korea {} early on Tuesday.",
    "Two ballistic missiles from North Korea {} at dawn, the Joint Chiefs of Staff said.",
)
_INTRUDERS = (
    *("Chinese jets", "Russian bombers", "PLA aircraft", "Chinese warplanes", "Chinese military aircraft"),
    *("Chinese spy plane", "Russian military planes", "Chinese drones"),
)
_INTRUSIONS = ("enter", "violate", "cross into", "intrude into", "breach", "fly into", "entered")
_ZONES = (
    *("Taiwan's air defence zone", "Taiwan's ADIZ", "South Korea's air defence identification zone", "KADIZ"),
    *("Japanese airspace", "South Korean airspace"),
)

PLAIN = yaml.safe_load((Path(__file__).parent / "data/quality/plain.yml").read_text(encoding="utf-8"))

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def matched() -> Rules:
    """`matched(titles)`: the rules that match each; what ends in a full stop is told in a text."""
    pack = load_pack([resources.path("rules")])
    reader, index = Extractor(pack.vocabulary, pack.needs, misses=False), RuleIndex.of(pack.rules)

    def rules(titles: Sequence[str]) -> list[set[str]]:
        told = [("", each) if each.endswith(".") else (each, "") for each in titles]
        readings = reader.read([article(title=title, text=text, published=NOW) for title, text in told])
        return [{match.rule for match in judge(each, index, misses=False).matches} for each in readings]

    return rules


def test_every_missile_that_north_korea_launches_is_found(matched: Rules) -> None:
    titles = [
        *(
            f"North Korea {did} {such}{thing}"
            for did, such, thing in itertools.product(_LAUNCHES, _SAID_OF_IT, _MISSILES)
        ),
        *(f"{who} {did} ballistic missile" for who, did in itertools.product(_LAUNCHERS, _LAUNCHES)),
    ]
    missed = [
        t for t, rules in zip(titles, matched(titles), strict=True) if "dprk-missile-launch" not in rules
    ]
    assert missed == []


def test_every_way_in_which_a_missile_flies_is_a_launch(matched: Rules) -> None:
    told = [frame.format(flight) for frame, flight in itertools.product(_TOLD, _FLIGHTS)]
    missed = [t for t, rules in zip(told, matched(told), strict=True) if "dprk-missile-launch" not in rules]
    assert missed == []


@pytest.mark.parametrize("rule", PLAIN)
def test_plain_news_of_an_indicator_is_found_as_headline_and_as_sentence(matched: Rules, rule: str) -> None:
    def missed(told: Sequence[str]) -> set[str]:
        sentences = [f"{each}{PLAIN[rule]['teller']}" for each in told]
        found = zip([*told, *told], matched([*told, *sentences]), strict=True)
        return {each for each, rules in found if rule not in rules}

    assert missed(PLAIN[rule]["found"]) == set()
    known = PLAIN[rule].get("missed", [])
    assert missed(known) == set(known), "what is found now belongs to `found`"


def test_the_same_launches_by_others_are_not_north_koreas(matched: Rules) -> None:
    titles = [
        f"{who} {did} {thing}"
        for who, did, thing in itertools.product(("India", "Iran", "South Korea"), _LAUNCHES, _MISSILES)
        if thing != "Hwasong-18"
    ]
    false = [t for t, rules in zip(titles, matched(titles), strict=True) if "dprk-missile-launch" in rules]
    assert false == []


def test_every_aircraft_that_enters_a_zone_is_found(matched: Rules) -> None:
    titles = [" ".join(words) for words in itertools.product(_INTRUDERS, _INTRUSIONS, _ZONES)]
    missed = [t for t, rules in zip(titles, matched(titles), strict=True) if "adiz-incursion" not in rules]
    assert missed == []

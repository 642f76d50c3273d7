"""Plain headlines of the events that must never be missed, in every combination of who, what was done and with what.

A list that knows a word in one sense only, or a longer name that hides a shorter one, shows here at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import pytest
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
_INTRUDERS = (
    *("Chinese jets", "Russian bombers", "PLA aircraft", "Chinese warplanes", "Chinese military aircraft"),
    *("Chinese spy plane", "Russian military planes", "Chinese drones"),
)
_INTRUSIONS = ("enter", "violate", "cross into", "intrude into", "breach", "fly into", "entered")
_ZONES = (
    *("Taiwan's air defence zone", "Taiwan's ADIZ", "South Korea's air defence identification zone", "KADIZ"),
    *("Japanese airspace", "South Korean airspace"),
)

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def matched() -> Rules:
    """`matched(titles)`: the rules that match each."""
    pack = load_pack([resources.path("rules")])
    reader, index = Extractor(pack.vocabulary, pack.needs, misses=False), RuleIndex.of(pack.rules)

    def rules(titles: Sequence[str]) -> list[set[str]]:
        readings = reader.read([article(title=title, text="", published=NOW) for title in titles])
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

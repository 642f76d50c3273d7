from __future__ import annotations

import pytest

from monitor.matching.inflect import noun_forms, verb_forms


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("launch", "launch launches launched launching"),
        ("fire", "fire fires fired firing"),
        ("test", "test tests tested testing"),
        ("deploy", "deploy deploys deployed deploying"),
        ("fortify", "fortify fortifies fortified fortifying"),
        ("harass", "harass harasses harassed harassing"),
        ("guarantee", "guarantee guarantees guaranteed guaranteeing"),
        ("ban", "ban bans banned banning"),
        ("patrol", "patrol patrols patrolled patrolling"),
        ("expel", "expel expels expelled expelling"),
        ("enter", "enter enters entered entering"),
        ("target", "target targets targeted targeting"),
        ("traffic", "traffic traffics trafficked trafficking"),
        ("veto", "veto vetoes vetoed vetoing"),
        ("torpedo", "torpedo torpedoes torpedoed torpedoing"),
        ("fly", "fly flies flew flown flying"),
        ("overfly", "overfly overflies overflew overflown overflying"),
        ("shoot", "shoot shoots shot shooting"),
        ("strike", "strike strikes struck stricken striking"),
        ("sink", "sink sinks sank sunk sinking"),
        ("cut", "cut cuts cutting"),
        ("sortie", "sortie sorties sortied sortieing"),
    ],
)
def test_a_verb_has_its_forms(verb: str, forms: str) -> None:
    assert sorted(verb_forms(verb)) == sorted(forms.split())


def test_a_verb_that_two_countries_spell_in_two_ways_has_both() -> None:
    assert {"refueled", "refuelled", "refueling", "refuelling"} < set(verb_forms("refuel"))


@pytest.mark.parametrize(
    ("phrase", "form"),
    [
        ("shoot down", "shot down"),
        ("carry out a test", "carried out a test"),
        ("test-fire", "test-fired"),
        ("re-enter", "re-entered"),
        ("cut off", "cutting off"),
    ],
)
def test_of_a_phrase_the_first_word_takes_the_ending(phrase: str, form: str) -> None:
    assert form in verb_forms(phrase)
    assert phrase in verb_forms(phrase)


@pytest.mark.parametrize(
    ("noun", "plural"),
    [
        ("missile", "missiles"),
        ("battery", "batteries"),
        ("convoy", "convoys"),
        ("launch", "launches"),
        ("torpedo", "torpedoes"),
        ("arms embargo", "arms embargoes"),
        ("radio", "radios"),
        ("logo", "logos"),
        ("virus", "viruses"),
        ("crisis", "crises"),
        ("serviceman", "servicemen"),
        ("human", "humans"),
        ("specimen", "specimens"),
        ("Type 055 destroyer", "Type 055 destroyers"),
        ("J-16", "J-16s"),
        ("Tu-95", "Tu-95s"),
    ],
)
def test_a_noun_has_its_plural(noun: str, plural: str) -> None:
    assert noun_forms([noun]) == [noun, plural]


@pytest.mark.parametrize("phrase", ["views of Japan", "trade with the North", "troops in South Korea"])
def test_a_name_that_a_preposition_brings_in_has_no_plural(phrase: str) -> None:
    assert noun_forms([phrase]) == [phrase]


@pytest.mark.parametrize("noun", ["sanctions", "aircraft", "fishermen", "shelling", "央行"])
def test_what_has_no_plural_is_left_alone(noun: str) -> None:
    assert noun_forms([noun]) == [noun]

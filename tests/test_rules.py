"""The shipped rules: sound, tested by their own examples, and every list of the vocabulary is there for something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from monitor import examples
from monitor.examples import Outcome
from monitor.extraction.extractor import Extractor
from monitor.matching import source
from monitor.matching.guards import GUARDS, GuardsFile
from monitor.matching.load import VOCABULARY, Pack, load_pack, rule_files
from monitor.matching.rule import ConditionFile, Rule, RuleFile
from monitor.matching.vocabulary import VocabularyFile
from monitor.model import Kind

FOLDER = Path(__file__).parents[1] / "rules"
FILES = {path.stem: path for path in rule_files(FOLDER) if path.parent.name != "over-time"}
FEWEST_MATCH, FEWEST_IGNORE, FEWEST_REASONS = 6, 8, 3
# Lists that no rule names, and what they are there for all the same.
UNNAMED: Mapping[str, str] = {"textbook": "named by a rule over time"}
# Wikidata ids that several entries bear, and why.
SHARED: Mapping[str, str] = {}

pytestmark = pytest.mark.xdist_group("rules")  # one process, so that the model is loaded once


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack([FOLDER])


@pytest.fixture(scope="module")
def rules(pack: Pack) -> Mapping[str, Rule]:
    return {rule.id: rule for rule in pack.rules}


@pytest.fixture(scope="module")
def outcomes(pack: Pack) -> Sequence[Outcome]:
    """Every example of every rule; ungated, so that a silent rule says what it lacks."""
    return examples.run(pack.rules, Extractor(pack.vocabulary, pack.needs, gated=False))


def written() -> list[RuleFile]:
    return [RuleFile.model_validate(source.read(path).value) for path in FILES.values()]


def lists() -> list[VocabularyFile]:
    paths = source.files(FOLDER / VOCABULARY)
    return [VocabularyFile.model_validate(source.read(path).value) for path in paths]


# --- rules -------------------------------------------------------------------------------------------


def test_every_rule_lies_in_a_file_of_its_name(rules: Mapping[str, Rule]) -> None:
    assert set(rules) == set(FILES)


@pytest.mark.model
@pytest.mark.parametrize("name", FILES)
def test_it_holds_on_its_own_examples(name: str, outcomes: Sequence[Outcome]) -> None:
    assert [
        f"{each.where}: {each.wrong}: {each.text}" for each in outcomes if each.rule == name and each.wrong
    ] == []


@pytest.mark.parametrize("name", FILES)
def test_it_carries_enough_examples(name: str, rules: Mapping[str, Rule]) -> None:
    told = [each for each in rules[name].examples if not each.known_miss]
    silent = [each for each in told if each.because]
    assert len(told) - len(silent) >= FEWEST_MATCH
    assert len(silent) >= FEWEST_IGNORE
    again = [text for text, times in Counter((each.title, each.text) for each in told).items() if times > 1]
    assert again == []


@pytest.mark.parametrize("name", FILES)
def test_its_silences_are_of_several_kinds(name: str, rules: Mapping[str, Rule]) -> None:
    assert len({each.because for each in rules[name].examples if each.because}) >= FEWEST_REASONS


@pytest.mark.parametrize("name", FILES)
def test_it_says_what_it_is_for(name: str, rules: Mapping[str, Rule]) -> None:
    rule = rules[name]
    assert rule.reference
    assert len(rule.about) >= 40
    assert rule.tags


def test_rules_opt_out_only_of_guards_that_there_are(pack: Pack) -> None:
    out = {file.id: set(file.without) for file in written() if file.without}
    assert set().union(*out.values()) <= set(pack.guards)


# --- lists -------------------------------------------------------------------------------------------


def names_in(rule: RuleFile) -> set[str]:
    """Every list and entry that the rule names."""
    return names_of([rule.when, *rule.when.any, *rule.unless, *rule.alert.raise_to.values()])


def names_in_guards() -> set[str]:
    """Every list and entry that the shared guards name."""
    guards = GuardsFile.model_validate(source.read(FOLDER / GUARDS).value).guards
    return names_of([condition for guard in guards.values() for condition in guard.unless])


def names_of(conditions: list[ConditionFile]) -> set[str]:
    roles = ("actor", "together", "action", "object", "recipient", "place", "mentions", "topic")
    return {name for each in conditions for role in roles for name in getattr(each, role)}


def test_every_list_is_there_for_something() -> None:
    """Actors and places are also there for those who filter by them, and for the names in alerts."""
    named = names_in_guards().union(*map(names_in, written()))
    included = {name for each in lists() for name in each.includes}
    idle = [
        each.name
        for each in lists()
        if each.kind not in {Kind.ACTOR, Kind.PLACE}
        and each.name not in included
        and f"${each.name}" not in named
        and named.isdisjoint(entry.slug for entry in each.entries)
    ]
    assert sorted(idle) == sorted(UNNAMED)


def test_every_list_lies_in_a_file_of_its_name_in_the_folder_of_its_kind() -> None:
    found = [path.relative_to(FOLDER / VOCABULARY) for path in source.files(FOLDER / VOCABULARY)]
    assert [str(path) for path in found] == [f"{each.kind}s/{each.name}.yml" for each in lists()]


def test_a_wikidata_id_stands_for_one_entry() -> None:
    """An id that is copied to a second entry makes two things one for whoever joins by it."""
    bearers = Counter(entry.wikidata for each in lists() for entry in each.entries if entry.wikidata)
    assert sorted(item for item, times in bearers.items() if times > 1) == sorted(SHARED)

from __future__ import annotations

import datetime as dt

import pytest
from rulefolder import RuleFolder

from monitor.matching.propose import Headline, broad, propose, propose_by_name, write
from monitor.model import Event, Mention, Reading, Span, Vocabulary


@pytest.fixture
def vocabulary(folder: RuleFolder) -> Vocabulary:
    folder.write("vocabulary/wide.yml", "list: wide\nkind: object\nabout: x\nincludes: [missiles]\n"
                 "entries: [{slug: boat, en: [boat]}]\n")  # fmt: skip
    return folder.load().vocabulary


def headline(text: str, vocabulary: Vocabulary, *slugs: str) -> Headline:
    """A headline whose one event has these entries as actor, action and object."""
    sentence = Span(field="title", start=0, end=len(text), text=text)
    actor, action, thing = (Mention(span=sentence, entity=vocabulary.entities[slug]) for slug in slugs)
    event = Event(
        action=action, sentence=sentence, actors=(actor,), objects=(thing,), date=dt.date(2026, 1, 6)
    )
    return Headline(text=text, reading=Reading(events=(event,), mentions=(actor, action, thing)))


def test_the_smallest_lists_that_cover_all_headlines_are_proposed(vocabulary: Vocabulary) -> None:
    told = [headline(text, vocabulary, "north-korea", "launch", text) for text in ("srbm", "icbm")]
    found = propose(told, vocabulary)
    assert found.conditions == {"actor": ["$dprk"], "action": ["$launches"], "object": ["$missiles"]}
    assert (found.fires_on, found.silent_on) == (("srbm", "icbm"), ())


def test_a_headline_without_an_event_becomes_a_known_miss(vocabulary: Vocabulary) -> None:
    told = [
        headline("a", vocabulary, "north-korea", "launch", "srbm"),
        Headline(text="b", reading=Reading()),
    ]
    found = propose(told, vocabulary)
    assert (found.fires_on, found.silent_on) == (("a",), ("b",))


def test_without_any_action_nothing_is_proposed(vocabulary: Vocabulary) -> None:
    assert propose([Headline(text="b", reading=Reading())], vocabulary).conditions == {}


def test_a_list_of_verbs_for_every_deed_is_told_of(folder: RuleFolder) -> None:
    verbs = ", ".join(
        f"{first}{middle}{last}"
        for first in "bdfghk"
        for middle in "aeiou"
        for last in ("lt", "rk", "nd", "mp", "st", "sk")
    )
    folder.write(
        "vocabulary/any.yml",
        f"list: any\nkind: action\nabout: x\nentries: [{{slug: do, verbs: [{verbs}]}}]\n",
    )
    vocabulary = folder.load().vocabulary
    found = propose([headline("a", vocabulary, "north-korea", "do", "srbm")], vocabulary)
    assert found.conditions["action"] == ["$any"]
    assert broad(found, vocabulary) == ["$any"]
    found = propose([headline("a", vocabulary, "north-korea", "launch", "srbm")], vocabulary)
    assert broad(found, vocabulary) == []


def test_a_name_names_lists_and_entries(vocabulary: Vocabulary) -> None:
    found = propose_by_name("DPRK launches: srbm", vocabulary)
    assert found.conditions == {"actor": ["$dprk"], "action": ["$launches"], "object": ["srbm"]}


@pytest.mark.parametrize(
    "text", ['He said "no": it\'s #1, {really} [so]', "\\ *x &y", "핵", "NO", "a: b", "\u2028"]
)
def test_what_is_written_is_a_rule_whatever_the_headline(
    folder: RuleFolder, vocabulary: Vocabulary, text: str
) -> None:
    found = propose([headline(text, vocabulary, "north-korea", "launch", "srbm")], vocabulary)
    rule = folder.rule(write(found, rule="launch", title=f"Title {text}"))
    assert (rule.status, [each.title for each in rule.examples]) == ("shadow", [text])

"""A first rule file from headlines or from nothing but a name: which lists cover what they tell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.matching.judge import holds, mentions_by_sentence
from monitor.matching.load import FIRES_ON
from monitor.matching.rule import Condition
from monitor.model import Event, Kind, Reading, Vocabulary

_ROLES = {"actor": Kind.ACTOR, "action": Kind.ACTION, "object": Kind.OBJECT}
_MOST_NAMES = 4  # under one key
_MANY_VERBS = 600  # of one word each, with all their inflections
_SKELETON = """\
  # Now the nearest things that are none, for these make the rule good:
  # ignore:
  #   - {text: The same deed by somebody else., because: actor}
  #   - {text: The same actor does the same to another thing., because: object}
  #   - {text: They could do it., because: hypothetical}
  #   - {text: They did it in August 2017., because: historical}
"""


@dataclass(frozen=True, kw_only=True)
class Headline:
    """One headline and what extraction found in it."""

    text: str
    reading: Reading


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The conditions proposed, as names of lists and entries by key, and how the headlines fare with them."""

    conditions: Mapping[str, Sequence[str]]  # empty without any action
    fires_on: tuple[str, ...]
    silent_on: tuple[str, ...]


def propose(headlines: Sequence[Headline], vocabulary: Vocabulary) -> Proposal:
    """The smallest lists that cover actor, action and object of the headlines' events."""
    told = [_told(headline.reading.events) for headline in headlines]
    words = re.findall(r"[a-z]+", " ".join(headline.text for headline in headlines).casefold())
    chosen = {
        role: _cover([each[role] for each in told if each[role]], kind, vocabulary, words=words)
        for role, kind in _ROLES.items()
    }
    return _proposal(chosen, headlines, vocabulary)


def propose_by_name(name: str, vocabulary: Vocabulary) -> Proposal:
    """The lists and entries that the words of an indicator's name name: dprk-missile-launch has three."""
    words = re.findall(r"[a-z0-9]+", name.casefold())
    parts = {
        "-".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)
    }
    known = [f"${part}" for part in sorted(parts) if vocabulary.lists.get(part)]
    known += [part for part in sorted(parts) if part in vocabulary.entities and f"${part}" not in known]
    chosen = {
        role: [each for each in known if _kind(each, vocabulary) is kind][:_MOST_NAMES]
        for role, kind in _ROLES.items()
    }
    return _proposal(chosen, (), vocabulary)


def broad(proposal: Proposal, vocabulary: Vocabulary) -> list[str]:
    """The lists under `action` that hold so many verbs that they say nothing of the deed."""
    return [
        name
        for name in proposal.conditions.get("action", ())
        if _verbs(vocabulary.lists.get(name.removeprefix("$"), frozenset()), vocabulary) > _MANY_VERBS
    ]


def _verbs(slugs: Iterable[str], vocabulary: Vocabulary) -> int:
    return sum(
        term.verb and " " not in term.text for slug in slugs for term in vocabulary.entities[slug].terms
    )


def write(proposal: Proposal, *, rule: str, title: str) -> str:
    """The proposal as a rule file in status shadow."""
    lines = [f"id: {rule}", f"title: {_quoted(title)}", "level: medium", "status: shadow  # stored, not sent"]
    lines += ["about: What counts, and what does not.", "when:"]
    lines += [f"  {key}: {_names(names)}" for key, names in proposal.conditions.items() if names]
    examples = _examples("match", proposal.fires_on) + _examples("known_misses", proposal.silent_on)
    lines += (
        ["examples:", *examples] if examples else ["# examples:", "#   match:", "#     - text: A sentence."]
    )
    return "\n".join(lines) + "\n" + _SKELETON


def _told(events: Iterable[Event]) -> dict[str, frozenset[str]]:
    """What one headline tells, by role."""
    events = list(events)
    return {
        "actor": frozenset(each.entity.slug for event in events for each in event.actors),
        "action": frozenset(event.action.entity.slug for event in events),
        "object": frozenset(each.entity.slug for event in events for each in event.objects),
    }


def _cover(
    wanted: Sequence[frozenset[str]], kind: Kind, vocabulary: Vocabulary, *, words: Sequence[str]
) -> list[str]:
    """Names of lists that meet all of the sets, those first that meet most.

    Of equals, one whose own name stands in the headlines; then one with more of the entries; then the smallest.
    """
    lists = {
        f"${name}": slugs
        for name, slugs in vocabulary.lists.items()
        if slugs and all(vocabulary.entities[slug].kind is kind for slug in slugs)
    }
    chosen: list[str] = []
    left = list(wanted)
    while left and lists and len(chosen) < _MOST_NAMES:
        every = frozenset().union(*left)
        best = min(
            lists,
            key=lambda name: (
                -_met(lists[name], left),
                -_named(name, words),
                -len(lists[name] & every),
                len(lists[name]),
                name,
            ),
        )
        if not _met(lists[best], left):
            break
        chosen.append(best)
        left = [each for each in left if each.isdisjoint(lists[best])]
    return chosen


def _met(slugs: frozenset[str], wanted: Iterable[frozenset[str]]) -> int:
    return sum(not each.isdisjoint(slugs) for each in wanted)


def _named(name: str, words: Sequence[str]) -> bool:
    """Whether each word of the list's name begins a word of the headlines."""
    return all(any(word.startswith(part) for word in words) for part in name[1:].split("-"))


def _proposal(
    chosen: Mapping[str, Sequence[str]], headlines: Sequence[Headline], vocabulary: Vocabulary
) -> Proposal:
    if not chosen["action"]:
        return Proposal(conditions={}, fires_on=(), silent_on=tuple(each.text for each in headlines))
    slugs = {role: _slugs(names, vocabulary) for role, names in chosen.items()}
    condition = Condition(status=FIRES_ON, **slugs)
    fires = {each.text: _fires(condition, each.reading) for each in headlines}
    return Proposal(
        conditions={role: names for role, names in chosen.items() if names},
        fires_on=tuple(text for text, fired in fires.items() if fired),
        silent_on=tuple(text for text, fired in fires.items() if not fired),
    )


def _fires(condition: Condition, reading: Reading) -> bool:
    by_sentence = mentions_by_sentence(reading)
    return any(
        holds(condition, event, by_sentence[event.sentence], reading.mentions) for event in reading.events
    )


def _slugs(names: Iterable[str], vocabulary: Vocabulary) -> frozenset[str]:
    return frozenset().union(
        *(vocabulary.lists[name[1:]] if name.startswith("$") else {name} for name in names)
    )


def _kind(name: str, vocabulary: Vocabulary) -> Kind:
    slug = min(vocabulary.lists[name[1:]]) if name.startswith("$") else name
    return vocabulary.entities[slug].kind


def _examples(group: str, texts: Sequence[str]) -> list[str]:
    listed = [f"    - {{title: {_quoted(text)}, text: ''}}" for text in texts]
    return [f"  {group}:", *listed] if listed else []


def _names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # what JSON quotes, YAML reads

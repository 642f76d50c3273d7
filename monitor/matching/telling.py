"""An explanation in words, line below line: the same for the terminal and the pages, which only dress it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from monitor.matching.explain import EventTold, Explanation, Told, names_of
from monitor.matching.load import Guards
from monitor.matching.parts import Part
from monitor.matching.rule import Rule

Look = Literal["", "held", "failed", "asked", "quoted", "strong", "faint"]
Run = tuple[str, Look]  # words and how they look
Lists = Mapping[str, frozenset[str]]

_ROLES = {
    "together": "with",
    "mentions": "mentions, in the sentence",
    "topic": "topic, in the article",
    "words": "words, in the sentence",
    "text": "text, in the sentence",
}
_IN_PASSING = "it is told in passing: by one word of the text, under other news"
_LOOKED_AT = 6  # words
_EVENTS = 3
_NAMED = 4  # lists and names that a line holds
_TEXT = 300  # characters


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line and what belongs to it."""

    runs: tuple[Run, ...]
    below: tuple[Line, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """How slugs and guards are called."""

    lists: Lists
    guards: Mapping[int, str]  # by number

    @classmethod
    def of(cls, rule: Rule, *, lists: Lists, shared: Guards) -> Names:
        """Guards of the rule's own file by their place in it, shared ones by their name."""
        named = {condition: name for name, conditions in shared.items() for condition in conditions}
        guards = {
            number: f"the shared guard {named[guard]}" if guard in named else f"guard {number}"
            for number, guard in enumerate(rule.unless, start=1)
        }
        return cls(lists=lists, guards=guards)


def tree(rule: str, said: Explanation, text: str, names: Names, *, every: bool = False) -> Line:
    """What became of the text, condition by condition; `every` alternative, else the nearest alone."""
    below = [_event(told, names, every=every) for told in (said.events if every else said.events[:_EVENTS])]
    below += _missing(said, names.lists, most=None if every else _EVENTS)
    if said.passing:
        below.append(_line(f"✗ {_IN_PASSING}"))
    if not said.events:
        below.append(_line(f"text: {text}"[:_TEXT], look="faint"))
    return Line(runs=((rule, "strong"), (" ", ""), *_verdict(said)), below=tuple(below))


def advice(said: Explanation, names: Names) -> str:
    """What would have to change, in one sentence."""
    if said.match:
        return f"It fires at level {said.match.level}, score {said.match.score}."
    if said.retired:
        return "The rule is retired and judges nothing."
    if said.flips is not None:
        asked = f"{_role(said.flips.role)} {_asked(said.flips.asked, names.lists)}"
        return f"One condition alone stands in the way: {asked}."
    if not said.events:
        return "No sentence tells of such a deed."
    if not said.events[0].alternatives[0].held:
        return "It is not near: several things stand in the way."
    stops = list(_stops(said, names))
    return (
        f"All conditions hold; in the way {'stands' if len(stops) == 1 else 'stand'} {' and '.join(stops)}."
    )


def _stops(said: Explanation, names: Names) -> Iterator[str]:
    """What silences the rule although an alternative holds."""
    nearest = said.events[0]
    if said.passing:
        yield "its being told in passing"
    if nearest.background:
        yield "its place far down"
    for guard in nearest.silencing:
        yield names.guards[guard.number]


def values(said: Explanation, lists: Lists) -> dict[str, Any]:
    """All of it as plain values, for programs."""
    return {
        "fires": said.match is not None,
        "level": str(said.match.level) if said.match else None,
        "because": list(said.because),
        "flips": _role(said.flips.role) if said.flips else None,
        "events": [
            {
                "sentence": told.event.sentence.text,
                "action": told.event.action.entity.slug,
                "status": told.event.status,
                "background": told.background,
                "alternatives": [_values(each, lists) for each in told.alternatives],
                "guards": [_values(each, lists) for each in told.silencing],
                "raised": [{"level": each.level, **_values(each, lists)} for each in told.raised],
            }
            for told in said.events
        ],
        "missing": [
            {
                "alternative": each.number,
                "roles": {role: names_of(slugs, lists) for role, slugs in each.roles.items()},
            }
            for each in said.missing
        ],
    }


def _verdict(said: Explanation) -> Iterable[Run]:
    if said.match:
        return [("fires", "held")]
    reasons = f" ({', '.join(said.because)})" if said.because else ""
    return [("stays silent", "failed"), (" because it is retired" if said.retired else reasons, "")]


def _event(told: EventTold, names: Names, *, every: bool) -> Line:
    event, below = told.event, []
    for alternative in told.alternatives if every else told.alternatives[:1]:
        name = f"alternative {alternative.number}: {_fared(alternative)}"
        below.append(_condition(name, alternative, names.lists))
    if told.background:
        below.append(_line("✗ it stands far down in the article and names no day: taken as background"))
    below += [
        _condition(f"silenced by {names.guards[guard.number]}", guard, names.lists)
        for guard in told.silencing
    ]
    for raised in told.raised if told.fires else ():
        name = f"raised to {raised.level}" if raised.held else f"not raised to {raised.level}"
        below.append(_condition(name, raised, names.lists))
    deed = f"” · {event.action.span.text} ({event.action.entity.slug})"
    return Line(runs=(("“", ""), (event.sentence.text, "quoted"), (deed, "")), below=tuple(below))


def _missing(said: Explanation, lists: Lists, *, most: int | None) -> Iterator[Line]:
    for missing in said.missing[:most]:
        lacks = [f"{_role(role)} {_asked(slugs, lists)}" for role, slugs in missing.roles.items()]
        said_so = (
            f"no word of {'; '.join(lacks)}"
            if lacks
            else "all its words are there, but no sentence tells of such a deed"
        )
        yield _line(f"alternative {missing.number}: {said_so}")


def _condition(name: str, told: Told, lists: Lists) -> Line:
    return Line(runs=((name, ""),), below=tuple(_part(part, lists) for part in told.parts))


def _fared(told: Told) -> str:
    if told.held:
        return "holds"
    failed, parts = len(told.failed), len(told.parts)
    return f"{failed} of {parts} condition{'' if parts == 1 else 's'} {'fails' if failed == 1 else 'fail'}"


def _part(part: Part, lists: Lists) -> Line:
    mark: Run = ("✗ ", "failed") if part.failed else ("✓ ", "held")
    found: Run = (_seen(part), "" if part.failed else "strong")
    return Line(
        runs=(mark, (f"{_role(part.role)} ", ""), (_asked(part.asked, lists), "asked"), (": ", ""), found)
    )


def _seen(part: Part) -> str:
    """What the condition found, or looked at in vain."""
    if part.role == "status":
        return part.looked_at[0] + (f", for “{part.cue.text}”" if part.cue else "")
    if part.cue:
        return part.cue.text
    if not part.looked_at:
        return "nobody is named" if part.role in {"actor", "together"} else "nothing is named"
    more = ", …" if len(part.looked_at) > _LOOKED_AT else ""
    return f"found only {', '.join(part.looked_at[:_LOOKED_AT])}{more}"


def _asked(slugs: frozenset[str], lists: Lists) -> str:
    names = names_of(slugs, lists)
    return " or ".join(names[:_NAMED]) + (f" or {len(names) - _NAMED} more" if len(names) > _NAMED else "")


def _role(role: str) -> str:
    return _ROLES.get(role, role)


def _line(text: str, *, look: Look = "") -> Line:
    return Line(runs=((text, look),))


def _values(told: Told, lists: Lists) -> dict[str, object]:
    parts: Sequence[dict[str, object]] = [
        {
            "role": "with" if part.role == "together" else part.role,
            "asked": names_of(part.asked, lists),
            "looked_at": list(part.looked_at),
            "word": part.cue.text if part.cue else None,
            "holds": part.failed is None,
        }
        for part in told.parts
    ]
    return {"number": told.number, "holds": told.held, "parts": parts}

"""The examples that rules carry, run: does each rule fire where it says, and else stay silent for its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor.matching.judge import RuleIndex, judge
from monitor.matching.rule import Example, ExpectFile, Rule
from monitor.model import Article, Because, Match, Reading, Verdict

_NOON = dt.time(12, tzinfo=dt.UTC)
_UNDATED = dt.date(2026, 1, 6)  # an example without a date must not turn with the day on which it is run


class Reader(Protocol):
    """Extraction, as this file needs it."""

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        """One reading for each article, in order."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one example went; `wrong` is empty where it holds."""

    rule: str
    where: str  # "rules/x.yml:30:7"
    text: str
    wrong: str = ""


def run(rules: Sequence[Rule], reader: Reader) -> list[Outcome]:
    """The outcome of every example of the rules, in the order of the files."""
    pairs = [(rule, example) for rule in rules for example in rule.examples]
    articles = [article_of(example) for _, example in pairs]
    readings = reader.read(articles)
    outcomes = []
    for (rule, example), reading in zip(pairs, readings, strict=True):
        verdict = judge(reading, RuleIndex.of([rule]))
        wrong = "; ".join(_wrong(example, verdict))
        outcomes.append(
            Outcome(rule=rule.id, where=example.where, text=example.text or example.title, wrong=wrong)
        )
    return outcomes


def article_of(example: Example) -> Article:
    """The example as an article of its day."""
    day = dt.datetime.combine(example.published or _UNDATED, _NOON)
    return Article(
        id=example.where,
        feed="",
        key=example.where,
        url="",
        title=example.title,
        text=example.text,
        published=day,
        fetched=day,
    )


def _wrong(example: Example, verdict: Verdict) -> Iterator[str]:
    """What does not hold, in words."""
    found = verdict.matches[0] if verdict.matches else None
    if example.known_miss:
        if found:
            yield "the rule fires now: move it from known_misses to match"
    elif example.because is None:
        yield from _unmet(example.expect, found) if found else _silent(verdict)
    elif found:
        yield f"the rule fires on: {found.event.sentence.text}"
    elif example.because not in (reasons := _reasons(verdict)):
        yield f"silent because {' and '.join(reasons)}, not {example.because}"


def _silent(verdict: Verdict) -> Iterator[str]:
    yield f"the rule stays silent because {' and '.join(_reasons(verdict))}"


def _reasons(verdict: Verdict) -> tuple[Because, ...]:
    if not verdict.near_misses:
        return (Because.NO_EVENT,)
    miss = verdict.near_misses[0]
    return (miss.because, *miss.also)


def _unmet(expect: ExpectFile | None, found: Match) -> Iterator[str]:
    """Each expectation that the match does not meet."""
    wanted = expect.model_dump(exclude_none=True) if expect else {}
    told = _told(found)
    for name, value in wanted.items():
        if value not in told[name]:
            shown = ", ".join(map(str, told[name])) or "none"
            yield f"{name} is {shown}, not {value}"


def _told(found: Match) -> dict[str, tuple[object, ...]]:
    """What the match says, under the names that an example expects it by."""
    event = found.event
    return {
        "count": (event.count.min,) if event.count else (),
        "status": (event.status,),
        "actor": tuple(actor.entity.slug for actor in event.actors),
        "place": tuple(place.entity.slug for place in event.places),
        "date": (event.date,) if event.date else (),
        "level": (str(found.level),),
    }

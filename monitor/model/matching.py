"""What rules say of an article."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from monitor.model.extraction import Event, Span
from monitor.model.words import Because, Level


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """A span that made a match hold, and the part it plays."""

    span: Span
    role: str  # actor, action, object, recipient, place, topic


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """One rule held on one article."""

    rule: str
    revision: str  # hash of what the rule means
    title: str  # the rule's title
    family: str  # indicator family, for the event key
    group_by: tuple[str, ...]  # of actor, place, date
    level: Level
    score: float  # 0 to 1, grows with evidence
    event: Event
    evidence: tuple[Evidence, ...]
    shadow: bool = False  # stored, never sent
    tags: frozenset[str] = frozenset()  # of the rule
    trial: bool = False  # the rule is in `test`: sent to trial subscriptions only


@dataclass(frozen=True, kw_only=True, slots=True)
class NearMiss:
    """A rule that nearly held on an article, and the one reason why it did not."""

    rule: str
    because: Because
    sentence: Span
    also: tuple[Because, ...] = ()  # further conditions that failed
    cue: Span | None = None  # the word that decided
    held: int = 1  # conditions that held, the action among them


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """All that matching says of one article."""

    matches: tuple[Match, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    denials: tuple[Match, ...] = ()  # rules that would hold, were their event not said to be untrue


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleRevision:
    """What a rule meant, and when it was in force."""

    rule: str
    revision: str  # hash of what it means, as matches carry it
    first: dt.datetime
    last: dt.datetime | None = None  # None: in force
    text: str = ""  # the file

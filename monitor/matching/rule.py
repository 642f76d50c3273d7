"""What a rule is: as a person writes it (RuleFile) and as the matcher uses it (Rule)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from monitor.matching import phrases
from monitor.matching.patterns import Wording
from monitor.matching.vocabulary import SLUG
from monitor.model import Because, Entity, Level, Need, Status

ROLES = ("actor", "together", "object", "recipient", "place", "mentions", "topic")
_READ = frozenset({"actor", "together", "object", "recipient", "place"})  # roles that a parse tells


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


Names = Annotated[list[str], BeforeValidator(_as_list, json_schema_input_type=str | list[str])]
Statuses = Annotated[list[Status], BeforeValidator(_as_list, json_schema_input_type=Status | list[Status])]
LevelName = Literal["informational", "low", "medium", "high", "critical"]


class Written(BaseModel):
    """A part of a file: an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class ConditionFile(Written):
    """Conditions that must all hold of one event.

    A name is $list or the slug of one entry; of several names, one is enough.
    """

    actor: Names = Field(default_factory=list, description="Who did it.")
    together: Names = Field(default_factory=list, alias="with", description="A second actor who took part.")
    action: Names = Field(default_factory=list, description="What was done.")
    object: Names = Field(default_factory=list, description="With what, or to what thing.")
    recipient: Names = Field(default_factory=list, description="To whom.")
    place: Names = Field(default_factory=list, description="Where.")
    mentions: Names = Field(default_factory=list, description="Named anywhere in the same sentence.")
    topic: Names = Field(default_factory=list, description="Named anywhere in the article.")
    words: Names = Field(default_factory=list, description="Plain words of the same sentence.")
    text: Names = Field(default_factory=list, description="Patterns (RE2) over the same sentence.")
    status: Statuses = Field(
        default_factory=list, description="As which kind of fact; else occurred or claimed."
    )


class WhenFile(ConditionFile):
    """One set of conditions, or several of which one is enough."""

    any: list[ConditionFile] = Field(default_factory=list, description="Alternatives.")


class AlertFile(Written):
    """How matches become alerts."""

    family: str = Field("", pattern=rf"({SLUG})|^$", description="Rules of one family can tell of one event.")
    by: Names = Field(default_factory=list, description="Whose deed it is, whoever else the sentence names.")
    to: Names = Field(
        default_factory=list, description="To whom it is done, where the article leaves that out."
    )
    group_by: list[Literal["actor", "place", "date"]] = Field(
        ["actor", "date"], description="What tells two events of the family apart."
    )
    raise_to: dict[LevelName, ConditionFile] = Field(
        default_factory=dict, description="A higher level where these conditions hold too."
    )


class ExpectFile(Written):
    """What the event of an example must hold."""

    count: int | None = None
    status: Status | None = None
    actor: str | None = None
    place: str | None = None
    date: dt.date | None = None
    level: LevelName | None = None


class ExampleFile(Written):
    """A text on which the rule must fire."""

    text: str
    title: str = ""
    published: dt.date | None = None
    expect: ExpectFile = Field(default_factory=ExpectFile)


class IgnoreFile(Written):
    """A text on which the rule must stay silent, for this reason."""

    text: str
    title: str = ""
    published: dt.date | None = None
    because: Because


class ExamplesFile(Written):
    """The rule's own tests."""

    match: list[ExampleFile] = Field(default_factory=list)
    ignore: list[IgnoreFile] = Field(default_factory=list)
    known_misses: list[ExampleFile] = Field(default_factory=list)


class RuleFile(Written):
    """A rule file, as written."""

    id: str = Field(pattern=SLUG, description="Stable name; alerts and subscriptions use it.")
    title: str = Field(min_length=3, max_length=120, description="One line for people.")
    kind: Literal["event"] = Field("event", description="event: judged on one article.")
    level: LevelName = Field(description="How much a match matters.")
    status: Literal["shadow", "test", "stable", "retired"] = Field(
        "stable", description="Who gets its alerts."
    )
    reference: str = Field("", description="Section of the article that it implements.")
    about: str = Field("", description="What counts and what does not.")
    tags: list[str] = Field(default_factory=list, description="Free words to filter by.")
    when: WhenFile = Field(description="The conditions.")
    unless: list[ConditionFile] = Field(default_factory=list, description="Any of these silences the rule.")
    without: Names = Field(default_factory=list, description="Shared guards that do not hold for this rule.")
    in_passing: Literal["count", "ignore"] = Field(
        "count", description="Whether an event counts that the text tells only in passing."
    )
    alert: AlertFile = Field(default_factory=AlertFile, description="How matches become alerts.")
    examples: ExamplesFile = Field(default_factory=ExamplesFile, description="The rule's own tests.")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Conditions of one event, their names resolved to slugs; an empty set asks nothing."""

    actor: frozenset[str] = frozenset()
    together: frozenset[str] = frozenset()
    action: frozenset[str] = frozenset()
    object: frozenset[str] = frozenset()
    recipient: frozenset[str] = frozenset()
    place: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    topic: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()  # as written
    text: frozenset[str] = frozenset()  # patterns
    status: frozenset[Status] = frozenset()

    @cached_property
    def roles(self) -> Sequence[tuple[str, frozenset[str]]]:
        """The roles that it asks for, each with the slugs of which one is enough."""
        return tuple((role, slugs) for role in ROLES if (slugs := getattr(self, role)))

    @cached_property
    def worded(self) -> Sequence[tuple[str, frozenset[str]]]:
        """What it asks of the sentence's own words: the key, and the patterns of which one is enough."""
        asked = (("words", frozenset(map(phrases.pattern, self.words))), ("text", self.text))
        return tuple((key, patterns) for key, patterns in asked if patterns)

    @property
    def is_of_words(self) -> bool:
        """Whether it asks only what is done and what is named: that is known before a sentence is read."""
        return not self.status and all(role in {"mentions", "topic"} for role, _ in self.roles)

    @cached_property  # so that rules which share a guard share its need
    def need(self) -> Need:
        """What an article must mention for this to hold; whom and what may stand in another sentence."""
        own = (self.action, self.mentions)
        other = (self.actor, self.together, self.object, self.recipient, self.place, self.topic)
        return Need(
            sentence=tuple(slugs for slugs in own if slugs),
            article=tuple(slugs for slugs in other if slugs),
            deeds=self.action,
            worded=Wording(*(patterns for _, patterns in self.worded)) if self.worded else None,
            roles=tuple((role, slugs) for role, slugs in self.roles if role in _READ),
            status=self.status,
        )


@dataclass(frozen=True, kw_only=True)
class Example:
    """One example with the line it stands on."""

    where: str  # "rules/x.yml:30:7"
    title: str
    text: str
    published: dt.date | None
    because: Because | None = None  # an `ignore` example
    known_miss: bool = False
    expect: ExpectFile | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule, ready to judge."""

    id: str
    title: str
    level: Level
    status: str
    reference: str
    about: str
    tags: tuple[str, ...]
    family: str
    group_by: tuple[str, ...]
    doers: frozenset[str]  # whose deeds it is about; empty: anybody's
    presumed: tuple[Entity, ...]  # the doer where an article names none
    suffering: frozenset[str]  # to whom it is done, where grammar does not tell
    presumed_to: tuple[Entity, ...]  # the recipient where an article names none of these
    when: tuple[Condition, ...]
    unless: tuple[Condition, ...]
    raise_to: tuple[tuple[Level, Condition], ...]
    examples: tuple[Example, ...]
    revision: str
    path: str
    counts_in_passing: bool = True  # what is told by one word of the text, and not by the title

    @property
    def needs(self) -> Sequence[Need]:
        """What each of its alternatives cannot do without, and what silences it whatever is read."""
        unless = tuple(guard.need for guard in self.unless if guard.is_of_words)
        return [replace(condition.need, unless=unless) for condition in self.when]


def revision_of(meaning: Sequence[object]) -> str:
    """12 hex digits over what the rule means; comments, order of names and examples do not change it."""
    return hashlib.sha256(json.dumps(meaning, sort_keys=True, default=_plain).encode()).hexdigest()[:12]


def _plain(value: object) -> object:
    if isinstance(value, (frozenset, set)):
        return sorted(value)
    if isinstance(value, Condition):
        # What nearly no condition has is left out, so that it did not change every revision when it came.
        parts = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: part for name, part in parts if part or name not in {"text", "words"}}
    return str(value)

"""The nouns of the product: frozen values in which the stages meet.

Words follow the glossary in CONTRIBUTING.md. All times are aware and in UTC; dates of events are local
to the place of the event.
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field


class Level(enum.IntEnum):
    """How much a match matters, with Sigma's names and order."""

    INFORMATIONAL = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    def __str__(self) -> str:
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Level:
        """The level of that name; KeyError when there is none."""
        return cls[word.upper()]


class Status(enum.StrEnum):
    """Whether an event happened, as the text tells it."""

    OCCURRED = "occurred"
    CLAIMED = "claimed"
    PLANNED = "planned"
    THREATENED = "threatened"
    HYPOTHETICAL = "hypothetical"
    DENIED = "denied"
    HISTORICAL = "historical"


class Because(enum.StrEnum):
    """Why a rule stayed silent on a text that it nearly matched."""

    NEGATED = "negated"
    DENIED = "denied"
    PLANNED = "planned"
    THREATENED = "threatened"
    HYPOTHETICAL = "hypothetical"
    HISTORICAL = "historical"
    EXERCISE = "exercise"
    ACTOR = "actor"
    RECIPIENT = "recipient"
    OBJECT = "object"
    PLACE = "place"
    TOPIC = "topic"
    NO_EVENT = "no-event"


# --- feeds ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """A URL that we poll."""

    id: str  # slug, unique: "yonhap-nk"
    url: str
    name: str
    publisher: str
    group: str = "other"  # heading under which lists show it
    country: str = ""  # ISO 3166 alpha-2 of the publisher
    language: str = ""  # BCP 47, as the publisher says; the article's own is detected
    grade: str = "F"  # Admiralty source reliability A..F; F: cannot be judged
    interval: dt.timedelta = dt.timedelta(minutes=10)


class Identity(enum.StrEnum):
    """What tells one entry of a feed from another."""

    ENTRY_ID = "entry-id"
    URL = "url"
    CONTENT = "content"


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedState:
    """What we know of a feed from its polls so far."""

    feed: str  # Feed.id
    etag: str | None = None
    last_modified: str | None = None
    identity: Identity = Identity.ENTRY_ID
    first_polled: dt.datetime | None = None  # None: the next good poll is the baseline
    last_polled: dt.datetime | None = None
    last_good: dt.datetime | None = None  # 200 with a readable feed, or 304
    last_new: dt.datetime | None = None  # when an article last came that we did not know
    next_due: dt.datetime | None = None  # None: at once
    failures: int = 0  # in a row
    error: str | None = None  # what went wrong at the last poll, for people
    paused: bool = False
    recent: Mapping[str, str] = field(default_factory=dict)  # feeds' own memory: shows when entry ids change


class Standing(enum.StrEnum):
    """Whether alerts on an article may be sent."""

    LIVE = "live"
    BASELINE = "baseline"  # came with the first poll of its feed
    OLD = "old"  # published longer ago than the configured age


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """An entry made ours: cleaned, and stored once for each feed that carries it."""

    id: str  # article_id(feed, key)
    feed: str  # Feed.id; "" when it came from a file
    key: str  # identity within the feed
    url: str
    title: str  # plain text, one line
    text: str  # plain text: the summary or content that the feed gave
    published: dt.datetime | None
    fetched: dt.datetime
    publisher: str = ""
    language: str = ""  # as given; detection is extraction's
    grade: str = "F"
    standing: Standing = Standing.LIVE

    @property
    def when(self) -> dt.datetime:
        """The time that dates in the text are resolved against: published, else fetched."""
        return self.published or self.fetched

    @property
    def content_hash(self) -> str:
        """SHA-256 over title and text, hex: changes when the publisher edits."""
        return _digest(self.title, self.text)


def article_id(feed: str, key: str) -> str:
    """16 hex digits that stay the same for one entry of one feed."""
    return _digest(feed, key)[:16]


def _digest(*parts: str) -> str:
    """SHA-256 over the parts, hex; feeds may hold lone surrogates, which plain UTF-8 refuses."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


# --- vocabulary ----------------------------------------------------------------------------------


class Kind(enum.StrEnum):
    """What the entries of a vocabulary list name."""

    ACTOR = "actor"
    OBJECT = "object"
    PLACE = "place"
    ACTION = "action"
    TOPIC = "topic"  # words that only set the scene


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One spelling of one entry."""

    text: str
    case: bool = False  # True: only in this very case (PLAN, US)
    verb: bool = False  # an action's verb; else its noun
    language: str = "en"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entity:
    """One thing that a list names, under one slug whatever the spelling."""

    slug: str
    kind: Kind
    terms: tuple[Term, ...]
    country: str = ""  # ISO 3166 alpha-2
    wikidata: str = ""
    timezone: str = ""  # of a place: IANA name, for the local date of an event
    within: str = ""  # slug of the larger place
    near: tuple[str, ...] = ()  # ambiguous: counts only where one of these words stands in the article


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """All lists: a list's name to the slugs it holds, and each slug's entity."""

    lists: Mapping[str, frozenset[str]]  # "dprk" -> slugs; lists named by `includes` already unfolded
    entities: Mapping[str, Entity]


# --- extraction ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of one field of an article; offsets are code points of the field as given."""

    field: str  # "title" or "text"
    start: int
    end: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """One span that names an entity."""

    span: Span
    entity: Entity


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many, as the text says; max None: no upper bound given ("at least 10", "dozens")."""

    min: int
    max: int | None
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Who did what to whom, where, when, how many, and whether it happened."""

    action: Mention  # the trigger
    sentence: Span
    actors: tuple[Mention, ...] = ()
    objects: tuple[Mention, ...] = ()
    recipients: tuple[Mention, ...] = ()
    places: tuple[Mention, ...] = ()
    reporter: Mention | None = None
    date: dt.date | None = None  # local to the place
    date_given: bool = False  # False: taken from the publish time
    count: Count | None = None
    status: Status = Status.OCCURRED
    status_cue: Span | None = None  # the word that made it other than occurred
    negated: bool = False  # with status denied: "did not", against "denied that"
    exercise: bool = False
    nominal: bool = False  # told by a noun: "the launch of"
    inferred: frozenset[str] = frozenset()  # roles filled from position or context, not from grammar


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What extraction found in one article."""

    events: tuple[Event, ...] = ()
    mentions: tuple[
        Mention, ...
    ] = ()  # every vocabulary term of the article; none where no rule could match it
    language: str = "en"  # detected


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What a rule's alternative cannot do without; the gate asks nothing else.

    Each member is a set of slugs of which one must be mentioned.
    """

    sentence: tuple[frozenset[str], ...]  # in the sentence itself
    article: tuple[frozenset[str], ...] = ()  # anywhere in title and text


# --- matching ------------------------------------------------------------------------------------


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


# --- alerting ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One article's part in an alert."""

    article: str  # Article.id
    publisher: str
    grade: str
    url: str
    title: str
    published: dt.datetime | None
    fetched: dt.datetime
    sentence: Span
    evidence: tuple[Evidence, ...]
    rules: tuple[str, ...]
    actors: tuple[str, ...] = ()  # slugs of those who did it, as the sentence tells it
    action: str = ""  # slug of the deed
    objects: tuple[str, ...] = ()  # slugs
    nominal: bool = False  # the sentence tells it by a noun
    count: Count | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """One event that is worth telling, with every rule it satisfies; says nothing of who is told."""

    id: str
    keys: frozenset[str]  # event keys under which later reports find it
    rules: tuple[str, ...]
    titles: tuple[str, ...]  # of the rules, same order
    level: Level
    status: Status
    actors: tuple[str, ...]  # slugs
    action: str  # slug
    objects: tuple[str, ...]
    recipients: tuple[str, ...]
    places: tuple[str, ...]
    date: dt.date | None
    count: Count | None
    opened: dt.datetime
    updated: dt.datetime
    revision: int = 1
    standing: Standing = Standing.LIVE
    shadow: bool = False
    reports: tuple[Report, ...] = ()  # oldest first


class Opinion(enum.StrEnum):
    """What an analyst holds an alert to be."""

    TRUE = "true"
    FALSE = "false"
    DUPLICATE = "duplicate"  # of another alert: says nothing of the rules


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertVerdict:
    """What one analyst said of one alert; the latest of each analyst counts."""

    alert: str  # Alert.id
    analyst: str
    opinion: Opinion
    given: dt.datetime
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """A user's wish: which alerts, by which channel. An empty filter admits all."""

    id: str  # slug
    channel: str  # name of a configured channel
    target: str = ""  # address, Slack channel id; "" where the channel has one of its own
    rules: frozenset[str] = frozenset()
    min_level: Level = Level.INFORMATIONAL
    actors: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    text: str = ""
    from_config: bool = False
    paused: bool = False


class DeliveryState(enum.StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"  # given up; `monitor deliveries retry` brings it back


class Reason(enum.StrEnum):
    """Why an alert was or was not sent to a subscription."""

    FIRST = "first"
    LEVEL_RAISED = "level-raised"
    FILTERED = "filtered"
    BASELINE = "baseline"
    OLD = "old"
    SHADOW = "shadow"
    UNCHANGED = "unchanged"
    PAUSED = "paused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One revision of one alert to one subscription; its id is the idempotency key."""

    id: str  # delivery_id(...)
    alert: str
    revision: int
    subscription: str
    channel: str
    target: str
    reason: Reason
    created: dt.datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    next_at: dt.datetime | None = None
    leased_until: dt.datetime | None = None
    sent: dt.datetime | None = None
    error: str | None = None
    repeated: bool = False  # sent again after a crash in flight
    revived: dt.datetime | None = None  # when it was last brought back after it was given up


def delivery_id(alert: str, revision: int, subscription: str) -> str:
    """32 hex digits, the same for every attempt, so that a receiver can tell a repeat."""
    return _digest(alert, str(revision), subscription)[:32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Whether one revision of one alert goes to one subscription, and why."""

    alert: str  # Alert.id
    revision: int
    subscription: str  # Subscription.id
    reason: Reason

    @property
    def send(self) -> bool:
        """Whether the reason is one to send for."""
        return self.reason in {Reason.FIRST, Reason.LEVEL_RAISED}


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """An alert rendered for one delivery, before a channel dresses it."""

    delivery: Delivery
    alert: Alert
    headline: str  # "HIGH · occurred · DPRK fired 2 SRBMs, East Sea · 12 Mar 07:52 KST"
    standing_line: str  # "NEW · 2 publishers, 5 reports · first in 34 days"
    sentence: str
    marks: tuple[Evidence, ...] = ()  # spans within the sentence's field, for marking
    links: tuple[str, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)  # the webhook's payload

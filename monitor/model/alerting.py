"""Alerts, who is told of them, and what was delivered."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.model.extraction import Count
from monitor.model.feeds import Standing, _digest
from monitor.model.matching import Evidence
from monitor.model.reports import Bearing, Report
from monitor.model.timing import Timing
from monitor.model.words import Level, Status


class Stage(enum.StrEnum):
    """How far an alert has come in its life."""

    REPORTED = "reported"
    CORROBORATED = "corroborated"  # by a second origin, or by one of grade A
    CORRECTED = "corrected"  # something that was told of it was taken back
    WITHDRAWN = "withdrawn"  # nobody reports it any more
    CLOSED = "closed"  # no report for a week


class Turn(enum.StrEnum):
    """What a revision does to what was told before."""

    OPENED = "opened"
    UPDATED = "updated"  # it is told more exactly, or by more
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    DISPUTED = "disputed"  # somebody who is not accused of it says that it did not happen
    PASSED = "passed"  # it may be sent now, which it might not be before


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
    tags: frozenset[str] = frozenset()  # of its rules
    shadow: bool = False
    trial: bool = False  # told by rules in `test` alone
    trial_rules: tuple[str, ...] = ()  # rules in `test` that hold on it
    reports: tuple[Report, ...] = ()  # oldest first
    said: str = ""  # what a rule over time says, in place of who did what
    closed: bool = False  # an absence that has ended
    stage: Stage = Stage.REPORTED
    turn: Turn = Turn.OPENED  # what its revision did
    changes: tuple[str, ...] = ()  # what its revision changed, in words

    @property
    def standing_reports(self) -> tuple[Report, ...]:
        """The reports on which it stands; of a withdrawn alert, those on which it stood."""
        told = tuple(each for each in self.reports if each.bearing is Bearing.TELLS)
        return tuple(each for each in told if each.stands) or told or self.reports

    @property
    def denials(self) -> tuple[Report, ...]:
        """The reports that deny the event or take it back."""
        return tuple(
            each for each in self.reports if each.bearing is not Bearing.TELLS and not each.retracted
        )

    @property
    def deniers(self) -> tuple[str, ...]:
        """Who denies it, in words, each once."""
        told = (each.disputed_by for each in self.reports if each.stands)
        return tuple(dict.fromkeys((*(each.who for each in self.denials), *filter(None, told))))


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """One revision of an alert, as the history keeps it."""

    alert: str  # Alert.id
    revision: int
    level: Level
    stage: Stage
    changes: tuple[str, ...]  # in words
    updated: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """Where the first message on an alert stands, so that later ones can reply to it."""

    place: str  # id of the room, as the channel's own service names it
    first: str  # id of the first message


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """That a channel took a message."""

    answer: str = (
        ""  # what the receiver said: "250 2.0.0 Ok: queued as 4F2", "HTTP 202"; "" where it says nothing
    )
    thread: Thread | None = None  # that the message started


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
class Acknowledgement:
    """Somebody has seen an alert and takes care of it."""

    alert: str  # Alert.id
    analyst: str
    given: dt.datetime
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Silence:
    """Alerts that are not sent to anybody for a time; they are stored all the same. An empty filter admits all."""

    id: str
    author: str
    reason: str
    created: dt.datetime
    until: dt.datetime
    rules: frozenset[str] = frozenset()
    max_level: Level = Level.HIGH  # above it alerts are sent all the same
    actors: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """A user's wish: which alerts, by which channel. An empty filter admits all."""

    id: str  # slug
    channel: str  # name of a configured channel
    target: str = ""  # address, Slack channel id; "" where the channel has one of its own
    rules: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()  # rules that are not to be told
    min_level: Level = Level.INFORMATIONAL
    actors: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    text: str = ""
    tags: frozenset[str] = frozenset()  # of rules
    min_grade: str = "F"  # at least one report of this Admiralty grade, A best
    timing: Timing = field(default_factory=Timing)
    notices: bool = False  # of the service itself too: a feed that stays dead, rules that were refused
    daily: dt.time | None = None  # a line at this time, in the zone of the timing, on quiet days too
    escalate_to: str = ""  # the subscription that gets a critical alert which nobody acknowledged in time
    escalate_after: dt.timedelta = dt.timedelta(minutes=15)
    asked: dt.datetime | None = None  # when somebody asked for it on the pages
    confirmed: bool = True  # False: the address has not said yes
    from_config: bool = False
    paused: bool = False
    trial: bool = False  # takes the alerts of rules in `test` too
    updates: bool = False  # hears of each change of count, place, day or origin too
    feed_renewed: int = 0  # how often the link to its feed was renewed; only the newest opens it


class DeliveryState(enum.StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    SENT = "sent"
    CANCELLED = "cancelled"  # the subscription was paused or removed before it was due
    DEAD = "dead"  # given up; `monitor deliveries retry` brings it back


class Reason(enum.StrEnum):
    """Why an alert was or was not sent to a subscription."""

    FIRST = "first"
    LEVEL_RAISED = "level-raised"
    RESOLVED = "resolved"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    DISPUTED = "disputed"
    UPDATED = "updated"  # to subscriptions that ask for updates
    FILTERED = "filtered"
    BASELINE = "baseline"
    OLD = "old"
    SHADOW = "shadow"
    TRIAL = "trial"  # of rules in `test`, which only trial subscriptions get
    UNCHANGED = "unchanged"
    PAUSED = "paused"
    UNCONFIRMED = "unconfirmed"
    SILENCED = "silenced"
    ESCALATED = "escalated"  # nobody acknowledged it in time


class Held(enum.StrEnum):
    """Why a delivery waits for a digest instead of going at once."""

    DIGEST = "digest"
    QUIET_HOURS = "quiet-hours"
    CAP = "cap"


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
    held: Held | None = None
    batch: str = ""  # deliveries of one batch go in one digest; "" goes alone
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    next_at: dt.datetime | None = None
    leased_until: dt.datetime | None = None
    sent: dt.datetime | None = None
    error: str | None = None
    answer: str = ""  # what the receiver said when it took it
    repeated: bool = False  # sent again after a crash in flight
    revived: dt.datetime | None = None  # when it was last brought back after it was given up

    @property
    def first_due(self) -> dt.datetime:
        """When it was first to be sent: at once, or at the time of its digest."""
        return dt.datetime.fromisoformat(self.batch.rpartition("@")[2]) if self.batch else self.created


def delivery_id(alert: str, revision: int, subscription: str) -> str:
    """32 hex digits, the same for every attempt, so that a receiver can tell a repeat."""
    return _digest(alert, str(revision), subscription)[:32]


def digest_id(batch: str) -> str:
    """32 hex digits, the same for every attempt to send the batch."""
    return _digest("digest", batch)[:32]


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
        return self.reason in _SENT


_SENT = frozenset(
    {
        Reason.FIRST,
        Reason.LEVEL_RAISED,
        Reason.ESCALATED,
        Reason.RESOLVED,
        Reason.CORRECTED,
        Reason.WITHDRAWN,
        Reason.DISPUTED,
        Reason.UPDATED,
    }
)


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
    changes: tuple[str, ...] = ()  # since the subscriber was last told, in words
    zone: str = "UTC"  # the reader's own, in which times are given too
    thread: Thread | None = None  # to reply in; None starts one
    data: Mapping[str, object] = field(default_factory=dict)  # the webhook's payload
    note: str = ""  # what else the subscriber should know: what a silence hid
    page: str = ""  # the alert's own
    manage: str = ""  # page where the subscriber changes or ends the subscription
    leave: str = ""  # address that ends it by one POST


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """Several alerts in one message, before a channel dresses it."""

    id: str  # the same at every attempt
    subscription: str
    target: str
    headline: str  # "DIGEST · 5 alerts, the highest HIGH · 12 Mar 08:00 KST"
    standing_line: str  # "held for quiet hours since 11 Mar 22:40 KST"
    messages: tuple[Message, ...]  # one for each alert, the highest level first
    created: dt.datetime  # when it was due
    note: str = ""  # what else the subscriber should know: what a silence hid
    manage: str = ""  # page where the subscriber changes or ends the subscription
    leave: str = ""  # address that ends it by one POST
    repeated: bool = False  # sent again after a crash in flight


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A message that tells no alert: of the service itself, or to a subscriber."""

    id: str  # the same at every attempt
    subscription: str
    target: str
    headline: str
    lines: tuple[str, ...] = ()
    link: str = ""  # where to act on it
    link_text: str = ""
    created: dt.datetime
    leave: str = ""  # address that ends the subscription by one POST


def notice_id(*parts: str) -> str:
    """32 hex digits, the same for every attempt to send the notice."""
    return _digest("notice", *parts)[:32]

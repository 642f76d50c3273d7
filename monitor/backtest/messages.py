"""Who would have been told of a history: its alerts routed in the order of time, as the service does. Pure.

Digests, quiet hours, caps, silences and escalations hold here too. Whether somebody would have acknowledged an alert is
known where somebody did; of others, and of all in an archive, it is taken that nobody would have. Not known of the
past: which messages a receiver would have refused.
"""

from __future__ import annotations

import bisect
import datetime as dt
import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.alerting.route import escalation, route
from monitor.alerting.silence import silencing
from monitor.alerting.timing import WINDOW
from monitor.model import Alert, Delivery, Level, Reason, Silence, Subscription


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who would have been told, which silences were in force when, and what was acknowledged."""

    subscriptions: Sequence[Subscription] = ()
    silences: Sequence[Silence] = ()
    acknowledged: Mapping[str, dt.datetime] = field(
        default_factory=dict
    )  # by article: when an alert on it first was


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one subscription would have got."""

    messages: int = 0  # a digest is one
    digests: int = 0  # of the messages
    escalated: int = 0  # of the messages
    silenced: int = 0  # alerts that a silence held back


@dataclass(kw_only=True)
class _Mailbox:
    """What came to one subscription so far."""

    at_once: list[dt.datetime] = field(default_factory=list)  # rising
    batches: set[str] = field(default_factory=set)
    escalated: int = 0
    silenced: set[str] = field(default_factory=set)  # alerts

    def lately(self, now: dt.datetime) -> int:
        """How many messages of the last hour went at once."""
        return len(self.at_once) - bisect.bisect_right(self.at_once, now - WINDOW)

    def take(self, delivery: Delivery) -> None:
        """It goes at once, or into its digest."""
        if delivery.batch:
            self.batches.add(delivery.batch)
        else:
            self.at_once.append(delivery.created)
        self.escalated += delivery.reason is Reason.ESCALATED

    @property
    def told(self) -> Told:
        """The sum of it."""
        held = len(self.batches)
        return Told(
            messages=len(self.at_once) + held,
            digests=held,
            escalated=self.escalated,
            silenced=len(self.silenced),
        )


def told(tellings: Iterable[tuple[dt.datetime, Alert]], audience: Audience) -> Mapping[str, Told]:
    """What every subscription would have got, by its id.

    The tellings are revisions of alerts, each with the time at which it was raised; those of one time in the order in
    which they were.
    """
    post = _Post(audience)
    for now, alert in sorted(tellings, key=lambda pair: pair[0]):
        post.escalate(until=now)
        post.send(alert, now=now)
    post.escalate()
    return {name: box.told for name, box in post.boxes.items()}


class _Post:
    """The mailboxes as time goes by."""

    def __init__(self, audience: Audience) -> None:
        self.boxes = {each.id: _Mailbox() for each in audience.subscriptions}
        self._audience = audience
        self._listed = {each.id: each for each in audience.subscriptions}
        self._levels: dict[str, dict[str, Level]] = defaultdict(
            dict
        )  # by alert and subscription, the highest told
        self._since: dict[
            tuple[str, str], dt.datetime
        ] = {}  # by alert and subscription, when it was first told
        self._asked: set[tuple[str, str]] = set()  # alerts and subscriptions whose answer is waited for
        self._due: list[tuple[dt.datetime, str, str]] = []  # a heap of these, by when the wait is over
        self._last: dict[str, Alert] = {}  # each as it stands

    def send(self, alert: Alert, *, now: dt.datetime) -> None:
        """Route a revision of an alert."""
        self._last[alert.id] = alert
        routing = route(
            alert,
            self._audience.subscriptions,
            told=self._levels[alert.id],
            now=now,
            lately={name: box.lately(now) for name, box in self.boxes.items()},
            silenced=silencing(alert, self._audience.silences, now=now) is not None,
        )
        for delivery in routing.deliveries:
            self._take(delivery, alert)
        for decision in routing.decisions:
            if decision.reason is Reason.SILENCED:
                self.boxes[decision.subscription].silenced.add(alert.id)
        self._ask(alert, now=now)

    def escalate(self, *, until: dt.datetime | None = None) -> None:
        """Pass on what nobody acknowledged by then."""
        while self._due and (until is None or self._due[0][0] <= until):
            now, name, whose = heapq.heappop(self._due)
            target = self._listed[self._listed[whose].escalate_to]
            alert = self._last[name]
            if target.id in self._levels[name] or self._acknowledged(alert, now):
                continue
            self._take(escalation(alert, target, now=now), alert)
            self._ask(alert, now=now)

    def _take(self, delivery: Delivery, alert: Alert) -> None:
        known, whose = self._levels[alert.id], delivery.subscription
        self.boxes[whose].take(delivery)
        known[whose] = max(alert.level, known.get(whose, alert.level))
        self._since.setdefault((alert.id, whose), delivery.next_at or delivery.created)

    def _ask(self, alert: Alert, *, now: dt.datetime) -> None:
        """Begin to wait for those who were told of a critical alert, each once."""
        if alert.level < Level.CRITICAL:
            return
        for whose in self._levels[alert.id]:
            subscription = self._listed[whose]
            target = self._listed.get(subscription.escalate_to)
            if (alert.id, whose) in self._asked or target is None or target.paused or not target.confirmed:
                continue
            self._asked.add((alert.id, whose))
            over = self._since[alert.id, whose] + subscription.escalate_after
            heapq.heappush(self._due, (max(over, now), alert.id, whose))

    def _acknowledged(self, alert: Alert, now: dt.datetime) -> bool:
        given = (self._audience.acknowledged.get(report.article) for report in alert.reports)
        return any(each is not None and each <= now for each in given)

"""Who would have been told of a history: its alerts routed in the order of time, as the service does. Pure.

Digests, quiet hours, caps and silences hold here too. Not known of the past: which alerts somebody would have
acknowledged, so nothing is escalated, and which messages a receiver would have refused.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.alerting.route import route
from monitor.alerting.silence import silencing
from monitor.alerting.timing import WINDOW
from monitor.model import Alert, Delivery, Level, Reason, Silence, Subscription


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who would have been told, and which silences were in force when."""

    subscriptions: Sequence[Subscription] = ()
    silences: Sequence[Silence] = ()


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one subscription would have got."""

    messages: int = 0  # a digest is one
    digests: int = 0  # of the messages
    silenced: int = 0  # alerts that a silence held back


@dataclass(kw_only=True)
class _Mailbox:
    """What came to one subscription so far."""

    at_once: list[dt.datetime] = field(default_factory=list)  # rising
    batches: set[str] = field(default_factory=set)
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

    @property
    def told(self) -> Told:
        """The sum of it."""
        held = len(self.batches)
        return Told(messages=len(self.at_once) + held, digests=held, silenced=len(self.silenced))


def told(tellings: Iterable[tuple[dt.datetime, Alert]], audience: Audience) -> Mapping[str, Told]:
    """What every subscription would have got, by its id.

    The tellings are revisions of alerts, each with the time at which it was raised; those of one time in the order in
    which they were.
    """
    boxes = {each.id: _Mailbox() for each in audience.subscriptions}
    levels: dict[str, dict[str, Level]] = defaultdict(dict)  # by alert and subscription, the highest told
    for now, alert in sorted(tellings, key=lambda pair: pair[0]):
        known = levels[alert.id]
        routing = route(
            alert,
            audience.subscriptions,
            told=known,
            now=now,
            lately={name: box.lately(now) for name, box in boxes.items()},
            silenced=silencing(alert, audience.silences, now=now) is not None,
        )
        for delivery in routing.deliveries:
            boxes[delivery.subscription].take(delivery)
            known[delivery.subscription] = max(alert.level, known.get(delivery.subscription, alert.level))
        for decision in routing.decisions:
            if decision.reason is Reason.SILENCED:
                boxes[decision.subscription].silenced.add(alert.id)
    return {name: box.told for name, box in boxes.items()}

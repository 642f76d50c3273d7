"""Who is told: an alert and the subscriptions to deliveries, each decision with its reason. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.model import Alert, Decision, Delivery, Level, Reason, Standing, Subscription, delivery_id

_STANDINGS = {Standing.BASELINE: Reason.BASELINE, Standing.OLD: Reason.OLD}


@dataclass(frozen=True, kw_only=True, slots=True)
class Routing:
    """What becomes of an alert: every decision, and a delivery for each that says send."""

    deliveries: tuple[Delivery, ...]
    decisions: tuple[Decision, ...]


def route(
    alert: Alert, subscriptions: Iterable[Subscription], *, told: Mapping[str, Level], now: dt.datetime
) -> Routing:
    """Deliveries and decisions for every subscription.

    `told` gives, by subscription id, the highest level at which this alert was already sent or queued;
    a subscription that was never told is absent.
    """
    decided = [(each, decide(alert, each, told=told.get(each.id))) for each in subscriptions]
    return Routing(
        deliveries=tuple(_delivery(each, decision, now=now) for each, decision in decided if decision.send),
        decisions=tuple(decision for _, decision in decided),
    )


def decide(alert: Alert, subscription: Subscription, *, told: Level | None) -> Decision:
    """Send or not, with the reason; `told` is the level last sent to this subscription, None for never."""
    return Decision(
        alert=alert.id,
        revision=alert.revision,
        subscription=subscription.id,
        reason=_reason(alert, subscription, told),
    )


def _reason(alert: Alert, subscription: Subscription, told: Level | None) -> Reason:
    if alert.shadow:
        return Reason.SHADOW
    if alert.standing in _STANDINGS:
        return _STANDINGS[alert.standing]
    if subscription.paused:
        return Reason.PAUSED
    if not admits(subscription, alert):
        return Reason.FILTERED
    return _by_what_was_told(alert, told)


def _by_what_was_told(alert: Alert, told: Level | None) -> Reason:
    """Whoever was told of it hears that it ended; whoever was not need not."""
    if alert.closed:
        return Reason.UNCHANGED if told is None else Reason.RESOLVED
    if told is None:
        return Reason.FIRST
    return Reason.LEVEL_RAISED if alert.level > told else Reason.UNCHANGED


def admits(subscription: Subscription, alert: Alert) -> bool:
    """Whether the filters let the alert through; an empty filter admits all."""
    return (
        alert.level >= subscription.min_level
        and _meets(subscription.rules, alert.rules)
        and _meets(subscription.actors, alert.actors)
        and _meets(subscription.places, alert.places)
        and _says(alert, subscription.text)
    )


def _meets(wanted: frozenset[str], found: Iterable[str]) -> bool:
    return not wanted or not wanted.isdisjoint(found)


def _says(alert: Alert, text: str) -> bool:
    """Whether any report has the text in its title or its sentence, in whatever case."""
    words = text.casefold()
    told = (said for report in alert.reports for said in (report.title, report.sentence.text))
    return not words or any(words in said.casefold() for said in told)


def _delivery(subscription: Subscription, decision: Decision, *, now: dt.datetime) -> Delivery:
    return Delivery(
        id=delivery_id(decision.alert, decision.revision, subscription.id),
        alert=decision.alert,
        revision=decision.revision,
        subscription=subscription.id,
        channel=subscription.channel,
        target=subscription.target,
        reason=decision.reason,
        created=now,
        next_at=now,
    )

"""Who is told: an alert and the subscriptions to deliveries, each decision with its reason. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from monitor.alerting.filters import meets
from monitor.alerting.timing import slot
from monitor.model import (
    Alert,
    Decision,
    Delivery,
    Level,
    Reason,
    Stage,
    Standing,
    Subscription,
    Timing,
    Turn,
    delivery_id,
)
from monitor.model.wording import says

_TURNS = {Turn.CORRECTED: Reason.CORRECTED, Turn.WITHDRAWN: Reason.WITHDRAWN, Turn.DISPUTED: Reason.DISPUTED}
_OWED = frozenset(_TURNS.values())  # to whoever was told: no filter, silence or cap keeps it back
_STANDINGS = {Standing.BASELINE: Reason.BASELINE, Standing.OLD: Reason.OLD}


@dataclass(frozen=True, kw_only=True, slots=True)
class Routing:
    """What becomes of an alert: every decision, and a delivery for each that says send."""

    deliveries: tuple[Delivery, ...]
    decisions: tuple[Decision, ...]


def route(
    alert: Alert,
    subscriptions: Iterable[Subscription],
    *,
    told: Mapping[str, Level],
    now: dt.datetime,
    lately: Mapping[str, int] | None = None,
    silenced: bool = False,
) -> Routing:
    """Deliveries and decisions for every subscription.

    `told` gives, by subscription id, the highest level at which this alert was already sent or queued;
    a subscription that was never told is absent. `lately` gives how many messages it got within the last hour.
    `silenced`: a silence holds the alert back from all whom it would have been sent to.
    """
    decided = [(each, decide(alert, each, told=told.get(each.id))) for each in subscriptions]
    if silenced:
        decided = [(each, _silenced(decision)) for each, decision in decided]
    counts = lately or {}
    return Routing(
        deliveries=tuple(
            _delivery(each, decision, level=alert.level, lately=_spent(each, decision, counts), now=now)
            for each, decision in decided
            if decision.send
        ),
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
    held = _held_back(alert, subscription)
    if held is not None:
        return held
    admitted = admits(subscription, alert)
    if told is not None and alert.turn in _TURNS:
        raised = alert.turn is Turn.CORRECTED and alert.level > told and admitted
        return Reason.LEVEL_RAISED if raised else _TURNS[alert.turn]
    if not admitted:
        return Reason.FILTERED
    if told is None and alert.stage is Stage.WITHDRAWN:
        return Reason.UNCHANGED  # nothing to take back
    return _by_what_was_told(alert, subscription, told)


def _by_what_was_told(alert: Alert, subscription: Subscription, told: Level | None) -> Reason:
    """Whoever was told of it hears that it ended; whoever was not need not."""
    if alert.closed:
        return Reason.UNCHANGED if told is None else Reason.RESOLVED
    if told is None:
        return Reason.FIRST
    if alert.level > told:
        return Reason.LEVEL_RAISED
    return Reason.UPDATED if subscription.updates and alert.turn is Turn.UPDATED else Reason.UNCHANGED


def _held_back(alert: Alert, subscription: Subscription) -> Reason | None:
    """Why the alert may not be sent, whatever the filters say."""
    if alert.shadow:
        return Reason.SHADOW
    if alert.standing in _STANDINGS:
        return _STANDINGS[alert.standing]
    if not subscription.confirmed or subscription.paused:
        return Reason.PAUSED if subscription.confirmed else Reason.UNCONFIRMED
    return Reason.TRIAL if alert.trial and not subscription.trial else None


def admits(subscription: Subscription, alert: Alert) -> bool:
    """Whether the filters let the alert through; an empty filter admits all."""
    return (
        alert.level >= subscription.min_level
        and meets(subscription.rules, _rules(alert, subscription))
        and not subscription.muted.issuperset(_rules(alert, subscription))
        and meets(subscription.actors, alert.actors)
        and meets(subscription.places, alert.places)
        and meets(subscription.tags, alert.tags)
        and any(report.grade <= subscription.min_grade for report in alert.reports)
        and says(alert, subscription.text)
    )


def escalation(alert: Alert, subscription: Subscription, *, now: dt.datetime) -> Delivery:
    """The delivery of an alert that nobody acknowledged in time: at once, whatever the subscription asks for."""
    decision = Decision(
        alert=alert.id, revision=alert.revision, subscription=subscription.id, reason=Reason.ESCALATED
    )
    return _delivery(replace(subscription, timing=Timing()), decision, level=alert.level, lately=0, now=now)


def _silenced(decision: Decision) -> Decision:
    held = decision.send and decision.reason not in _OWED
    return replace(decision, reason=Reason.SILENCED) if held else decision


def _spent(subscription: Subscription, decision: Decision, lately: Mapping[str, int]) -> int:
    """How much of the cap is used up, as far as the cap is asked."""
    return 0 if decision.reason in _OWED else lately.get(subscription.id, 0)


def _rules(alert: Alert, subscription: Subscription) -> tuple[str, ...]:
    """The rules that the subscription may be told of."""
    return (*alert.rules, *alert.trial_rules) if subscription.trial else alert.rules


def _delivery(
    subscription: Subscription, decision: Decision, *, level: Level, lately: int, now: dt.datetime
) -> Delivery:
    due = slot(subscription.timing, level, now=now, lately=lately)
    return Delivery(
        id=delivery_id(decision.alert, decision.revision, subscription.id),
        alert=decision.alert,
        revision=decision.revision,
        subscription=subscription.id,
        channel=subscription.channel,
        target=subscription.target,
        reason=decision.reason,
        created=now,
        next_at=due.at,
        held=due.held,
        batch=f"{subscription.id}@{due.at.isoformat()}" if due.held else "",
    )

"""From the outbox to the channels: claim what is due, send it, then mark it sent.

A crash repeats, never loses; who calls this, and when, is the scheduler's business.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import structlog

from monitor.alerting import retry
from monitor.alerting.digest import digest, latest
from monitor.alerting.render import page_of, render
from monitor.alerting.route import escalation, route
from monitor.alerting.sample import open_to_all, sample_alert
from monitor.alerting.silence import note
from monitor.config import Out, Slack
from monitor.errors import DeliveryError
from monitor.model import (
    Alert,
    Delivery,
    Digest,
    Message,
    Notice,
    Subscription,
    Taken,
    Timing,
)
from monitor.pipeline import Delivered, Doors, Parts, at_once
from monitor.storage import (
    Connection,
    acknowledgements,
    alerts,
    deliveries,
    notices,
    silences,
    slots,
    subscriptions,
    threads,
)

log = structlog.get_logger()
_REFUSALS = 3  # messages in a row that a reader's mailbox may refuse
T = TypeVar("T")
R = TypeVar("R")


async def deliver(
    parts: Parts,
    *,
    now: dt.datetime,
    only: Sequence[str] | None = None,
    channels: Sequence[str] | None = None,
) -> Delivered:
    """Send what is due, a few at once, and mark each only after it was sent: a crash repeats, never loses.

    Each channel has its share of the round, so that what waits for one keeps no other waiting. The round ends before
    its lease does: what could not be begun in time is given back. `only`: what is due of these ids; `channels`:
    what goes by these.
    """
    settings = parts.config.delivery
    lanes = _Lanes(settings.concurrency, begin_within=settings.begin_within)
    async with parts.database.writing() as conn:
        parts.fence(conn)  # the claim only: what is said of a message that was sent is always heard
        due = _claimed(parts, conn, channels=channels, now=now, only=only)
        wanted, unwanted = _wanted(due, {each.id: each for each in subscriptions.all(conn)})
        for delivery in unwanted:
            deliveries.cancel(conn, delivery, why="the subscription was paused or removed")
    together = _batches(wanted)
    results = await at_once(
        max(1, len(together)), together, lambda each: _in_lane(lanes, parts, each, now=now)
    )
    return sum(results, start=Delivered())


def _claimed(
    parts: Parts,
    conn: Connection,
    *,
    channels: Sequence[str] | None,
    now: dt.datetime,
    only: Sequence[str] | None,
) -> list[Delivery]:
    settings = parts.config.delivery
    return [
        each
        for channel in deliveries.channels_waiting(conn)
        if channels is None or channel in channels
        for each in deliveries.claim(
            conn,
            now=now,
            limit=settings.concurrency * 4,
            lease=settings.lease,
            longest=dt.timedelta(seconds=retry.LONGEST_ASKED),
            channel=channel,
            only=only,
        )
    ]


def _wanted(
    due: Sequence[Delivery], known: Mapping[str, Subscription]
) -> tuple[list[Delivery], list[Delivery]]:
    """Those to send, and those that were held for somebody who is no longer subscribed."""
    off = [
        each
        for each in due
        if each.held and (each.subscription not in known or known[each.subscription].paused)
    ]
    return [each for each in due if each not in off], off


def _batches(due: Sequence[Delivery]) -> list[list[Delivery]]:
    """What goes in one message: the deliveries of one batch, every other alone."""
    batches: dict[str, list[Delivery]] = {}
    for delivery in due:
        batches.setdefault(delivery.batch or delivery.id, []).append(delivery)
    return list(batches.values())


class _Lanes:
    """So many messages under way at once by each channel, and to one subscription no more than half of them.

    A receiver that keeps everybody waiting holds up its own messages only, a channel that is down its own. After
    `begin_within` no message is begun: it might outlast the lease, and be sent by another worker too.
    """

    def __init__(self, concurrency: int, *, begin_within: dt.timedelta) -> None:
        self._wide = concurrency
        self._channels: dict[str, asyncio.Semaphore] = {}
        self._subscriptions: dict[str, asyncio.Semaphore] = {}
        self._opened = asyncio.get_running_loop().time()
        self._open_for = begin_within.total_seconds()

    @property
    def closed(self) -> bool:
        """Whether it is too late to begin a message."""
        return self._passed > self._open_for

    @property
    def left(self) -> float:
        """Seconds in which a message may still be begun."""
        return self._open_for - self._passed

    @property
    def passed(self) -> dt.timedelta:
        """How long the round lasts by now, in whole seconds: nothing, where it runs at once on a clock of its own."""
        return dt.timedelta(seconds=int(self._passed))

    @property
    def _passed(self) -> float:
        return asyncio.get_running_loop().time() - self._opened

    def by(self, channel: str) -> asyncio.Semaphore:
        """The places of that channel."""
        return self._channels.setdefault(channel, asyncio.Semaphore(self._wide))

    def of(self, subscription: str) -> asyncio.Semaphore:
        """The lane of that subscription."""
        return self._subscriptions.setdefault(subscription, asyncio.Semaphore(max(1, self._wide // 2)))


async def _in_lane(
    lanes: _Lanes, parts: Parts, together: Sequence[Delivery], *, now: dt.datetime
) -> Delivered:
    async with lanes.of(together[0].subscription), lanes.by(together[0].channel):
        first = together[0]
        if lanes.closed or not await _has_slot(parts, first.channel, first.target, within=lanes.left):
            return await _given_back(parts, together)
        return await _deliver_these(lanes, parts, together, now=now)


async def _has_slot(parts: Parts, channel: str, target: str, *, within: float) -> bool:
    """Wait until the channel may be sent another message by anybody; False where that takes longer, in seconds."""
    settings = parts.config.channels.get(channel)
    if not isinstance(settings, Out) or not settings.apart:
        return True
    place = f"{channel} {target or settings.slack_channel}" if isinstance(settings, Slack) else channel
    async with parts.database.writing() as conn:
        wait = slots.take(conn, place, apart=settings.apart, within=within, now=parts.pace.clock())
    if wait:
        await parts.pace.sleep(wait)
    return wait is not None


async def _given_back(parts: Parts, together: Sequence[Delivery]) -> Delivered:
    async with parts.database.writing() as conn:
        for delivery in together:
            deliveries.give_back(conn, delivery)
    return Delivered()


async def _deliver_these(
    lanes: _Lanes, parts: Parts, together: Sequence[Delivery], *, now: dt.datetime
) -> Delivered:
    """One message for deliveries that go together; they are sent, fail and are given up as one."""
    whose = together[0].subscription
    try:
        with parts.database.read() as conn:
            ended = silences.untold(conn, whose, now=now)
            message = replace(_composed(conn, parts, together), note=note(ended))
        taken = await _hand_over(parts, together[0].channel, message, now=now) or Taken()
    except DeliveryError as error:
        return await _not_sent(parts, together, error, now=now + lanes.passed)
    except Exception as error:
        log.exception("delivery.fault", delivery=together[0].id)
        return await _not_sent(
            parts, together, DeliveryError(f"{type(error).__name__}: {error}"), now=now + lanes.passed
        )
    async with parts.database.writing() as conn:
        for delivery in together:
            deliveries.mark_sent(conn, delivery, answer=taken.answer, now=now + lanes.passed)
        if taken.thread:
            threads.keep(conn, together[0], taken.thread)
        if ended and subscriptions.get(conn, whose):
            notices.tell(conn, whose, [f"silence {each.id}" for each in ended], now=now)
    for delivery in together:
        log.info("delivery.sent", delivery=delivery.id, alert=delivery.alert, channel=delivery.channel)
    return Delivered(sent=len(together))


def _composed(conn: Connection, parts: Parts, together: Sequence[Delivery]) -> Message | Digest:
    """The one alert's message, or the digest of several."""
    subscription = subscriptions.get(conn, together[0].subscription)
    doors = parts.doors(subscription) if subscription else Doors()
    timing = subscription.timing if subscription else Timing()
    messages = [_message(conn, parts, each, zone=timing.zone) for each in latest(together)]
    if len(messages) == 1:
        return replace(messages[0], manage=doors.manage, leave=doors.leave)
    return replace(digest(messages, timing=timing), manage=doors.manage, leave=doors.leave)


async def escalate(parts: Parts, *, now: dt.datetime) -> int:
    """Pass critical alerts that nobody acknowledged in time on to the next subscription; how many deliveries."""
    count = 0
    async with parts.database.writing() as conn:
        parts.fence(conn)
        listed = {each.id: each for each in subscriptions.all(conn)}
        for subscription in listed.values():
            target = listed.get(subscription.escalate_to)
            if target is None or target.paused or not target.confirmed:
                continue
            for each in acknowledgements.overdue(conn, subscription, now=now):
                alert = alerts.get(conn, each)
                if alert is not None:
                    count += deliveries.enqueue(conn, [escalation(alert, target, now=now)])
    return count


async def send_test(parts: Parts, subscription: Subscription, *, now: dt.datetime) -> None:
    """Send a made-up alert, which says that it is one; DeliveryError when the channel does not take it."""
    alert = sample_alert(now)
    (delivery,) = route(alert, [open_to_all(subscription)], told={}, now=now).deliveries
    await _in_its_slot(parts, subscription)
    await _hand_over(parts, delivery.channel, render(alert, delivery, names=parts.names), now=now)


async def send_notice(parts: Parts, subscription: Subscription, notice: Notice, *, now: dt.datetime) -> None:
    """Send a notice to a subscriber; DeliveryError when the channel does not take it."""
    await _in_its_slot(parts, subscription)
    await _hand_over(parts, subscription.channel, notice, now=now)


async def _in_its_slot(parts: Parts, subscription: Subscription) -> None:
    """Wait for a slot among the alerts; DeliveryError where that takes too long."""
    within = parts.config.delivery.begin_within.total_seconds()
    if not await _has_slot(parts, subscription.channel, subscription.target, within=within):
        raise DeliveryError(
            f"the channel {subscription.channel} is busy: so many messages wait at its rate; try again later"
        )


async def _hand_over(
    parts: Parts, name: str, message: Message | Digest | Notice, *, now: dt.datetime
) -> Taken | None:
    """Send one message by the channel of that name within its time; DeliveryError when it was not taken."""
    channel = parts.channels.get(name)
    if channel is None:
        raise DeliveryError(f"the config has no channel '{name}'")
    patience = parts.config.delivery.timeout.total_seconds()
    try:
        async with asyncio.timeout(patience):
            return await channel.send(message, now=now)
    except TimeoutError as error:
        raise DeliveryError(f"no answer within {patience:.0f} s", unsure=True) from error


def _message(conn: Connection, parts: Parts, delivery: Delivery, *, zone: str) -> Message:
    alert = alerts.get(conn, delivery.alert)
    if alert is None:
        raise DeliveryError(f"alert {delivery.alert} is gone", permanent=True)
    actor = alert.actors[0] if alert.actors else None
    last = alerts.last_before(conn, alert.rules, actor, alert.opened) if actor else None
    changes = _changes(conn, alert, delivery)
    message = render(alert, delivery, names=parts.names, last_before=last, changes=changes, zone=zone)
    return replace(message, thread=threads.of(conn, delivery), page=page_of(alert, parts.config.web.address))


def _changes(conn: Connection, alert: Alert, delivery: Delivery) -> list[str]:
    """What every revision changed since the one of which the subscription was told last."""
    told = deliveries.told_revision(conn, delivery)
    since = alerts.revisions(conn, alert.id)
    return [word for each in since if each.revision > told for word in each.changes]


async def _not_sent(
    parts: Parts, together: Sequence[Delivery], error: DeliveryError, *, now: dt.datetime
) -> Delivered:
    give_up_after = parts.config.delivery.give_up_after
    again = retry.next_try(together[0], error, now=now, give_up_after=give_up_after, random=parts.random)
    async with parts.database.writing() as conn:
        for delivery in together:
            if again is None:
                deliveries.mark_dead(conn, delivery, error=str(error))
            else:
                deliveries.mark_failed(conn, delivery, error=str(error), next_at=again, unsure=error.unsure)
        if error.permanent:
            _leave_in_peace(conn, together[0].subscription)
    for delivery in together:
        log.warning(
            "delivery.failed", delivery=delivery.id, channel=delivery.channel, error=str(error), again=again
        )
    return Delivered(dead=len(together)) if again is None else Delivered(failed=len(together))


def _leave_in_peace(conn: Connection, whose: str) -> None:
    """Pause a reader's subscription whose mailbox refuses for good: to go on costs the sender its name."""
    subscription = subscriptions.get(conn, whose)
    if subscription is None or subscription.asked is None or subscription.paused:
        return
    if deliveries.given_up_in_a_row(conn, whose) >= _REFUSALS:
        subscriptions.pause(conn, whose)
        log.warning("subscription.paused", subscription=whose, why="its mailbox refuses for good")

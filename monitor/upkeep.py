"""What the service tells of itself: notices of trouble, the daily line, and the ping of a dead man's switch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import structlog

from monitor.alerting import notices as wording
from monitor.alerting import retry
from monitor.errors import DeliveryError, FetchError
from monitor.health import HEARTBEAT, SILENT_FOR
from monitor.model import Notice, Subscription, notice_id
from monitor.outbox import send_notice
from monitor.pipeline import Parts, at_once
from monitor.rulebook import RULES
from monitor.storage import alerts, articles, deliveries, feeds, matches, notices, service, subscriptions
from monitor.storage.query import AlertQuery

log = structlog.get_logger()
_DAY = dt.timedelta(days=1)
_MONTH = dt.timedelta(days=30)  # over which a feed's usual gap is reckoned
_FAILING_FOR = dt.timedelta(minutes=15)  # until a channel that takes nothing is told of


async def tell(parts: Parts, *, now: dt.datetime) -> int:
    """Tell every subscription that asked for it what is new of the service; how many notices were sent.

    One that cannot be sent now is tried again later, with the outbox's patience and under the same id.
    """
    with parts.database.read() as conn:
        ailing = feeds.ailing(conn, quiet_since=now - _DAY)
        refused = service.faults(conn).get(RULES)
        failing = deliveries.failing(conn, before=now - _FAILING_FOR)
        failed = notices.retries(conn)
        quiet = [feed.id for feed, state in ailing if state.last_new and now - state.last_new >= _DAY]
        gaps = articles.usual_gaps(conn, quiet, now - _MONTH)
        wanting = [each for each in subscriptions.all(conn) if _may_be_told(each, failed, now)]
    dead_after = parts.config.scheduler.dead_after
    found = wording.troubles(
        ailing, refused=refused, dead_after=dead_after, failing=failing, gaps=gaps, now=now
    )
    lanes: dict[str, list[Subscription]] = {}
    for subscription in wanting:
        lanes.setdefault(subscription.channel, []).append(subscription)

    async def along(lane: Sequence[Subscription]) -> int:
        return sum([await _tell_one(parts, each, found, now=now) for each in lane])

    # One after another by each channel, beside one another by several: one that hangs keeps no other waiting.
    return sum(await at_once(max(1, len(lanes)), lanes.values(), along))


async def ping(parts: Parts, *, now: dt.datetime) -> None:
    """Ask the dead man's switch, as long as the service is well; silence is the alarm."""
    address = parts.config.scheduler.ping.get_secret_value()
    if not address:
        return
    with parts.database.read() as conn:
        beat = service.beats(conn).get(HEARTBEAT)
    if beat is None or now - beat > SILENT_FOR:
        return
    try:
        await parts.client.get(address)
    except FetchError:
        log.warning("ping.failed")  # without the address: it is a secret


async def _tell_one(
    parts: Parts, subscription: Subscription, found: Sequence[wording.Trouble], *, now: dt.datetime
) -> int:
    sent = 0
    if subscription.notices:
        # Of its own channel's trouble a subscription hears by no way: it would fail as the alerts do.
        told = [each for each in found if each.subject != wording.about(subscription.channel)]
        sent += await _tell_troubles(parts, subscription, told, now=now)
    if subscription.daily is not None:
        sent += await _tell_day(parts, subscription, now=now)
    return sent


async def _tell_troubles(
    parts: Parts, subscription: Subscription, found: Sequence[wording.Trouble], *, now: dt.datetime
) -> int:
    with parts.database.read() as conn:
        told = notices.told(conn, subscription.id)
    news = wording.news(found, told)
    if news is None:
        return 0
    subjects = sorted([*(each.subject for each in news.new), *news.over])
    notice = _notice(subscription, news.headline, news.lines, parts=[*subjects, f"{now:%Y-%m-%d}"], now=now)
    if not await _sent(parts, subscription, notice, now=now):
        return 0
    async with parts.database.writing() as conn:
        notices.tell(conn, subscription.id, [each.subject for each in news.new], now=now)
        notices.forget(conn, subscription.id, news.over)
    return 1


async def _tell_day(parts: Parts, subscription: Subscription, *, now: dt.datetime) -> int:
    assert subscription.daily is not None
    zone = subscription.timing.zone
    with parts.database.read() as conn:
        last = notices.told(conn, subscription.id).get(wording.DAILY)
        if not wording.is_due(subscription.daily, zone, last=last, now=now):
            return 0
        found = alerts.search(conn, AlertQuery(since=now - _DAY, shadow=False, limit=None))
        near = matches.count_near_misses(conn, since=now - _DAY)
        live = [(feed, state) for feed, state in feeds.known(conn) if not state.paused]
    line = wording.daily_line(found, live, near_misses=near, zone=zone, now=now)
    notice = _notice(subscription, line, (), parts=[wording.DAILY, f"{now:%Y-%m-%d}"], now=now)
    if not await _sent(parts, subscription, notice, now=now):
        return 0
    async with parts.database.writing() as conn:
        notices.tell(conn, subscription.id, [wording.DAILY], now=now)
    return 1


def _notice(
    subscription: Subscription,
    headline: str,
    lines: tuple[str, ...],
    *,
    parts: Sequence[str],
    now: dt.datetime,
) -> Notice:
    return Notice(
        id=notice_id(subscription.id, *parts),
        subscription=subscription.id,
        target=subscription.target,
        headline=headline,
        lines=lines,
        created=now,
    )


def _may_be_told(
    subscription: Subscription, failed: Mapping[str, tuple[int, dt.datetime]], now: dt.datetime
) -> bool:
    _, until = failed.get(subscription.id, (0, now))
    return subscription.confirmed and not subscription.paused and until <= now


async def _sent(parts: Parts, subscription: Subscription, notice: Notice, *, now: dt.datetime) -> bool:
    try:
        await send_notice(parts, subscription, notice, now=now)
    except DeliveryError as error:
        until = await _put_off(parts, subscription, error, now=now)
        log.warning("notice.failed", subscription=subscription.id, error=str(error), again=until)
        return False
    async with parts.database.writing() as conn:
        notices.reached(conn, subscription.id)
    log.info("notice.sent", subscription=subscription.id, notice=notice.id)
    return True


async def _put_off(
    parts: Parts, subscription: Subscription, error: DeliveryError, *, now: dt.datetime
) -> dt.datetime:
    """Until when no notice is sent there: one that the receiver refuses for good is tried again the next day."""
    async with parts.database.writing() as conn:
        attempts = notices.retries(conn).get(subscription.id, (0, now))[0] + 1
        pause = retry.wait(attempts, random=parts.random, retry_after=error.retry_after)
        until = now + (_DAY if error.permanent else pause)
        notices.put_off(conn, subscription.id, attempts=attempts, until=until)
    return until

"""Reads from the database and the ledger what came of a run."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from monitor.alerting.render import render
from monitor.app import App
from monitor.demo import ledger
from monitor.demo.outcome import Missed, Outcome, Told
from monitor.demo.runs import Run
from monitor.model import Alert, Delivery, DeliveryState, Reason, Standing
from monitor.storage import alerts, articles, deliveries, feeds, matches
from monitor.storage.database import Database
from monitor.storage.query import AlertQuery

_MANY = 10_000  # more near misses than the sample week can hold


def drained(database: Database, end: dt.datetime) -> bool:
    """Whether every feed was polled after `end`, every article was read, and every delivery settled."""
    with database.read() as conn:
        polled = all(state.last_polled and state.last_polled >= end for state in feeds.states(conn).values())
        waiting = articles.pending(conn, limit=1) or deliveries.listed(
            conn, state=DeliveryState.PENDING, limit=1
        )
    return polled and not waiting


def collect(app: App, run: Run, *, until: dt.datetime) -> Outcome:
    """All that the run has to show; `until` is the time that the replay came to."""
    with app.parts.database.read() as conn:
        found = alerts.search(conn, AlertQuery(limit=None))
        outbox = deliveries.listed(conn)
        near = matches.recent_near_misses(conn, limit=_MANY)
    reported = {report.article for alert in found for report in alert.reports}
    told = [_told(alert, _of(outbox).get(alert.id, ()), app.names) for alert in reversed(found)]
    return Outcome(
        run=run,
        told=tuple(each for each in told if _is_told(each.alert)),
        held=tuple(each for each in told if not _is_told(each.alert)),
        missed=tuple(
            Missed(miss=miss, article=article)
            for article, miss in reversed(near)
            if article.id not in reported
        ),
        receipts=tuple(ledger.read(run.ledger)),
        waiting=sum(each.state is DeliveryState.PENDING for each in outbox),
        until=until,
    )


def _is_told(alert: Alert) -> bool:
    return alert.standing is Standing.LIVE and not alert.shadow


def _of(outbox: list[Delivery]) -> Mapping[str, tuple[Delivery, ...]]:
    by_alert: defaultdict[str, tuple[Delivery, ...]] = defaultdict(tuple)
    for delivery in outbox:
        by_alert[delivery.alert] += (delivery,)
    return by_alert


def _told(alert: Alert, made: tuple[Delivery, ...], names: Mapping[str, str]) -> Told:
    return Told(message=render(alert, made[0] if made else _unsent(alert), names=names), deliveries=made)


def _unsent(alert: Alert) -> Delivery:
    """What a message of an alert that was held back is rendered for."""
    reasons = {Standing.OLD: Reason.OLD, Standing.BASELINE: Reason.BASELINE, Standing.LIVE: Reason.SHADOW}
    return Delivery(
        id="",
        alert=alert.id,
        revision=alert.revision,
        subscription="",
        channel="",
        target="",
        reason=reasons[alert.standing],
        created=alert.updated,
    )

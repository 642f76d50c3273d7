"""What a batch of articles means, written down: matches, alerts and the deliveries these cause, in one transaction.

Whatever must be done by one writer after the other stands last and is short: first what no other writer asks for, then
all that is read and decided, at the end the alerts with their numbers.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.alerting.group import group, sought_keys
from monitor.alerting.route import Routing, route
from monitor.alerting.silence import silencing
from monitor.alerting.timing import WINDOW
from monitor.model import Alert, Article, Level, Reason, Silence, Subscription, Verdict
from monitor.storage import Connection, alerts, deliveries, matches, silences, subscriptions

Judged = Sequence[tuple[Article, Verdict]]


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """How much was written."""

    alerts: int  # opened or amended
    deliveries: int


def record(conn: Connection, judged: Judged, *, now: dt.datetime) -> Recorded:
    """Write matches and near misses, the alerts they belong to, and the deliveries these cause."""
    verdicts = {article.id: verdict for article, verdict in judged}
    matches.add_near_misses(conn, verdicts, now=now)
    sought = {
        article.id: sought_keys(article, (*verdict.matches, *verdict.denials)) for article, verdict in judged
    }
    keys = frozenset().union(*sought.values())
    alerts.lock_around(conn, keys, sought)
    known = _Known(alerts.around(conn, keys, sought))
    revised: list[Alert] = []
    alert_ids: dict[tuple[str, str], str] = {}
    for article, verdict in judged:
        existing = known.around(article, sought[article.id])
        grouped = group(article, verdict.matches, existing, denials=verdict.denials, now=now)
        changed = [alert for alert in grouped if alert not in existing]
        known.put(changed)
        revised += changed
        alert_ids |= _alert_of_match(article, grouped)
    sent = tell(conn, revised, subscriptions.all(conn), now=now) if revised else 0
    matches.add_matches(conn, verdicts, alert_ids=alert_ids, now=now)
    return Recorded(alerts=len(revised), deliveries=sent)


def tell(
    conn: Connection, revised: Sequence[Alert], listed: Sequence[Subscription], *, now: dt.datetime
) -> int:
    """Save revisions of alerts, in order, with the deliveries that they cause and the reasons of those not made.

    How many deliveries there are.
    """
    routed = _routed(conn, revised, listed, now=now)
    alerts.save_all(conn, revised)
    for alert, routing, silence in routed:
        if silence:
            held_back = [each for each in routing.decisions if each.reason is Reason.SILENCED]
            silences.hide(conn, silence.id, alert.id, [each.subscription for each in held_back])
    refused = [each for _, routing, _ in routed for each in routing.decisions if not each.send]
    deliveries.refuse(conn, refused, now=now)
    return deliveries.enqueue(conn, [each for _, routing, _ in routed for each in routing.deliveries])


def _routed(
    conn: Connection, revised: Sequence[Alert], listed: Sequence[Subscription], *, now: dt.datetime
) -> list[tuple[Alert, Routing, Silence | None]]:
    """Who is told of each revision; one takes into account what those before it send."""
    told: dict[str, dict[str, Level]] = defaultdict(dict)
    told |= deliveries.told(conn, [each.id for each in revised])
    capped = any(each.timing.cap for each in listed)
    lately = defaultdict(int, deliveries.lately(conn, since=now - WINDOW) if capped else {})
    in_force = silences.all(conn, since=now)
    routed = []
    for alert in revised:
        silence = silencing(alert, in_force, now=now)
        before = told[alert.id]
        routing = route(alert, listed, told=before, now=now, lately=lately, silenced=silence is not None)
        for each in routing.deliveries:
            before[each.subscription] = max(alert.level, before.get(each.subscription, alert.level))
            lately[each.subscription] += not each.batch
        routed.append((alert, routing, silence))
    return routed


class _Known:
    """The alerts that the articles of a batch may be reports of, as they stand after each article."""

    def __init__(self, loaded: Iterable[Alert]) -> None:
        self._alerts: dict[str, Alert] = {}
        self._by_key: dict[str, set[str]] = defaultdict(set)
        self._by_article: dict[str, set[str]] = defaultdict(set)
        self.put(loaded)

    def put(self, saved: Iterable[Alert]) -> None:
        """Take these, in place of what was known of them."""
        for alert in saved:
            if before := self._alerts.get(alert.id):
                self._take_out(before)
            self._alerts[alert.id] = alert
            for key in alert.keys:
                self._by_key[key].add(alert.id)
            for report in alert.reports:
                self._by_article[report.article].add(alert.id)

    def around(self, article: Article, keys: Iterable[str]) -> list[Alert]:
        """The alerts that the article may be a report of, and those that it is one of already, oldest first each."""
        by_key = {name for key in keys for name in self._by_key.get(key, ())}
        others = self._by_article.get(article.id, set()) - by_key
        # None of rules over time.
        return [alert for ids in (by_key, others) for alert in self._oldest_first(ids) if not alert.said]

    def _take_out(self, alert: Alert) -> None:
        for key in alert.keys:
            self._by_key[key].discard(alert.id)
        for report in alert.reports:
            self._by_article[report.article].discard(alert.id)

    def _oldest_first(self, ids: Iterable[str]) -> list[Alert]:
        return sorted((self._alerts[each] for each in ids), key=lambda alert: (alert.opened, alert.id))


def _alert_of_match(article: Article, grouped: Iterable[Alert]) -> Mapping[tuple[str, str], str]:
    """Article and rule to the alert in which the match is told."""
    return {
        (article.id, rule): alert.id
        for alert in grouped
        for report in alert.reports
        if report.article == article.id
        for rule in report.rules
    }

"""The past once more: matches in the order of time to alerts, and to the messages of every subscription."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.alerting.group import group, sought_keys
from monitor.alerting.route import route
from monitor.model import Alert, Article, Level, Match, Subscription


@dataclass(kw_only=True)
class Replay:
    """Alerts as the service would have raised them; the same grouping and the same routing."""

    subscriptions: Sequence[Subscription] = ()
    alerts: dict[str, Alert] = field(default_factory=dict)
    messages: Counter[str] = field(default_factory=Counter)  # by subscription
    _by_key: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _told: dict[str, dict[str, Level]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, article: Article, matches: Sequence[Match]) -> None:
        """One article; each must come in the order of time."""
        if not matches:
            return
        known = {name for key in sought_keys(article, matches) for name in self._by_key.get(key, ())}
        existing = [self.alerts[name] for name in sorted(known)]
        for alert in group(article, matches, existing, now=article.when):
            if self.alerts.get(alert.id) != alert:
                self._keep(alert, article)

    def _keep(self, alert: Alert, article: Article) -> None:
        self.alerts[alert.id] = alert
        for key in alert.keys:
            self._by_key[key].add(alert.id)
        told = self._told[alert.id]
        for delivery in route(alert, self.subscriptions, told=told, now=article.when).deliveries:
            told[delivery.subscription] = alert.level
            self.messages[delivery.subscription] += 1


def replay(
    judged: Sequence[tuple[Article, Sequence[Match]]], subscriptions: Sequence[Subscription] = ()
) -> Replay:
    """All articles, put in the order of time."""
    done = Replay(subscriptions=subscriptions)
    for article, matches in sorted(judged, key=lambda pair: (pair[0].when, pair[0].id)):
        done.add(article, matches)
    return done

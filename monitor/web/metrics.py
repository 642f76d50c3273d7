"""`/metrics`: the service in figures, for Prometheus. They name channels, rules and feeds, and no person.

All are counted in the database, so that they are the same whichever process is asked.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor import __version__
from monitor.health import HEARTBEAT
from monitor.model import DeliveryState, FeedState, Level
from monitor.rulebook import RULES
from monitor.storage import Connection, feeds, rule_sets, service, tallies
from monitor.storage.figures import Figures, figures
from monitor.web.access import ANYBODY
from monitor.web.site import Site, of


def shown(request: Request) -> Response:
    """Every figure as it is now; not for anybody who reads the pages without signing in."""
    if request.state.actor == ANYBODY:
        raise HTTPException(403, "Metrics need a token of scope read: `monitor tokens add prometheus`.")
    registry = CollectorRegistry()
    registry.register(_Collector(of(request)))
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(registry), headers={"content-type": media_type})


class _Collector(Collector):
    """Reads everything in one transaction when it is asked."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def describe(self) -> list[Metric]:
        """Nothing: the figures have names of their own, and counting only to learn them would be waste."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Every figure."""
        site = self._site
        with site.app.parts.database.read() as conn:
            counted = figures(conn)
            rest = [_of_polls(conn), *_of_feeds(conn), *_of_rules(conn), *_of_ticks(conn, site)]
        yield InfoMetricFamily("bongsu_build", "The program.", {"version": __version__})
        yield from _stored(counted, site)
        yield from _queues(counted, site)
        yield from rest


def _of_polls(conn: Connection) -> Metric:
    counted = tallies.all(conn)
    outcomes = {
        ("good",): counted.get(tallies.GOOD_POLLS, 0),
        ("failed",): counted.get(tallies.FAILED_POLLS, 0),
    }
    made = CounterMetricFamily("bongsu_polls", "Polls of feeds, by outcome.", labels=("outcome",))
    return _filled(made, outcomes)


def _stored(counted: Figures, site: Site) -> Iterator[Metric]:
    yield GaugeMetricFamily("bongsu_articles", "Articles stored.", counted.articles)
    yield GaugeMetricFamily("bongsu_matches", "Matches stored.", counted.matches)
    levels = {(str(level),): counted.alerts.get(level, 0) for level in Level}
    yield _gauge("bongsu_alerts", "Alerts stored, by level.", ("level",), levels)
    every = {*counted.deliveries, *itertools.product(DeliveryState, site.app.parts.config.channels)}
    states = {(str(state), channel): counted.deliveries.get((state, channel), 0) for state, channel in every}
    yield _gauge("bongsu_deliveries", "Deliveries, by state and channel.", ("state", "channel"), states)


def _queues(counted: Figures, site: Site) -> Iterator[Metric]:
    depths = {(name,): queue.depth for name, queue in counted.queues.items()}
    ages = {
        (name,): (site.now - queue.oldest).total_seconds() if queue.oldest else 0.0
        for name, queue in counted.queues.items()
    }
    yield _gauge("bongsu_queue_depth", "What waits to be analysed or sent.", ("queue",), depths)
    yield _gauge("bongsu_queue_oldest_age_seconds", "How long the oldest of it waits.", ("queue",), ages)


def _of_feeds(conn: Connection) -> Iterator[Metric]:
    states = feeds.states(conn)
    counts = Counter((_health(states.get(feed.id)),) for feed in feeds.all(conn))
    every = {(name,): counts[(name,)] for name in ("well", "failing", "new", "paused")}
    yield _gauge("bongsu_feeds", "Feeds, by health.", ("health",), every)


def _health(state: FeedState | None) -> str:
    if state is None or (state.last_polled is None and not state.paused):
        return "new"
    if state.paused:
        return "paused"
    return "failing" if state.failures else "well"


def _of_rules(conn: Connection) -> Iterator[Metric]:
    in_force = rule_sets.in_force(conn)
    revision = hashlib.sha256(repr(sorted(in_force.items())).encode()).hexdigest()[:12]
    yield GaugeMetricFamily("bongsu_rules", "Rules in force.", len(in_force))
    yield InfoMetricFamily("bongsu_rule_set", "The rules in force, as one revision.", {"revision": revision})
    loaded = service.beats(conn).get(RULES)
    if loaded is None:
        return
    good = RULES not in service.faults(conn)
    yield GaugeMetricFamily(
        "bongsu_rules_last_reload_successful",
        "0: files have mistakes, and the last good set is kept.",
        int(good),
    )
    yield GaugeMetricFamily(
        "bongsu_rules_last_reload_timestamp_seconds",
        "When files were last taken up or refused.",
        loaded.timestamp(),
    )


def _of_ticks(conn: Connection, site: Site) -> Iterator[Metric]:
    beat = service.beats(conn).get(HEARTBEAT)
    if beat is not None:
        age = (site.now - beat).total_seconds()
        yield GaugeMetricFamily(
            "bongsu_last_tick_age_seconds", "How long the scheduler has been silent.", age
        )


def _gauge(name: str, said: str, labels: tuple[str, ...], values: Mapping[Any, float]) -> Metric:
    return _filled(GaugeMetricFamily(name, said, labels=labels), values)


def _filled(made: GaugeMetricFamily | CounterMetricFamily, values: Mapping[Any, float]) -> Metric:
    for labels, value in sorted(values.items()):
        made.add_metric(labels, value)
    return made

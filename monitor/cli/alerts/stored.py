"""Alerts as these commands find them in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from monitor.config import Config
from monitor.errors import UsageError
from monitor.history import open_database, utc_now
from monitor.model import Alert, AlertVerdict, Standing
from monitor.storage import Connection, alerts, verdicts
from monitor.storage.query import AlertQuery


def known(conn: Connection, alert: str) -> Alert:
    """The alert of that id or beginning; UsageError where there is none, or several."""
    found = alerts.get(conn, alert)
    if found is None:
        raise UsageError(f"there is no alert {alert}; `monitor alerts list` shows those there are")
    return found


def found_by(config: Config, query: AlertQuery) -> tuple[list[Alert], Mapping[str, list[AlertVerdict]]]:
    """The alerts, and the verdicts on each."""
    with open_database(config, now=utc_now()) as database, database.read() as conn:
        found = alerts.search(conn, query)
        return found, verdicts.of(conn, [alert.id for alert in found])


def whole(alert: Alert, said: Sequence[AlertVerdict]) -> Mapping[str, Any]:
    """All of the alert, with what analysts said of it."""
    told = asdict(alert)
    for report in told["reports"]:
        del report["sketch"]  # hashes, of no use to people
    return {**told, "level": str(alert.level), "verdicts": list(map(asdict, said))}


def why_not_sent(alert: Alert) -> str:
    """Why nobody was told at all, in a word; empty where it was up to each subscription."""
    if alert.shadow:
        return "shadow"
    return "" if alert.standing is Standing.LIVE else alert.standing.value

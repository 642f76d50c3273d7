"""Alerts as CSV that a spreadsheet opens without running any of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from monitor.exports.about import About
from monitor.exports.values import cell, plain
from monitor.model import Alert

COLUMNS = (
    *("id", "opened", "updated", "level", "status", "standing", "rules", "actors", "action", "objects"),
    *("recipients", "places", "date", "count_min", "count_max", "reports", "publishers"),
    *("title", "sentence", "url"),
)
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a spreadsheet take a cell for a formula (OWASP)


def write(alerts: Sequence[Alert], about: About) -> str:
    """One line for each alert, lists within a cell parted by commas; the sentence is the first report's."""
    del about
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    writer.writerow(COLUMNS)
    writer.writerows([safe(value) for value in _line(alert)] for alert in alerts)
    return text.getvalue()


def safe(value: object) -> str:
    """The value as a cell that is never a formula: a quote mark stands before what could be one."""
    said = "" if value is None else plain(value) if hasattr(value, "isoformat") else cell(value)
    return f"'{said}" if str(said).lstrip(" \u00a0\u3000").startswith(_STARTS) else str(said)


def _line(alert: Alert) -> tuple[object, ...]:
    first = alert.reports[0] if alert.reports else None
    count = alert.count
    return (
        *(alert.id, alert.opened, alert.updated, alert.level, alert.status, alert.standing, alert.rules),
        *(alert.actors, alert.action, alert.objects, alert.recipients, alert.places, alert.date),
        *((count.min, count.max) if count else (None, None)),
        len(alert.reports),
        tuple(dict.fromkeys(report.publisher for report in alert.reports)),
        *((first.title, first.sentence.text, first.url) if first else ("", "", "")),
    )

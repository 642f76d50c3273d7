"""Alerts as BibTeX: the record itself, and the report it rests on, to be cited."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.exports.about import About
from monitor.model import Alert, Report

_SPECIAL = {
    "\\": "\\textbackslash{}",
    "{": "\\{",
    "}": "\\}",
    "&": "\\&",
    "%": "\\%",
    "$": "\\$",
    "#": "\\#",
    "_": "\\_",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
}


def write(alerts: Sequence[Alert], about: About) -> str:
    """Two entries for each alert."""
    return "\n".join(f"{_record(alert, about)}\n{_source(alert, alert.reports[0])}" for alert in alerts)


def _record(alert: Alert, about: About) -> str:
    headline, *_ = about.lines(alert)
    note = f"Alert {alert.id}, revision {alert.revision}, rules {', '.join(alert.rules)}"
    fields = {
        "author": "{Bongsu}",
        "title": f"{{{_safe(headline)}}}",
        "date": alert.opened.date().isoformat(),
        "year": str(alert.opened.year),
        "url": about.link(alert),
        "note": _safe(note),
    }
    return _entry("misc", f"bongsu-{alert.id}", fields)


def _source(alert: Alert, report: Report) -> str:
    told = report.published or report.fetched
    fields = {
        "title": f"{{{_safe(report.title)}}}",
        "author": f"{{{_safe(report.publisher)}}}",
        "date": told.date().isoformat(),
        "year": str(told.year),
        "url": report.url,
        "urldate": report.fetched.date().isoformat(),
    }
    return _entry("online", f"bongsu-{alert.id}-source", fields)


def _entry(kind: str, key: str, fields: dict[str, str]) -> str:
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", *lines, "}", ""])


def _safe(text: str) -> str:
    return "".join(_SPECIAL.get(char, char) for char in " ".join(text.split()))

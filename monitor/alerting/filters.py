"""What subscriptions and silences ask of an alert alike. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model import Alert


def meets(wanted: frozenset[str], found: Iterable[str]) -> bool:
    """Whether any of the wanted is among those found; nothing wanted admits all."""
    return not wanted or not wanted.isdisjoint(found)


def says(alert: Alert, text: str) -> bool:
    """Whether any report has the text in its title or its sentence, in whatever case."""
    words = text.casefold()
    told = (said for report in alert.reports for said in (report.title, report.sentence.text))
    return not words or any(words in said.casefold() for said in told)

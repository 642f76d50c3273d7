"""Alerts in the formats that other programs read; of an article never more than the sentence that mattered.

To add a format: a module with a function of alerts, and a line in FORMATS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from monitor.exports import bibtex, cap, feed, stix, table, whole
from monitor.exports.about import About
from monitor.model import Alert


@dataclass(frozen=True, kw_only=True)
class Format:
    """A format: how it is written, and what kind of document that is."""

    write: Callable[[Sequence[Alert], About], str]
    media_type: str


FORMATS: Mapping[str, Format] = {
    "json": Format(write=whole.write, media_type="application/json"),
    "csv": Format(write=table.write, media_type="text/csv; charset=utf-8"),
    "atom": Format(write=feed.atom, media_type="application/atom+xml"),
    "jsonfeed": Format(write=feed.jsonfeed, media_type="application/feed+json"),
    "cap": Format(write=cap.write, media_type="application/xml"),
    "stix": Format(write=stix.write, media_type="application/stix+json"),
    "bibtex": Format(write=bibtex.write, media_type="application/x-bibtex"),
}

__all__ = ["FORMATS", "About", "Format"]

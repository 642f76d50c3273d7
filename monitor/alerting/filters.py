"""What subscriptions and silences ask of an alert alike. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def meets(wanted: frozenset[str], found: Iterable[str]) -> bool:
    """Whether any of the wanted is among those found; nothing wanted admits all."""
    return not wanted or not wanted.isdisjoint(found)

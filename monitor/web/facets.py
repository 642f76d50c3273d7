"""How what a search found divides, each part a link to the search within it; and where else a search leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from monitor.storage.facets import Facets

FIELDS = ("text", "rule", "level", "actor", "place", "publisher", "status", "since", "until")
_SUBSCRIBED = ("text", "rule", "level", "actor", "place")  # what a subscription can ask for too
_TAGS = (("Indicator", "rule"), ("Actor", "actor"), ("Place", "place"), ("Publisher", "publisher"))
_MOST = 8  # values of one side


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One value, and the search within it; a chosen one leads to the search without it."""

    name: str
    count: int
    address: str
    is_chosen: bool


def sides(
    found: Facets, asked: Mapping[str, str], *, names: Mapping[str, str]
) -> list[tuple[str, list[Choice]]]:
    """The parts by their heads; those without any are left out."""
    levels = {str(level): many for level, many in found.levels.items()}
    statuses = {str(status): many for status, many in found.statuses.items()}
    told = [("Level and above", _choices(asked, "level", _summed(levels)))]
    told += [(head, _choices(asked, kind, found.tags[kind], names=names)) for head, kind in _TAGS]
    told.append(("Status", _choices(asked, "status", statuses)))
    told.append(("Month", [_month(asked, month, count) for month, count in found.months.items()]))
    return [(head, choices[:_MOST]) for head, choices in told if choices]


def address(asked: Mapping[str, str]) -> str:
    """Of the search."""
    kept = urlencode({name: value for name, value in asked.items() if value})
    return f"/alerts?{kept}" if kept else "/alerts"


def subscribe(asked: Mapping[str, str]) -> str:
    """The form of a subscription, filled in with the search but for its dates; "" where it would take other alerts."""
    kept = {name: value for name, value in asked.items() if value and name not in {"since", "until"}}
    if not kept or not set(kept) <= set(_SUBSCRIBED):
        return ""
    return "/subscribe?" + urlencode(kept)


def _summed(levels: Mapping[str, int]) -> dict[str, int]:
    """As the search takes a level: it and those above it, which come first."""
    summed, so_far = {}, 0
    for level, many in levels.items():
        so_far += many
        summed[level] = so_far
    return summed


def _choices(
    asked: Mapping[str, str], field: str, found: Mapping[str, int], *, names: Mapping[str, str] | None = None
) -> list[Choice]:
    shown = {} if names is None or field in {"rule", "publisher"} else names
    return [
        Choice(
            name=shown.get(value, value),
            count=count,
            address=address({**asked, field: "" if asked[field] == value else value}),
            is_chosen=asked[field] == value,
        )
        for value, count in found.items()
    ]


def _month(asked: Mapping[str, str], month: str, count: int) -> Choice:
    first = dt.date.fromisoformat(f"{month}-01")
    after = (first + dt.timedelta(days=31)).replace(day=1)
    times = {"since": str(first), "until": str(after)}
    is_chosen = all(asked[field] == time for field, time in times.items())
    leads = address({**asked, **(dict.fromkeys(times, "") if is_chosen else times)})
    return Choice(name=f"{first:%B %Y}", count=count, address=leads, is_chosen=is_chosen)

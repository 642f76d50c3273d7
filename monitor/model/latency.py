"""How long news takes on its way to a reader."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

LOOKED_BACK = dt.timedelta(days=7)  # over which it is measured
_HALF, _MOST = 0.5, 0.95
_LONG = ((86400, "d"), (3600, "h"), (60, "min"))  # seconds in a unit


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One alert's way from its first report to the first message on it."""

    published: dt.datetime | None  # as its publisher says
    fetched: dt.datetime
    alerted: dt.datetime
    sent: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Leg:
    """How long one leg of the way takes: half of the alerts no longer than `p50`, 95 in 100 no longer than `p95`."""

    name: str
    alerts: int  # measured
    p50: dt.timedelta
    p95: dt.timedelta

    @property
    def said(self) -> str:
        """`published to fetched 6 min / 14 min`."""
        return f"{self.name} {lasting(self.p50)} / {lasting(self.p95)}"


def legs(ways: Sequence[Way]) -> list[Leg]:
    """Every leg that was measured, and the whole way last."""
    told = [way for way in ways if way.published]
    spans = {
        "published to fetched": [way.fetched - way.published for way in told if way.published],
        "fetched to alerted": [way.alerted - way.fetched for way in ways],
        "alerted to sent": [way.sent - way.alerted for way in ways],
        "published to sent": [way.sent - way.published for way in told if way.published],
    }
    return [_leg(name, sorted(found)) for name, found in spans.items() if found]


def lasting(span: dt.timedelta) -> str:
    """`40 s`, `6 min`, `2.5 h`."""
    seconds = span.total_seconds()
    for size, unit in _LONG:
        if seconds >= size:
            return f"{seconds / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s"


def _leg(name: str, spans: Sequence[dt.timedelta]) -> Leg:
    return Leg(name=name, alerts=len(spans), p50=_share(spans, _HALF), p95=_share(spans, _MOST))


def _share(spans: Sequence[dt.timedelta], part: float) -> dt.timedelta:
    """The span that this part of them, ascending, does not exceed; a clock of a publisher's may run ahead of ours."""
    return max(spans[math.ceil(part * len(spans)) - 1], dt.timedelta())

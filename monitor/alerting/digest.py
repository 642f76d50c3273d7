"""Several deliveries to one digest: what was held, each alert once, the gravest first."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from monitor.alerting.text import calm
from monitor.model import Delivery, Digest, Held, Level, Message, Timing, digest_id

_WHY: Mapping[Held, str] = {
    Held.DIGEST: "your digest",
    Held.QUIET_HOURS: "held for your quiet hours",
    Held.CAP: "more than your cap of messages an hour",
}


def latest(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """One delivery for each alert: that of its highest revision."""
    chosen: dict[str, Delivery] = {}
    for each in sorted(deliveries, key=lambda delivery: delivery.revision):
        chosen[each.alert] = each
    return list(chosen.values())


def digest(messages: Sequence[Message], *, timing: Timing) -> Digest:
    """The digest of these messages, which are of one batch; there must be one at least."""
    ordered = sorted(messages, key=lambda each: (-each.alert.level, each.alert.opened, each.alert.id))
    first = min((each.delivery for each in messages), key=lambda delivery: delivery.created)
    due = first.first_due
    zone = ZoneInfo(timing.zone)
    return Digest(
        id=digest_id(first.batch),
        subscription=first.subscription,
        target=first.target,
        headline=calm(f"DIGEST · {_counted(ordered)} · {_local(due, zone)}"),
        standing_line=calm(_standing(first, zone)),
        messages=tuple(ordered),
        created=due,
        repeated=any(each.delivery.repeated for each in messages),
    )


def _counted(messages: Sequence[Message]) -> str:
    """`5 alerts: 1 critical, 4 high`."""
    levels = Counter(each.alert.level for each in messages)
    told = ", ".join(f"{levels[level]} {level}" for level in sorted(Level, reverse=True) if levels[level])
    return f"{len(messages)} alert{'s' if len(messages) > 1 else ''}: {told}"


def _standing(first: Delivery, zone: ZoneInfo) -> str:
    why = _WHY[first.held] if first.held else "held"
    return f"{why} · the oldest since {_local(first.created, zone)}"


def _local(moment: dt.datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%-d %b %H:%M} {local:%Z}"

"""What rules over time have said, and when feeds were down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, func, select, update

from monitor.model import Finding, Outage
from monitor.storage.rows import upsert
from monitor.storage.tables import findings, outages

_LOCK = 0x6F76  # our advisory lock on rules over time: "ov"


def lock(conn: Connection) -> None:
    """Wait until no other worker judges rules over time; held until the transaction ends."""
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def told(conn: Connection) -> dict[str, list[Finding]]:
    """What each rule has said so far, oldest first."""
    said: dict[str, list[Finding]] = {}
    for finding in conn.execute(select(findings.c.body).order_by(findings.c.date)).scalars():
        said.setdefault(finding.rule, []).append(finding)
    return said


def keep(conn: Connection, found: Iterable[Finding], *, now: dt.datetime) -> None:
    """Store findings, in place of those of the same rule, date and zone. Save their alerts first."""
    rows = [
        {
            "rule": each.rule,
            "date": each.date,
            "zone": each.zone,
            "holds": each.holds,
            "alert": each.alert or None,
            "updated": now,
            "body": each,
        }
        for each in found
    ]
    upsert(conn, findings, rows)


def note_outages(conn: Connection, down: Mapping[str, dt.date], *, today: dt.date) -> None:
    """Keep since when these feeds are down, and that all others are up: an outage ended the day before."""
    running = set(conn.execute(select(outages.c.feed).where(outages.c.ended.is_(None))).scalars())
    over = update(outages).where(outages.c.ended.is_(None), outages.c.feed.not_in(sorted(down)))
    conn.execute(over.values(ended=today - dt.timedelta(days=1)))
    began = [{"feed": feed, "began": down[feed], "ended": None} for feed in sorted(set(down) - running)]
    upsert(conn, outages, began)


def all_outages(conn: Connection) -> list[Outage]:
    """Every outage that was noted, oldest first."""
    found = conn.execute(select(outages).order_by(outages.c.began, outages.c.feed))
    return [Outage(feed=each.feed, began=each.began, ended=each.ended) for each in found]

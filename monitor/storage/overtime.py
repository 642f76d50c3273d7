"""What rules over time have said, and when feeds were down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, func, select, update

from monitor.model import Bearing, Finding, Outage, Report, TakenBack
from monitor.storage.rows import chunks, upsert
from monitor.storage.tables import findings, outages, reports

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


def taken_back(conn: Connection, told: Iterable[Finding]) -> dict[tuple[str, str], TakenBack]:
    """Those of the reports that these findings rest on which stand no longer, by article and rule.

    What each alert of one event makes of its reports is asked, not the alerts of rules over time themselves.
    """
    articles = {sign.article for finding in told for sign in finding.signs}
    of_rules = select(findings.c.alert).where(findings.c.alert.is_not(None))
    query = select(reports.c.alert, reports.c.body).where(reports.c.alert.not_in(of_rules))
    fallen: dict[tuple[str, str], tuple[str, Report]] = {}
    stands: set[tuple[str, str]] = set()
    for chunk in chunks(articles):
        for each in conn.execute(query.where(reports.c.article.in_(chunk))):
            named = {(each.body.article, rule) for rule in each.body.rules}
            if each.body.fallen:
                fallen |= dict.fromkeys(named, (each.alert, each.body))
            else:
                stands |= named
    denials = _denials(conn, {alert for alert, _ in fallen.values()})
    return {
        pair: TakenBack(report=report, denials=tuple(_against(report, denials.get(alert, []))))
        for pair, (alert, report) in fallen.items()
        if pair not in stands
    }


def _denials(conn: Connection, ids: Iterable[str]) -> dict[str, list[Report]]:
    """The reports of these alerts that deny or take back, in their order."""
    said: dict[str, list[Report]] = {}
    query = select(reports.c.alert, reports.c.body).order_by(reports.c.alert, reports.c.position)
    for chunk in chunks(ids):
        for each in conn.execute(query.where(reports.c.alert.in_(chunk))):
            if each.body.bearing is not Bearing.TELLS and not each.body.retracted:
                said.setdefault(each.alert, []).append(each.body)
    return said


def _against(report: Report, denials: Iterable[Report]) -> Iterable[Report]:
    return (each for each in denials if each.who == report.taken_back_by)

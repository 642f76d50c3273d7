"""How long alerts were on their way, as the history has it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, func, select

from monitor.model import Reason, Standing
from monitor.model.latency import Way
from monitor.storage.tables import alerts, deliveries, reports


def ways(conn: Connection, *, since: dt.datetime) -> list[Way]:
    """The way of each alert that was opened since then and sent, but for what was held for a digest.

    Alerts of rules over time are left out: their first report is as old as what they look back on.
    """
    sent = (
        select(deliveries.c.alert, func.min(deliveries.c.sent).label("sent"))
        .where(deliveries.c.sent.is_not(None), deliveries.c.created >= since)
        .where(deliveries.c.reason == Reason.FIRST, deliveries.c.held.is_(None))
        .group_by(deliveries.c.alert)
        .subquery()
    )
    query = (
        select(alerts.c.body, sent.c.sent, reports.c.body)
        .join_from(alerts, sent, sent.c.alert == alerts.c.id)
        .join(reports, (reports.c.alert == alerts.c.id) & (reports.c.position == 0))
        .where(alerts.c.opened >= since, alerts.c.standing == Standing.LIVE)
        .order_by(alerts.c.opened, alerts.c.id)
    )
    return [
        Way(published=report.published, fetched=report.fetched, alerted=alert.opened, sent=moment)
        for alert, moment, report in conn.execute(query)
        if not alert.said
    ]

"""Who has seen which alert and takes care of it; and which critical alerts wait for that too long."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, exists, func, insert, select

from monitor.model import Acknowledgement, DeliveryState, Level, Subscription
from monitor.storage.rows import columns, row
from monitor.storage.tables import acknowledgements, alerts, deliveries, reports

_GIVEN = columns(acknowledgements, Acknowledgement)


def add(conn: Connection, acknowledgement: Acknowledgement) -> None:
    """Store it beside those that are there."""
    conn.execute(insert(acknowledgements), [row(acknowledgement)])


def of(conn: Connection, alert: str) -> list[Acknowledgement]:
    """Those of the alert, the first given first."""
    mine = acknowledgements.c.alert == alert
    found = conn.execute(select(*_GIVEN).where(mine).order_by(acknowledgements.c.number)).mappings()
    return [Acknowledgement(**each) for each in found]


def by_article(conn: Connection) -> dict[str, dt.datetime]:
    """When an alert was first acknowledged, by each article that reports of it."""
    query = select(reports.c.article, func.min(acknowledgements.c.given))
    joined = query.join(acknowledgements, acknowledgements.c.alert == reports.c.alert)
    return {article: given for article, given in conn.execute(joined.group_by(reports.c.article))}  # noqa: C416 - mypy takes no rows for dict


def overdue(conn: Connection, subscription: Subscription, *, now: dt.datetime) -> list[str]:
    """Ids of critical alerts sent to the subscription long enough ago, acknowledged by nobody, not yet escalated."""
    seen = exists().where(acknowledgements.c.alert == deliveries.c.alert)
    other = deliveries.alias()
    passed_on = exists().where(
        other.c.alert == deliveries.c.alert, other.c.subscription == subscription.escalate_to
    )
    query = (
        select(deliveries.c.alert)
        .join_from(deliveries, alerts)
        .where(deliveries.c.subscription == subscription.id, deliveries.c.state == DeliveryState.SENT)
        .where(deliveries.c.sent <= now - subscription.escalate_after, alerts.c.level >= Level.CRITICAL)
        .where(~seen, ~passed_on)
        .distinct()
    )
    return list(conn.execute(query).scalars())

from __future__ import annotations

import datetime as dt

from builders import NOW, alert, article, delivery

from monitor.model import DeliveryState, Held, Level
from monitor.storage import Database, alerts, articles, deliveries
from monitor.storage.figures import Queue, figures


def test_an_empty_database_has_nothing(database: Database) -> None:
    with database.read() as conn:
        counted = figures(conn)
    assert (counted.articles, counted.matches, counted.alerts, counted.deliveries) == (0, 0, {}, {})
    assert set(counted.queues.values()) == {Queue(depth=0, oldest=None)}


def test_what_waits_is_told_from_what_is_held_or_done(database: Database) -> None:
    early = NOW - dt.timedelta(hours=2)
    waiting = delivery(id="1" * 32, created=NOW)
    held = delivery(id="2" * 32, created=early, held=Held.DIGEST)
    dead = delivery(id="3" * 32, created=early)
    with database.write() as conn:
        articles.add(conn, [article(key="1", fetched=early), article(key="2", fetched=NOW)])
        articles.mark_analysed(conn, [article(key="2")], now=NOW)
        alerts.save(conn, alert(level=Level.HIGH))
        deliveries.enqueue(conn, [waiting, held, dead])
        deliveries.mark_dead(conn, dead, error="no such address")
    with database.read() as conn:
        counted = figures(conn)
    assert (counted.articles, counted.alerts) == (2, {Level.HIGH: 1})
    assert counted.queues["articles"] == Queue(depth=1, oldest=early)
    assert counted.queues["deliveries"] == Queue(depth=1, oldest=NOW)
    channel = waiting.channel
    assert counted.deliveries == {
        (DeliveryState.PENDING, channel): 2,
        (DeliveryState.DEAD, channel): 1,
    }

"""The database as commands and the service see it: up to date, and with what the config lists in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.config import Config
from monitor.storage import Database, feeds, subscriptions


def utc_now() -> dt.datetime:
    """The time, as every part gets it."""
    return dt.datetime.now(dt.UTC)


@contextmanager
def open_database(config: Config, *, now: dt.datetime) -> Iterator[Database]:
    """The database, up to date, with the feeds and subscriptions of the config in it."""
    database = Database(config.database_url)
    try:
        database.upgrade()
        with database.write() as conn:
            feeds.sync(conn, config.all_feeds(), now=now)
            subscriptions.sync(conn, config.all_subscriptions())
        yield database
    finally:
        database.close()

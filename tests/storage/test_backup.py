"""Copies of a database that is at work, and a service that goes on from one."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from builders import NOW, alert, article, delivery
from sqlalchemy import func, select

from monitor.storage import Database, alerts, articles, deliveries
from monitor.storage.tables import alerts as alert_rows
from monitor.storage.tables import articles as article_rows
from monitor.storage.tables import deliveries as delivery_rows
from monitor.storage.tables import metadata


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'b.db'}")
    database.upgrade()
    yield database
    database.close()


def write_on(database: Database, stop: Event) -> int:
    """An article, its alert and its delivery in one transaction, one after the other, as fast as can be."""
    number = 0
    while not stop.is_set():
        told = replace(alert(), id=f"{number:016x}")
        with database.write() as conn:
            articles.add(conn, [article(key=str(number), text="word " * 500)])
            alerts.save(conn, told)
            deliveries.enqueue(conn, [delivery(alert=told.id)])
        number += 1
    return number


@pytest.mark.fault("OP05")
def test_a_copy_made_while_others_write_is_whole_and_for_its_owner_only(
    at_work: Database, tmp_path: Path
) -> None:
    stop = Event()
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write_on, at_work, stop)
        try:
            copies = [tmp_path / f"copy-{number}.db" for number in range(10)]
            for copy in copies:
                at_work.backup(copy)
        finally:
            stop.set()
        assert writing.result() > 0
    for copy in copies:
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        with closing(sqlite3.connect(copy)) as conn:
            assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        opened = Database(f"sqlite:///{copy}")
        with opened.read() as conn:  # what belongs together is there together
            counts = {
                conn.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (article_rows, alert_rows, delivery_rows)
            }
        opened.close()
        assert len(counts) == 1


def rows(database: Database) -> dict[str, list[str]]:
    with database.read() as conn:
        return {
            table.name: sorted(map(str, conn.execute(table.select()))) for table in metadata.sorted_tables
        }


@pytest.mark.fault("OP01")
def test_an_upgrade_leaves_what_is_stored_as_it_is(database: Database) -> None:
    for number in range(20):
        told = replace(alert(), id=f"{number:016x}")
        with database.write() as conn:
            articles.add(conn, [article(key=str(number), fetched=NOW)])
            alerts.save(conn, told)
            deliveries.enqueue(conn, [delivery(alert=told.id)])
    before = rows(database)
    assert len(before["alerts"]) == 20
    database.upgrade()
    assert rows(database) == before

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from builders import article
from commands import Monitor

from monitor.model import Because, NearMiss, Record, Span, Verdict
from monitor.storage import Database, articles, audit, matches

NOW = dt.datetime.now(dt.UTC)
OLD = NOW - dt.timedelta(days=400)


@pytest.fixture
def database(monitor: Monitor) -> Database:
    Path("config.toml").write_text("")
    assert monitor("db", "upgrade").status == 0
    opened = Database(f"sqlite:///{Path('data/monitor.db').resolve()}")
    miss = NearMiss(rule="x", because=Because.ACTOR, sentence=Span(field="text", start=0, end=1, text="x"))
    with opened.write() as conn:
        told = [article(key="old", fetched=OLD), article(key="new", fetched=NOW)]
        articles.add(conn, told)
        for each in told:
            matches.add(conn, {each.id: Verdict(near_misses=(miss,))}, alert_ids={}, now=each.fetched)
    return opened


def texts(database: Database) -> set[str]:
    with database.read() as conn:
        return {each.text for each in articles.since(conn, OLD)}


def test_a_backup_is_a_whole_database(monitor: Monitor, database: Database) -> None:
    del database
    assert monitor("db", "backup", "copy.db").status == 0
    assert len(texts(Database(f"sqlite:///{Path('copy.db').resolve()}"))) == 1
    assert not Path("copy.db.unfinished").exists()


def test_a_backup_that_cannot_be_written_is_told(monitor: Monitor, database: Database) -> None:
    del database
    answer = monitor("db", "backup", "no/such/folder.db")
    assert answer.status == 3
    assert "cannot write no/such/folder.db: No such file or directory" in answer.err


def test_a_backup_never_takes_the_place_of_the_database_or_of_what_is_no_file(
    monitor: Monitor, database: Database
) -> None:
    path = Path("data/monitor.db")
    before = path.stat().st_ino
    Path("same.db").symlink_to(path)
    os.mkfifo("pipe")
    for target in ("data/monitor.db", "same.db", "data", "pipe"):
        answer = monitor("db", "backup", target)
        assert answer.status == 3
        assert "name another file for the copy" in answer.err
    assert path.stat().st_ino == before
    assert Path("pipe").is_fifo()
    assert len(texts(database)) == 1
    assert not list(Path().rglob("*.unfinished"))


def test_old_texts_go_and_their_articles_stay(monitor: Monitor, database: Database) -> None:
    said = monitor("db", "prune", "--keep", "365d", "--dry-run")
    assert "1 text and 1 near miss from before" in said.out
    assert "" not in texts(database)
    assert monitor("db", "prune").status == 0
    assert "" in texts(database)
    with database.read() as conn:
        assert len(articles.since(conn, OLD)) == 2
        assert len(matches.recent_near_misses(conn)) == 1


def test_an_entry_whose_text_is_gone_brings_no_news_when_its_feed_tells_it_again(
    monitor: Monitor, database: Database
) -> None:
    monitor("db", "prune")
    with database.write() as conn:
        assert articles.add(conn, [article(key="old", fetched=NOW)]) == 0


@pytest.mark.parametrize("option", ["--keep", "--keep-audit"])
@pytest.mark.parametrize("keep", ["", "soon", "2999-01-01"])
def test_a_length_of_time_that_is_none_is_refused(
    monitor: Monitor, database: Database, option: str, keep: str
) -> None:
    del database
    assert monitor("db", "prune", option, keep).status == 2


def test_the_audit_log_has_an_age_of_its_own(monitor: Monitor, database: Database) -> None:
    with database.write() as conn:
        for days in (10, 400, 2000):
            at = NOW - dt.timedelta(days=days)
            audit.add(conn, Record(at=at, who="kim", what="add", thing=f"feed {days}", origin="cli"))

    def left() -> list[str]:
        with database.read() as conn:
            return [each.thing for each in audit.listed(conn) if each.what == "add"]

    assert "1 line of the audit log" in monitor("db", "prune", "--dry-run").out
    assert left() == ["feed 2000", "feed 400", "feed 10"]
    assert monitor("db", "prune").status == 0
    assert left() == ["feed 400", "feed 10"]
    assert monitor("db", "prune", "--keep-audit", "30d").status == 0
    assert left() == ["feed 10"]
    with database.read() as conn:
        assert audit.listed(conn)[0].what == "prune"

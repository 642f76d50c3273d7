"""A history too long to be lived through: what the service saves of a part, copied within the database.

Each copy is a row of its own, under its own id and at its own time; only the words come again and again.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, create_engine, make_url, text

from benchmarks import history, pages
from benchmarks.corpus import SEED
from monitor.model import Alert, Article, article_id
from monitor.storage import Database, alerts, articles, numbers

FEEDS = 500
ARTICLES_OVER = dt.timedelta(days=730)  # that end with the last alert
_SAVED = 50_000  # alerts that the service saves itself, of which the others are copies
_EVERY = dt.timedelta(minutes=30)  # as `history` opens them
_SAMPLE = 10_000  # articles that the service saves itself
_AT_ONCE = 2_000  # in one transaction of these
_CACHE = 2 * 1024 * 1024  # kB of SQLite's pages held in memory meanwhile
_WORDS = (
    "ministry spokesman said on Tuesday that the vessels had left port and were being watched closely by its "
    "coast guard while talks about trade and a budget went ahead in Seoul officials added no further details "
    "of plans which critics call costly and supporters long overdue for this region after years without one"
)
_TITLE, _SUMMARY = 10, 60  # words


@dataclass(frozen=True, kw_only=True)
class Size:
    """How long the history is."""

    alerts: int
    articles: int

    @property
    def end(self) -> dt.datetime:
        """When its last alert was opened, about."""
        return history.BEGAN + self.alerts * _EVERY


def fill(url: str, size: Size) -> None:
    """Fill an empty, upgraded database."""
    database = Database(url)
    known = min(_SAVED, size.alerts)
    sample = list(made(min(_SAMPLE, size.articles), until=size.end))
    for part in _parts(pages.named(known)):
        with database.write() as conn:
            alerts.save_all(conn, part)
    with database.write() as conn:
        articles.add(conn, sample)
        articles.mark_analysed(conn, sample, now=size.end)
    database.close()  # SQLite changes its journal for who is alone
    kind = make_url(url).get_backend_name()
    engine = create_engine(make_url(url).set(drivername={"postgresql": "postgresql+psycopg"}.get(kind, kind)))
    with _bulk(engine) as conn:
        _copy_articles(conn, len(sample), size)
        for copy in range(1, size.alerts // known):
            _copy_alerts(conn, copy, known)
    engine.dispose()


def made(count: int, *, until: dt.datetime) -> Iterator[Article]:
    """Articles of general news from many feeds, fetched one each second; the same at each call."""
    chance = random.Random(SEED)  # noqa: S311 - a sample, no secret
    words = _WORDS.split()
    for number in range(count):
        feed, key = f"feed-{number % FEEDS:03}", f"https://news.example/{number:09}/story"
        fetched = until - dt.timedelta(seconds=count - number)
        yield Article(
            id=article_id(feed, key),
            feed=feed,
            key=key,
            url=key,
            title=" ".join(chance.choices(words, k=_TITLE)),
            text=" ".join(chance.choices(words, k=_SUMMARY)),
            published=fetched - dt.timedelta(minutes=chance.randrange(600)),
            fetched=fetched,
            publisher=f"Wire {feed}",
            language="en",
            grade="B",
        )


def _parts(told: Iterable[Alert]) -> Iterator[list[Alert]]:
    new = iter(told)
    while part := list(itertools.islice(new, _AT_ONCE)):
        yield part


@contextmanager
def _bulk(engine: Engine) -> Iterator[Connection]:
    """One transaction in which indexes that are dear to keep up are left out and made at its end."""
    with engine.connect() as conn:
        if engine.dialect.name == "sqlite":
            for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE}"):
                conn.exec_driver_sql(f"PRAGMA {pragma}")
            with _untriggered(conn):
                yield conn
            conn.commit()
            conn.exec_driver_sql("PRAGMA journal_mode = WAL")
        else:
            with conn.begin(), _unindexed(conn):
                yield conn
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "PRAGMA optimize")


@contextmanager
def _untriggered(conn: Connection) -> Iterator[None]:
    """On SQLite: the full text."""
    triggers = conn.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in triggers:
        conn.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, made_by in triggers:
        conn.exec_driver_sql(made_by)
    for index in ("alert_parts", "alert_words"):
        conn.exec_driver_sql(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")  # noqa: S608 - our names


@contextmanager
def _unindexed(conn: Connection) -> Iterator[None]:
    """On PostgreSQL: every index that is no primary key; of articles that too, for their ids come in no order."""
    conn.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
    bonds = conn.execute(text(_BONDS)).all()
    indexes = conn.execute(text(_INDEXES)).all()
    for table, name, _ in bonds:
        conn.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    for name, _ in indexes:
        conn.execute(text(f"DROP INDEX {name}"))
    yield
    for _, definition in indexes:
        conn.exec_driver_sql(definition)
    for table, name, definition in reversed(bonds):  # the primary key before what refers to it
        conn.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))


_INDEXES = (
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE 'ix_%' "
    "AND tablename IN ('articles', 'alerts', 'alert_revisions', 'alert_keys', 'alert_tags', 'alert_texts', 'reports') "
    "AND indexname <> 'ix_alerts_number'"  # what refers to alerts needs it
)
_BONDS = (  # foreign keys, then the primary key
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE (contype = 'f' AND confrelid = 'articles'::regclass) "
    "OR (contype = 'p' AND conrelid = 'articles'::regclass) ORDER BY contype"
)


# --- copies, in SQL ----------------------------------------------------------------------------------

_SPOKEN = {  # what the two databases say differently
    "sqlite": {
        "series": "WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n < :last)",
        "random_id": "substr(lower(hex(randomblob(8))), 1, 16)",
        "later": "strftime('%Y-%m-%d %H:%M:%f000', {0}, '+' || :seconds || ' seconds')",
        "iso": "strftime('%Y-%m-%dT%H:%M:%SZ', {0})",
        "day": "date({0})",
        "at": "strftime('%Y-%m-%d %H:%M:%f000', {0}, 'unixepoch')",
        "hex": "printf('%08x', :copy)",
        "plus": "'-' || :copy",
    },
    "postgresql": {
        "series": "WITH series AS (SELECT generate_series(0, :last) AS n)",
        "random_id": "substr(md5(random()::text || n), 1, 16)",
        "later": "({0} + make_interval(secs => CAST(:seconds AS double precision)))",
        "iso": """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')""",
        "day": "CAST({0} AT TIME ZONE 'UTC' AS date)",
        "at": "to_timestamp({0})",
        "hex": "lpad(to_hex(CAST(:copy AS integer)), 8, '0')",
        "plus": "'-' || CAST(:copy AS text)",
    },
}

_ARTICLES = """
{series}
INSERT INTO articles (id, feed, key, url, title, text, published, fetched, publisher, language, grade, standing,
  content_hash, analysed)
SELECT {random_id}, feed, key || '-' || n, url || '-' || n, title, text, {published}, {fetched}, publisher, language,
  grade, standing, content_hash, {analysed}
FROM series CROSS JOIN sample WHERE place = n % :known
"""
_ALERTS = """
INSERT INTO alerts (id, number, level, status, standing, shadow, opened, updated, revision, date, figure, published,
  body)
SELECT {hex} || substr(id, 9), number + :step, level, status, standing, shadow, {opened}, {opened}, revision,
  {date}, figure, {opened}, {body}
FROM alerts WHERE id < '00000001'
"""
_BESIDE = (
    """
INSERT INTO alert_revisions (alert, revision, level, stage, changes, updated, number)
SELECT {hex} || substr(alert, 9), revision, level, stage, changes, {updated}, number + :known * :copy
FROM alert_revisions WHERE alert < '00000001'
""",
    """
INSERT INTO alert_keys (key, alert)
SELECT key || {plus}, {hex} || substr(alert, 9) FROM alert_keys WHERE alert < '00000001'
""",
    """
INSERT INTO alert_tags (kind, value, number)
SELECT kind, value, number + :step FROM alert_tags WHERE number < :end
""",
    """
INSERT INTO alert_texts (number, folded, words)
SELECT number + :step, folded, words FROM alert_texts WHERE number < :end
""",
    """
INSERT INTO reports (alert, article, position, body)
SELECT {hex} || substr(alert, 9), article || {plus}, position, {told}
FROM reports JOIN alerts ON alerts.id = alert WHERE alert < '00000001'
""",
)


def _copy_articles(conn: Connection, known: int, size: Size) -> None:
    """The sample again and again, evenly over the time before it."""
    said = _SPOKEN[conn.dialect.name]
    many = size.articles - known
    numbered = "SELECT row_number() OVER (ORDER BY fetched) - 1 AS place, articles.* FROM articles"
    conn.exec_driver_sql(f"CREATE TEMPORARY TABLE sample AS {numbered}")
    conn.exec_driver_sql("CREATE UNIQUE INDEX ix_sample ON sample (place)")
    every = ARTICLES_OVER.total_seconds() / max(many, 1)
    fetched = f"{(size.end - ARTICLES_OVER).timestamp():.0f} + n * {every:.6f}"
    times = {"published": f"{fetched} - 3600", "fetched": fetched, "analysed": f"{fetched} + 60"}
    asked = _ARTICLES.format(**said, **{name: said["at"].format(time) for name, time in times.items()})
    conn.execute(text(asked), {"last": many - 1, "known": known})


def _copy_alerts(conn: Connection, copy: int, known: int) -> None:
    """Those that the service saved, so much later that the copy begins where the one before ended."""
    said = _SPOKEN[conn.dialect.name]
    shift = known * copy * _EVERY
    first = history.BEGAN
    values = {
        "copy": copy,
        "known": known,
        "seconds": shift.total_seconds(),
        "step": numbers.first_at(first + shift) - numbers.first_at(first),
        "end": numbers.first_at(first + known * _EVERY),
    }
    later = said["later"].format("opened")
    moved = [
        (said["iso"].format("opened"), said["iso"].format(later)),
        (
            f"""'"date": "' || {said["day"].format("opened")}""",
            f"""'"date": "' || {said["day"].format(later)}""",
        ),
    ]
    body = _replaced("alerts.body", [("id", f"{said['hex']} || substr(id, 9)"), *moved])
    told = _replaced("reports.body", [("'\"' || article", f"'\"' || article || {said['plus']}"), *moved[:1]])
    words = {"opened": later, "date": said["day"].format(later), "body": body, "told": told}
    words["updated"] = said["later"].format("updated")
    for asked in (_ALERTS, *_BESIDE):
        named = text(asked.format(hex=said["hex"], plus=said["plus"], **words))
        used = {name: value for name, value in values.items() if name in named.compile().params}
        conn.execute(named, used)


def _replaced(column: str, pairs: Iterable[tuple[str, str]]) -> str:
    for old, new in pairs:
        column = f"replace({column}, {old}, {new})"
    return column

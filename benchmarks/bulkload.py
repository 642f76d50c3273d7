"""Very many articles put into a database at once: the rows that the service would write, without its transactions."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, insert, make_url, text

from benchmarks.corpus import SEED
from monitor.model import Article, article_id
from monitor.storage.rows import row
from monitor.storage.tables import articles

FEEDS = 500
_AT_ONCE = 20_000  # rows in one statement
_KEPT = 2 * 1024 * 1024  # kB of SQLite's pages held in memory meanwhile
_WORDS = (
    "ministry spokesman said on Tuesday that the vessels had left port and were being watched closely by the "
    "coast guard while talks on trade energy and the budget went on in the capital officials added no further "
    "details were given about the plan which critics call costly and supporters long overdue for the region"
).split()
_LENGTH = 60  # words of a summary


def made(count: int, *, until: dt.datetime, over: dt.timedelta) -> Iterator[Article]:
    """Articles of general news from many feeds, evenly over that time, the newest last; the same at each call."""
    chance = random.Random(SEED)  # noqa: S311 - a sample, no secret
    step = over / count
    told = [" ".join(chance.choices(_WORDS, k=_LENGTH)) for _ in range(1000)]
    for number in range(count):
        feed, key = f"feed-{chance.randrange(FEEDS):03}", f"https://news.example/{number:09}/story"
        fetched = until - step * (count - number)
        yield Article(
            id=article_id(feed, key),
            feed=feed,
            key=key,
            url=key,
            title=" ".join(chance.choices(_WORDS, k=10)),
            text=f"{told[chance.randrange(len(told))]} {number}",
            published=fetched - dt.timedelta(minutes=chance.randrange(600)),
            fetched=fetched,
            publisher=f"Wire {feed}",
            language="en",
            grade="B",
        )


def load(url: str, found: Iterator[Article]) -> None:
    """Put them into an upgraded database, all analysed a minute after they were fetched."""
    kind = make_url(url).get_backend_name()
    engine = create_engine(make_url(url).set(drivername={"postgresql": "postgresql+psycopg"}.get(kind, kind)))
    with _bulk(engine) as conn:
        while part := list(itertools.islice(found, _AT_ONCE)):
            _WRITERS[engine.dialect.name](conn, [_row(each) for each in part])
    engine.dispose()


def _row(each: Article) -> dict[str, object]:
    return row(each, content_hash=each.content_hash, analysed=each.fetched + dt.timedelta(minutes=1))


@contextmanager
def _bulk(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as conn:
        if engine.dialect.name == "sqlite":
            for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_KEPT}"):
                conn.exec_driver_sql(f"PRAGMA {pragma}")
            yield conn
            conn.commit()  # at the end, for without a journal there is no way back
            conn.exec_driver_sql("PRAGMA journal_mode = WAL")
        else:
            with conn.begin(), _unindexed(conn):
                yield conn


@contextmanager
def _unindexed(conn: Connection) -> Iterator[None]:
    """PostgreSQL builds the indexes afterwards, and what refers to the table is bound to it again."""
    conn.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
    indexes = conn.execute(text(_INDEXES)).all()
    bonds = conn.execute(text(_BONDS)).all()
    for _, table, name, _ in bonds:
        conn.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    for name, _ in indexes:
        conn.execute(text(f"DROP INDEX {name}"))
    yield
    for _, definition in indexes:
        conn.execute(text(definition))
    for _, table, name, definition in reversed(bonds):  # the primary key before what refers to it
        conn.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))


_INDEXES = (
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'articles' AND indexname NOT LIKE 'pk_%'"
)
_BONDS = (  # foreign keys, then the primary key
    "SELECT contype, conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE (contype = 'f' AND confrelid = 'articles'::regclass) "
    "OR (contype = 'p' AND conrelid = 'articles'::regclass) ORDER BY contype"
)


def _insert(conn: Connection, rows: list[dict[str, object]]) -> None:
    conn.execute(insert(articles), rows)


def _copy(conn: Connection, rows: list[dict[str, object]]) -> None:
    columns = [articles.c[name] for name in rows[0]]
    bound = [column.type.bind_processor(conn.dialect) or _as_it_is for column in columns]
    names = ", ".join(column.name for column in columns)
    with conn.connection.cursor().copy(f"COPY articles ({names}) FROM STDIN") as copy:
        for each in rows:
            copy.write_row([bind(value) for bind, value in zip(bound, each.values(), strict=True)])


def _as_it_is(value: object) -> object:
    return value


_WRITERS = {"sqlite": _insert, "postgresql": _copy}

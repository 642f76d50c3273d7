"""A history of years on both databases: search and pages, what comes in, what is let go, and the room it takes."""

from __future__ import annotations

import datetime as dt
import itertools
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import psycopg
from sqlalchemy import Connection

from benchmarks import bulkload, history, pages, postgres
from benchmarks.bulkload import Size
from benchmarks.corpus import Corpus
from benchmarks.table import Row
from monitor.model import Alert, Article, article_id
from monitor.storage import Database, alerts, articles, prune
from monitor.storage.articles import ArticleQuery

_SMALL = Size(alerts=100_000, articles=1_000_000)
_WHOLE = Size(alerts=1_000_000, articles=10_000_000)
_KEPT = dt.timedelta(days=365)  # as `monitor db prune` has it
_POLLED = 20  # articles that a poll brings
_POLLS, _TOLD = 100, 200  # polls and alerts saved, one transaction each
_STEPS = 200  # of letting go
_SEARCH, _AIM = 50.0, 100.0  # ms


def measure(corpus: Corpus) -> list[Row]:
    """A tenth of what `measure_everything` takes."""
    return _measure(corpus, _SMALL)


def measure_everything(corpus: Corpus) -> list[Row]:
    """A million alerts and ten million articles: half an hour and 20 GB for each database."""
    return _measure(corpus, _WHOLE)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """One of the two databases, filled."""

    kind: str
    url: str
    size: Size
    room: Callable[[], float]  # bytes
    beside: Callable[[], float]  # CPU seconds of its server

    @property
    def what(self) -> str:
        return f"{self.size.alerts:,} alerts, {self.size.articles:,} articles on {self.kind}"


def _measure(corpus: Corpus, size: Size) -> list[Row]:
    file = corpus.folder / "archive.db"
    url = f"sqlite:///{file}"
    empty = Database(url)
    empty.upgrade()
    empty.close()
    bulkload.fill(url, size)
    lite = _Place(kind="SQLite", url=url, size=size, room=lambda: _bytes(file), beside=lambda: 0.0)
    rows = list(told(lite))
    for left in corpus.folder.glob("archive.db*"):
        left.unlink()
    with postgres.databases() as new:
        url = new()
        bulkload.fill(url, size)
        place = _Place(
            kind="PostgreSQL", url=url, size=size, room=lambda: _used(url), beside=postgres.cpu(url)
        )
        return rows + list(told(place))


def told(place: _Place) -> Iterator[Row]:
    """Everything that is measured of it."""
    before = place.room()
    yield Row(what=f"{place.what}: room taken", ours=f"{before / 1e9:,.1f} GB")
    database = Database(place.url)
    yield from _searches(database, place)
    yield from _pages(place)
    yield from _incoming(database, place)
    yield from _letting_go(database, place)
    database.close()


def _searches(database: Database, place: _Place) -> Iterator[Row]:
    """Alerts by text, and articles; each the best of three."""
    with database.read() as conn:
        found = [history.timed(conn, query, history.page) for query in history.QUERIES]
        listed = [history.timed(conn, query, articles.search) for query in _article_queries(conn, place.size)]
    yield _p95(f"{place.what}: search and its page of alerts, p95 of {len(found)}", found, _SEARCH)
    yield _p95(f"{place.what}: a page of articles, the slowest of {len(listed)}", [max(listed)], _AIM)


def _article_queries(conn: Connection, size: Size) -> list[ArticleQuery]:
    """The newest, those of a feed, of a day long ago, and a page far down."""
    middle = size.end - bulkload.ARTICLES_OVER / 2
    (far,) = articles.search(conn, ArticleQuery(until=middle, limit=1))
    day = ArticleQuery(since=middle, until=middle + dt.timedelta(days=1))
    return [
        ArticleQuery(),
        ArticleQuery(feed="feed-007"),
        day,
        replace(day, feed="feed-007"),
        ArticleQuery(after=articles.cursor(far)),
        ArticleQuery(feed="feed-007", after=articles.cursor(far)),
    ]


def _pages(place: _Place) -> Iterator[Row]:
    found = pages.taken(place.url, beside=place.beside)
    return iter(pages.rows(place.what, found))


def _incoming(database: Database, place: _Place) -> Iterator[Row]:
    """As the service saves: a poll's articles in one transaction, and an alert in one."""
    polled = [list(_poll(number, place.size)) for number in range(_POLLS)]
    new = list(_opened(place.size))
    began = perf_counter()
    for part in polled:
        with database.write() as conn:
            articles.known(conn, part[0].feed, [each.key for each in part])
            articles.add(conn, part)
    took = perf_counter() - began
    yield Row(what=f"{place.what}: new articles, each second", ours=f"{_POLLS * _POLLED / took:,.0f}")
    began = perf_counter()
    for alert in new:
        with database.write() as conn:
            alerts.save(conn, alert)
    took = perf_counter() - began
    yield Row(what=f"{place.what}: new alerts, each second", ours=f"{_TOLD / took:,.0f}")


def _poll(number: int, size: Size) -> Iterator[Article]:
    feed = f"feed-{number:03}"
    for at, each in enumerate(bulkload.made(_POLLED, until=size.end + dt.timedelta(minutes=number))):
        key = f"https://news.example/new/{number}/{at}"
        yield replace(each, id=article_id(feed, key), feed=feed, key=key, url=key)


def _opened(size: Size) -> Iterator[Alert]:
    """Alerts after the last, under ids of their own."""
    for number, each in enumerate(itertools.islice(history.generated(_TOLD), _TOLD)):
        opened = size.end + dt.timedelta(hours=number)
        yield replace(each, id=f"f{number:015x}", opened=opened, updated=opened)


def _letting_go(database: Database, place: _Place) -> Iterator[Row]:
    """Steps of `monitor db prune` over the texts, each of which holds up writers for as long as it takes."""
    before, took, gone = place.size.end - _KEPT, [], 0
    step = prune.Emptied(texts=0, last=None)
    for _ in range(_STEPS):
        began = perf_counter()
        with database.write() as conn:
            step = prune.texts(conn, before, after=step.last)
        took.append(perf_counter() - began)
        gone += step.texts
        if step.last is None:
            break
    yield Row(what=f"{place.what}: texts let go, each second", ours=f"{gone / sum(took):,.0f}")
    yield Row(what=f"{place.what}: longest that letting go holds up writers", ours=_ms(max(took)))


def _p95(what: str, seconds: Sequence[float], aim: float) -> Row:
    p95 = seconds[0] if len(seconds) == 1 else statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    return Row(what=what, ours=_ms(p95), aim=f"under {aim:.0f} ms")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def _bytes(file: Path) -> float:
    return sum(each.stat().st_size for each in file.parent.glob(f"{file.name}*"))


def _used(url: str) -> float:
    with psycopg.connect(url) as conn:
        found = conn.execute("SELECT pg_database_size(current_database())").fetchone()
    assert found is not None
    return float(found[0])

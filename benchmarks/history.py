"""Search of a long history: full text indexes against reading every text through."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import statistics
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import TypeVar

from sqlalchemy import Connection, select

from benchmarks.corpus import SEED, Corpus
from benchmarks.table import Point, Row, times
from monitor.model import Alert, Level, Report, Span, Status
from monitor.model.wording import terms
from monitor.storage import Database, alerts
from monitor.storage.facets import Facets, facets
from monitor.storage.query import AlertQuery
from monitor.storage.tables import alert_texts
from monitor.storage.tables import alerts as rows

T = TypeVar("T")

ALERTS = 100_000
_SIZES = (1_000, 10_000, ALERTS)  # at which searches are timed
BEGAN = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_SHOWN = 26  # of a page of search, and one more
_ACTORS = ("china", "north-korea", "russia", "japan", "south-korea", "taiwan")
_PLACES = ("taiwan-strait", "east-sea", "yellow-sea", "senkakus", "scarborough-shoal", "vladivostok")
_DEEDS = ("fired", "sailed", "flew", "drilled", "warned", "deployed", "tested", "shadowed", "boarded")
_THINGS = ("missiles", "destroyers", "fighters", "drones", "coast guard cutters", "bombers", "AT&T cables")
_NATIVE = ("央行", "미사일 발사", "海警", "ミサイル", "")
QUERIES = (
    "missiles",
    "fired missiles",
    '"coast guard cutters"',
    "taiwan-strait drones",
    "hull-04242",
    "shadowed bombers east-sea",
    "AT&T",
    "央行",
    "미사일",
    "hull-04242 %",
    "nowhere-said",
    '"fighters near vladivostok"',
)


def measure(corpus: Corpus) -> list[Row]:
    """Search of generated alerts, each query by itself; the list of numbers is what both ways are timed on."""
    database = Database(f"sqlite:///{corpus.folder / 'history.db'}")
    database.upgrade()
    new = iter(generated())
    saved = 0.0
    grown = []  # how long searches take on the way
    for before, size in itertools.pairwise((0, *_SIZES)):
        began = perf_counter()
        with database.write() as conn:
            for alert in itertools.islice(new, size - before):
                alerts.save(conn, alert)
        saved += perf_counter() - began
        with database.read() as conn:
            ours = [timed(conn, query, _numbers) for query in QUERIES]
        grown.append(
            Row(what=f"search of {size:,} alerts, p95", ours=_ms(_p95(ours)), point=_point(size, _p95(ours)))
        )
    with database.read() as conn:
        read = [timed(conn, query, _read_through) for query in QUERIES]
        pages = [timed(conn, query, page) for query in QUERIES]
        sides = [timed(conn, query, _facets) for query in QUERIES]
        differ = [query for query in QUERIES if _numbers(conn, query) != _read_through(conn, query)]
    database.close()
    return [
        *grown[:-1],
        Row(
            what=f"search of {ALERTS:,} alerts, p95 of {len(QUERIES)} queries",
            ours=_ms(_p95(ours)),
            against=f"LIKE {_ms(_p95(read))}",
            ratio=times(_p95(read), _p95(ours)),
            point=_point(ALERTS, _p95(ours)),
        ),
        Row(
            what="the same, median",
            ours=_ms(statistics.median(ours)),
            against=f"LIKE {_ms(statistics.median(read))}",
            ratio=times(statistics.median(read), statistics.median(ours)),
        ),
        Row(what="a page of alerts with their reports, p95", ours=_ms(_p95(pages)), aim="under 200 ms"),
        Row(what="facets of a query, p95", ours=_ms(_p95(sides))),
        Row(what="saving alerts, each second", ours=f"{ALERTS / saved:,.0f}"),
        Row(
            what="queries that the two ways answer otherwise",
            ours=", ".join(differ) or "none",
            broken=bool(differ),
        ),
    ]


def _point(size: int, seconds: float) -> Point:
    return Point(picture="years", at=f"{size:,}", value=seconds * 1000)


def _numbers(conn: Connection, text: str) -> list[int]:
    return alerts.found(conn, AlertQuery(text=text), most=_SHOWN)


def _read_through(conn: Connection, text: str) -> list[int]:
    """As search went about it before it had indexes."""
    each = [alert_texts.c.folded.contains(term, autoescape=True) for term in terms(text)]
    said = rows.c.number.in_(select(alert_texts.c.number).where(*each))
    query = select(rows.c.number).where(said).order_by(rows.c.number.desc())
    return list(conn.execute(query.limit(_SHOWN)).scalars())


def page(conn: Connection, text: str) -> list[Alert]:
    """The first page of what a text finds, with its reports."""
    return alerts.search(conn, AlertQuery(text=text, limit=_SHOWN))


def _facets(conn: Connection, text: str) -> Facets:
    return facets(conn, AlertQuery(text=text))


def timed(conn: Connection, asked: T, do: Callable[[Connection, T], object]) -> float:
    """Seconds, the best of three."""
    took = []
    for _ in range(3):
        began = perf_counter()
        do(conn, asked)
        took.append(perf_counter() - began)
    return min(took)


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def generated(count: int = ALERTS) -> Iterator[Alert]:
    """A long history, the same each time: one alert each half hour from 2020 on."""
    chance = random.Random(SEED)  # noqa: S311 - a sample, no secret
    return (_alert(number, chance) for number in range(count))


def _alert(number: int, chance: random.Random) -> Alert:
    actor, place, thing = chance.choice(_ACTORS), chance.choice(_PLACES), chance.choice(_THINGS)
    deed, hull = chance.choice(_DEEDS), f"hull-{chance.randrange(50_000):05}"
    opened = BEGAN + dt.timedelta(minutes=30 * number)
    said = (
        f"{actor} {deed} {chance.randrange(2, 60)} {thing} near {place}, {hull}, up {number % 10} %",
        f"Officials of {chance.choice(_ACTORS)} said so on day {number} {chance.choice(_NATIVE)}",
    )
    return Alert(
        id=f"{number:016x}",
        keys=frozenset({f"{number}"}),
        rules=(f"rule-{number % 40}",),
        titles=(f"Deed of {actor}",),
        level=Level(chance.choice(list(Level))),
        status=Status.OCCURRED,
        actors=(actor,),
        action=deed,
        objects=(),
        recipients=(),
        places=(place,),
        date=opened.date(),
        count=None,
        opened=opened,
        updated=opened,
        reports=tuple(_report(f"{number:x}-{at}", text, opened) for at, text in enumerate(said)),
    )


def _report(article: str, text: str, fetched: dt.datetime) -> Report:
    return Report(
        article=article,
        publisher=f"Wire {len(text) % 7}",
        grade="B",
        url=f"https://wire.example/{article}",
        title=text,
        published=fetched,
        fetched=fetched,
        sentence=Span(field="title", start=0, end=len(text), text=text),
        evidence=(),
        rules=(),
    )

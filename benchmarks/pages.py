"""Every page of a long history: the CPU time that the service, and the database beside it, take to answer."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

import httpx

from benchmarks import history, postgres
from benchmarks.corpus import Corpus
from benchmarks.table import Row
from monitor import resources
from monitor.app import App
from monitor.config import Config
from monitor.matching.load import load_pack
from monitor.model import Alert, Count
from monitor.storage import Database, alerts
from monitor.storage.query import AlertQuery
from monitor.web import create
from monitor.web.site import Site

_AIM, _SEARCH_AIM = 100.0, 50.0  # ms
_TIMES = 5
_AT_ONCE = 2_000  # alerts in one transaction
_WHAT = f"pages of {history.ALERTS:,} alerts on {{}}"
_WORST = 3  # pages that the table names
_RULES = (
    "dprk-missile-launch",
    "taiwan-coercion",
    "ecs-senkaku",
    "prc-nuclear",
    "cn-ru-exercise",
    "kju-health",
)
_ZONES = ("taiwan-adiz", "kadiz", "jadiz")
_PAGES = (
    "/",
    "/alerts",
    "/alerts/{alert}",
    "/alerts?rule=adiz-incursion",
    "/alerts?rule=never-fired",
    "/alerts?actor=china&level=high",
    "/alerts?publisher=nobody",
    "/alerts/as/atom?text=missiles",
    "/indicators",
    "/indicators/adiz-incursion",
    "/indicators/unsc-shielding",
    "/pictures",
    "/pictures/timeline.csv",
    "/pictures/aircraft-kadiz.csv",
    "/silences",
    "/feeds",
    "/metrics",
    "/audit",
    "/how-it-works",
    "/api/v1/alerts",
    "/api/v1/rules",
)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What one page took."""

    path: str
    cpu: float  # ms, user + system
    size: int  # bytes


def measure(corpus: Corpus) -> list[Row]:
    """Each page on SQLite and on PostgreSQL: the slowest of them, and of the searches the p95."""
    file = f"sqlite:///{corpus.folder / 'pages.db'}"
    fill(file)
    told = rows(_WHAT.format("SQLite"), taken(file))
    with postgres.databases() as new:
        url = new()
        fill(url)
        postgres.settle(url)
        return told + rows(_WHAT.format("PostgreSQL"), taken(url, beside=postgres.cpu(url)))


def fill(url: str) -> None:
    """Save the history of `history`, with names of the shipped rules in it."""
    database = Database(url)
    database.upgrade()
    told = named()
    while part := list(itertools.islice(told, _AT_ONCE)):
        with database.write() as conn:
            alerts.save_all(conn, part)
    database.close()


def taken(url: str, *, beside: Callable[[], float] = lambda: 0.0) -> list[Taken]:
    """Every page of a filled database; `beside` tells the CPU seconds that its server used so far."""
    database = Database(url)
    with database.read() as conn:
        (last,) = alerts.search(conn, AlertQuery(limit=1))
    database.close()
    return asyncio.run(_taken(url, last, beside))


async def _taken(url: str, last: Alert, beside: Callable[[], float]) -> list[Taken]:
    config = Config.model_validate({"storage": {"url": url}, "web": {"requests_per_minute": 10_000}})
    pack = load_pack([resources.path("rules")])
    now = last.opened + dt.timedelta(minutes=5)
    paths = [path.format(alert=last.id) for path in _PAGES]
    paths += [f"/alerts?text={quote(text)}" for text in history.QUERIES]
    async with App.open(config, clock=lambda: now, pack=pack, channels={}) as app:
        made = create(Site(app=app), hosts=["127.0.0.1"])
        asked = httpx.ASGITransport(app=made, client=("127.0.0.1", 50000))
        async with httpx.AsyncClient(transport=asked, base_url="http://127.0.0.1", timeout=60) as client:
            return [await _timed(client, path, beside) for path in paths]


async def _timed(client: httpx.AsyncClient, path: str, beside: Callable[[], float]) -> Taken:
    """The mean of several times, after one that warms up."""
    size = len((await _got(client, path)).content)
    began = time.process_time() + beside()
    for _ in range(_TIMES):
        await _got(client, path)
    cpu = (time.process_time() + beside() - began) / _TIMES
    return Taken(path=unquote(path), cpu=cpu * 1000, size=size)


async def _got(client: httpx.AsyncClient, path: str) -> httpx.Response:
    answer = await client.get(path)
    answer.raise_for_status()
    return answer


def named(count: int = history.ALERTS) -> Iterator[Alert]:
    """Each alert of one indicator, and every fifth with a number of aircraft in one of the zones."""
    for number, each in enumerate(history.generated(count)):
        rules = (_RULES[number % len(_RULES)],)
        flown = number % 5 == 0
        zone = _ZONES[number // 5 % len(_ZONES)]
        many = Count(min=number % 37 + 1, max=None, text="several")
        yield replace(
            each,
            rules=("adiz-incursion",) if flown else rules,
            places=(*each.places, zone) if flown else each.places,
            count=many if flown else None,
        )


def rows(what: str, found: Sequence[Taken]) -> list[Row]:
    """The slowest pages of that history, and of the searches the p95."""
    searches = [each.cpu for each in found if "?text=" in each.path and "/as/" not in each.path]
    worst = sorted(found, key=lambda each: -each.cpu)[:_WORST]
    p95 = statistics.quantiles(searches, n=20, method="inclusive")[-1]
    return [
        *(
            Row(what=f"{what}: {each.path}", ours=f"{each.cpu:,.0f} ms", aim=f"under {_AIM:.0f} ms")
            for each in worst
        ),
        Row(what=f"{what}: pages of search, p95", ours=f"{p95:,.0f} ms", aim=f"under {_SEARCH_AIM:.0f} ms"),
    ]

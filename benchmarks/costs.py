"""`python -m benchmarks.costs`: what one article, poll and delivery cost, for docs/scaling.md."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import rich.console
from sqlalchemy import text

from benchmarks.corpus import Corpus
from benchmarks.polling import feeds_on_loopback
from benchmarks.postgres import databases
from benchmarks.table import Row, table
from benchmarks.workers import load
from monitor import __version__
from monitor.app import App
from monitor.config import Config
from monitor.extraction.extractor import Extractor
from monitor.matching.load import load_pack
from monitor.model import Article, Digest, Message, Notice
from monitor.storage import Connection, articles

_FEEDS = 500
_UNGATED = 400  # articles
_PASSES = "North Korea fired a ballistic missile on Tuesday, the ministry said."  # the gate: loads the model
_ARTICLES = ("articles", "near_misses", "setbacks")
_ALERTS = (
    "alerts",
    "alert_revisions",
    "alert_keys",
    "alert_tags",
    "alert_texts",
    "reports",
    "matches",
    "deliveries",
    "refusals",
)


class Nowhere:
    """A channel that costs nothing: what is measured is our own part of a delivery."""

    async def send(self, message: Message | Digest | Notice, *, now: dt.datetime) -> None:
        """Take it."""


def measure(corpus: Corpus, new: Callable[[], str]) -> list[Row]:
    """All unit costs."""
    told = load(corpus.sample)
    return [
        *_reading(told),
        *asyncio.run(_storing(new(), told)),
        *asyncio.run(_polling(new())),
    ]


def _reading(told: Sequence[Article]) -> list[Row]:
    """CPU of extraction with the gate and without it; the model is loaded before."""
    pack = load_pack(Config().rule_folders)
    model = Config().analysis.model
    rows = []
    for what, gated, sample in (("with the gate", True, told), ("without it", False, told[:_UNGATED])):
        reader = Extractor(pack.vocabulary, pack.needs, model=model, gated=gated)
        reader.read([replace(sample[0], text=_PASSES)])
        began = time.process_time()
        for start in range(0, len(sample), 50):
            reader.read(sample[start : start + 50])
        used = (time.process_time() - began) / len(sample)
        rows.append(Row(what=f"to read an article, {what}, CPU", ours=f"{used * 1000:.2f} ms"))
    return rows


async def _storing(url: str, told: Sequence[Article]) -> list[Row]:
    """CPU of an article from the database into the history and of a delivery, and the bytes that stay."""
    settings = {"storage": {"url": url}, "subscriptions": [{"id": "desk", "channel": "console"}]}
    async with App.open(Config.model_validate(settings), channels={"console": Nowhere()}) as app:
        app.parts.reader().read([replace(told[0], text=_PASSES)])
        with app.parts.database.write() as conn:
            before = _sizes(conn)
            articles.add(conn, told)
        began = time.process_time()
        done = await app.analyse()
        analysed = time.process_time() - began
        began = time.process_time()
        sent = await app.deliver()
        delivered = time.process_time() - began
        with app.parts.database.read() as conn:
            after = _sizes(conn)
    grown = {name: after[name] - before[name] for name in after}
    alerts = after["alerts rows"]
    per_article = sum(grown[name] for name in _ARTICLES) / len(told)
    per_alert = sum(grown[name] for name in _ALERTS) / max(1, alerts)
    return [
        Row(what="to analyse an article, storage and all, CPU", ours=f"{analysed / len(told) * 1000:.2f} ms"),
        Row(
            what="to deliver a message, less the channel, CPU",
            ours=f"{delivered / max(1, sent.sent) * 1000:.1f} ms",
        ),
        Row(what="an article in PostgreSQL, indexes and all", ours=f"{per_article:,.0f} bytes"),
        Row(what="an alert with its reports, matches and delivery", ours=f"{per_alert:,.0f} bytes"),
        Row(what="alerts of a thousand articles", ours=f"{alerts / done.articles * 1000:.1f}"),
    ]


def _sizes(conn: Connection) -> dict[str, int]:
    """Bytes of each table with its indexes, and how many alerts there are."""
    sizes = {
        name: int(conn.execute(text(f"SELECT pg_total_relation_size('{name}')")).scalar_one())
        for name in (*_ARTICLES, *_ALERTS)
    }
    return sizes | {"alerts rows": int(conn.execute(text("SELECT count(*) FROM alerts")).scalar_one())}


async def _polling(url: str) -> list[Row]:
    """CPU of a poll, the parser's child too: everything new, then nothing."""
    rows = []
    with feeds_on_loopback() as base:
        listed = [
            {"id": f"feed-{number}", "url": f"{base}/{number}", "name": "Feed", "publisher": "Nobody"}
            for number in range(_FEEDS)
        ]
        settings = {"storage": {"url": url}, "poll": {"allow_networks": ["127.0.0.1/32"]}, "feeds": listed}
        for what, later in (("20 new entries", 0), ("304", 1)):
            moment = dt.datetime.now(dt.UTC) + dt.timedelta(days=later)
            async with App.open(Config.model_validate(settings), clock=_standing(moment)) as app:
                began, children, wall = time.process_time(), _children(), time.perf_counter()
                done = await app.poll()
                used, wall = time.process_time() - began, time.perf_counter() - wall
            used += _children() - children
            rows.append(
                Row(
                    what=f"a poll, {what}, CPU",
                    ours=f"{used / done.feeds * 1000:.1f} ms",
                    against=f"{done.feeds / wall:,.0f} a second, wall",
                )
            )
    return rows


def _standing(moment: dt.datetime) -> Callable[[], dt.datetime]:
    """A clock that stands still."""
    return lambda: moment


def _children() -> float:
    """CPU seconds of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Print the costs."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    out = rich.console.Console()
    if not out.is_terminal:
        out.width = 120
    with tempfile.TemporaryDirectory(prefix="bongsu-bench-") as folder, databases() as new:
        corpus = Corpus.find(Path(folder))
        rows = measure(corpus, new)
    out.print(table(rows, title=f"Bongsu {__version__}, unit costs", caption=corpus.about))
    return 0


if __name__ == "__main__":
    sys.exit(main())

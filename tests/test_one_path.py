"""The test tools and the live run never disagree: one article, four ways to the same matches."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from builders import article, feed
from fakes import FakeChannel

from monitor import examples, resources
from monitor.app import App
from monitor.backtest import Record, Side, judged, replay
from monitor.cli.match import Judge
from monitor.config import Config
from monitor.extraction.extractor import Extractor
from monitor.extraction.nlp import DEFAULT_MODEL
from monitor.matching.explain import explain
from monitor.matching.load import Pack, load_pack
from monitor.model import Alert, Article, FeedState
from monitor.storage import alerts, articles, feeds, matches
from monitor.storage.query import AlertQuery
from monitor.watch import watch

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("rules")]

NOW = dt.datetime(2026, 3, 11, 23, 0, tzinfo=dt.UTC)
SEED = 1950
Fired = list[set[str]]  # ids of the rules that fired, by article


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack([resources.path("rules")])


@pytest.fixture(scope="module")
def news(pack: Pack) -> list[Article]:
    """Examples of the rules, some alone, some strung together as no author meant them."""
    draw = random.Random(SEED)
    told = [examples.article_of(each) for rule in pack.rules for each in rule.examples]
    single = draw.sample(told, 80)
    mixed = [draw.sample(told, 3) for _ in range(40)]
    return [
        *(
            article(key=f"s{n}", title=one.title, text=one.text, published=NOW)
            for n, one in enumerate(single)
        ),
        *(
            article(key=f"m{n}", title=a.title or a.text, text=f"{b.title} {b.text} {c.text}", published=NOW)
            for n, (a, b, c) in enumerate(mixed)
        ),
    ]


def by_match(news: Sequence[Article]) -> Fired:
    judge = Judge(Config())
    return [{match.rule for match in verdict.matches} for _, verdict in judge.all(news)]


def by_explain(pack: Pack, news: Sequence[Article]) -> Fired:
    readings = Extractor(pack.vocabulary, [], gated=False).read(news)
    return [{rule.id for rule in pack.rules if explain(rule, reading).match} for reading in readings]


def by_backtest(pack: Pack, news: Sequence[Article], memory: Path) -> Fired:
    done = judged(news, [Side(pack=pack)], model=DEFAULT_MODEL, memory=memory, processes=1)
    return [{match.rule for match in found[0].matches} for batch in done for _, found in batch]


async def by_service(pack: Pack, news: Sequence[Article], database: Path) -> Fired:
    config = Config.model_validate({"storage": {"url": f"sqlite:///{database}"}})
    async with App.open(config, clock=lambda: NOW, pack=pack, channels={"console": FakeChannel()}) as app:
        with app.parts.database.write() as conn:
            articles.add(conn, news)
        await app.analyse()
        with app.parts.database.read() as conn:
            return [{found.rule for found in matches.for_article(conn, each.id).matches} for each in news]


STORY = [
    ("2026-03-02T01:00", "North Korea fires a ballistic missile toward the East Sea", ""),
    ("2026-03-02T03:00", "", "North Korea fired a ballistic missile on Monday, Japan said."),
    (
        "2026-03-03T02:00",
        "Taiwan's defence ministry says 12 Chinese aircraft crossed the median line on Tuesday",
        "",
    ),
    ("2026-03-03T05:00", "North Korea denies that it fired a ballistic missile on Monday", ""),
    (
        "2026-03-03T09:00",
        "Seoul's military withdraws its report of a missile launch by North Korea on Monday",
        "",
    ),
    ("2026-03-09T02:00", "North Korea launches two ballistic missiles on Monday, Seoul's military says", ""),
]


OVER_TIME = """\
id: two-launches
title: Two launches in two weeks
kind: correlation
level: medium
count: {rule: dprk-missile-launch, at_least: 2, within: 14}
"""


def as_told(raised: Iterable[Alert]) -> list[tuple[object, ...]]:
    """What alerts come to, whenever they were opened."""
    return sorted(
        (str(each.rules), str(each.level), str(each.status), str(each.stage), each.said, str(told))
        for each in raised
        for told in [sorted((report.title, str(report.bearing), report.stands) for report in each.reports)]
    )


async def alerts_of_service(pack: Pack, news: Sequence[Article], database: Path) -> list[Alert]:
    """What the service raises when it reads each article as it comes, and judges the rules over time every evening."""
    clock = {"now": news[0].when}
    config = Config.model_validate({"storage": {"url": f"sqlite:///{database}"}})
    channels = {"console": FakeChannel()}
    async with App.open(config, clock=lambda: clock["now"], pack=pack, channels=channels) as app:
        with app.parts.database.write() as conn:
            feeds.sync(conn, [feed(id=news[0].feed)], now=news[0].when)
            feeds.save_state(conn, FeedState(feed=news[0].feed, first_polled=news[0].when))
        for each, following in itertools.pairwise([*news, news[-1]]):
            clock["now"] = each.when
            with app.parts.database.write() as conn:
                articles.add(conn, [each])
            await app.analyse()
            while clock["now"].date() < following.when.date():
                watch(app.parts.database, pack.over_time, now=clock["now"].replace(hour=23))
                clock["now"] += dt.timedelta(days=1)
        watch(app.parts.database, pack.over_time, now=news[-1].when.replace(hour=23))
        with app.parts.database.read() as conn:
            return alerts.search(conn, AlertQuery(limit=None))


def test_a_backtest_raises_denies_and_withdraws_what_the_service_did(
    news: list[Article], tmp_path: Path
) -> None:
    (tmp_path / "two-launches.yml").write_text(OVER_TIME, encoding="utf-8")
    pack = load_pack([resources.path("rules"), tmp_path])
    draw = random.Random(SEED)
    told = [
        article(key=f"t{n}", title=title, text=text, published=dt.datetime.fromisoformat(f"{when}+00:00"))
        for n, (when, title, text) in enumerate(STORY)
    ]
    mixed = [
        replace(each, published=NOW + n * dt.timedelta(hours=20))
        for n, each in enumerate(draw.sample(news, 16))
    ]
    past = [replace(each, fetched=each.when) for each in (*told, *mixed)]
    side, record = Side(pack=pack), Record()
    record.add(past)
    batches = judged(past, [side], model=DEFAULT_MODEL, memory=tmp_path / "readings.db", processes=1)
    held = [(each, verdicts[0]) for batch in batches for each, verdicts in batch]
    done = as_told(replay(held, side, record).alerts.values())
    assert any("denies" in str(each) for each in done)
    assert any("retracts" in str(each) for each in done)
    assert any(each[4] for each in done), "rules over time say something"
    assert done == as_told(asyncio.run(alerts_of_service(pack, past, tmp_path / "service.db")))


def test_match_explain_backtest_and_the_service_fire_alike(
    pack: Pack, news: list[Article], tmp_path: Path
) -> None:
    matched = by_match(news)
    assert sum(map(bool, matched)) > len(news) / 4
    assert by_explain(pack, news) == matched
    memory = tmp_path / "readings.db"
    assert by_backtest(pack, news, memory) == matched
    assert by_backtest(pack, news, memory) == matched, "what was read once is remembered as it was"
    assert asyncio.run(by_service(pack, news, tmp_path / "service.db")) == matched

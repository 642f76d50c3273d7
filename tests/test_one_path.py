"""The test tools and the live run never disagree: one article, four ways to the same matches."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from builders import article
from fakes import FakeChannel

from monitor import examples, resources
from monitor.app import App
from monitor.backtest.judged import Side, judged
from monitor.cli.match import Judge
from monitor.config import Config
from monitor.extraction.extractor import Extractor
from monitor.extraction.nlp import DEFAULT_MODEL
from monitor.matching.explain import explain
from monitor.matching.load import Pack, load_pack
from monitor.model import Article
from monitor.storage import articles, matches

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
    return [{match.rule for match in found[0]} for batch in done for _, found in batch]


async def by_service(pack: Pack, news: Sequence[Article], database: Path) -> Fired:
    config = Config.model_validate({"storage": {"url": f"sqlite:///{database}"}})
    async with App.open(config, clock=lambda: NOW, pack=pack, channels={"console": FakeChannel()}) as app:
        with app.parts.database.write() as conn:
            articles.add(conn, news)
        await app.analyse()
        with app.parts.database.read() as conn:
            return [{found.rule for found in matches.for_article(conn, each.id).matches} for each in news]


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

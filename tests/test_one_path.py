"""The test tools and the live run never disagree: one article, four ways to the same matches."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from builders import article, feed
from fakes import FakeChannel

from monitor import examples, resources
from monitor.app import App
from monitor.backtest import Audience, Record, Side, Told, judged, replay
from monitor.cli.match import Judge
from monitor.config import Config
from monitor.extraction.extractor import Extractor
from monitor.extraction.nlp import DEFAULT_MODEL
from monitor.matching.explain import explain
from monitor.matching.load import Pack, load_pack
from monitor.model import Alert, Article, FeedState, Finding, Holds, Reason, Silence
from monitor.storage import Connection, alerts, articles, deliveries, feeds, matches, overtime, silences
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
    (
        "2026-03-03T09:30",
        "",
        "Taiwan said 12 Chinese aircraft entered its air defence identification zone on Tuesday.",
    ),
    ("2026-03-09T02:00", "North Korea launches two ballistic missiles on Monday, Seoul's military says", ""),
    ("2026-03-13T02:00", "China fires a DF-26 missile into the South China Sea", ""),  # while it is silenced
    (
        "2026-03-17T02:00",
        "",
        "Taiwan said 45 Chinese aircraft entered its air defence identification zone on Tuesday.",
    ),
]


OVER_TIME = {
    "two-launches": """\
kind: correlation
count: {rule: dprk-missile-launch, at_least: 2, within: 14}
""",
    "sortie-then-launch": """\
kind: correlation
sequence: {first: {rule: adiz-incursion}, then: {rule: dprk-missile-launch}, within: 10}
once: 2
""",
    "more-sorties": """\
kind: correlation
surge: {rule: adiz-incursion, zones: {adiz: the zone}, what: aircraft, times: 2, weeks: 1, at_least: 10}
once: 3
""",
    "no-launch": """\
kind: absence
absent: {rule: dprk-missile-launch, who: The gunner, days: 3, raise_to: {high: 6}, feeds: [yonhap-nk], silent: 2}
""",
}
AUDIENCE: list[dict[str, object]] = [
    {"id": "all", "channel": "console", "updates": True},
    {"id": "capped", "channel": "console", "cap": 1, "quiet": "20:30-02:15"},
    {"id": "daily", "channel": "console", "digest": "daily 08:30", "zone": "Asia/Seoul"},
    {"id": "paused", "channel": "console", "paused": True},
]
SILENCES = [
    Silence(
        id="drills",
        author="Ryu",
        reason="drills",
        created=dt.datetime(2026, 3, 12, tzinfo=dt.UTC),
        until=dt.datetime(2026, 3, 16, tzinfo=dt.UTC),
        text="missile",
    ),
]


def as_told(raised: Iterable[Alert]) -> list[tuple[object, ...]]:
    """What alerts come to, whenever they were opened."""
    return sorted(
        (str(each.rules), str(each.level), str(each.status), str(each.stage), each.said, str(told))
        for each in raised
        for told in [sorted((report.title, str(report.bearing), report.stands) for report in each.reports)]
    )


@dataclass(frozen=True, kw_only=True)
class Came:
    """What came of a stretch of time."""

    alerts: list[tuple[object, ...]]
    held: list[
        tuple[object, ...]
    ]  # absences of which nobody could know, whether or not they have ended since
    messages: Mapping[str, Told]


def as_held(found: Iterable[Finding]) -> list[tuple[object, ...]]:
    return sorted((each.rule, each.date, each.said) for each in found)


async def by_service_over_time(pack: Pack, news: Sequence[Article], database: Path) -> Came:
    """The service reads each article as it comes, and judges the rules over time then, and every few hours."""
    clock = {"now": news[0].when}
    values = {"storage": {"url": f"sqlite:///{database}"}, "subscriptions": AUDIENCE}
    config = Config.model_validate(values)
    channels = {"console": FakeChannel()}
    held: dict[tuple[str, dt.date], Finding] = {}
    async with App.open(config, clock=lambda: clock["now"], pack=pack, channels=channels) as app:
        store = app.parts.database

        def look(now: dt.datetime) -> None:
            """Judge the rules over time, and note what nobody can know: once it ends, the service forgets it."""
            watch(store, pack.over_time, now=now)
            with store.read() as conn:
                found = [each for said in overtime.told(conn).values() for each in said]
            told = {(each.rule, each.date) for each in found if each.alert}
            held.update({(each.rule, each.date): each for each in found if each.holds is Holds.HELD})
            for each in told & held.keys():
                del held[each]

        with store.write() as conn:
            feeds.sync(conn, [feed(id=news[0].feed)], now=news[0].when)
            for silence in SILENCES:
                silences.add(conn, silence)
        for each in news:
            for hour in ticks(clock["now"], each.when):
                look(hour)
            clock["now"] = each.when
            with store.write() as conn:
                articles.add(conn, [each])
                state = FeedState(feed=each.feed, first_polled=news[0].when, last_new=each.when)
                feeds.save_state(conn, replace(state, last_good=each.when))
            await app.analyse()
            look(each.when)
        for hour in ticks(news[-1].when, news[-1].when.replace(hour=23, minute=59)):
            look(hour)
        with store.read() as conn:
            return Came(
                alerts=as_told(alerts.search(conn, AlertQuery(limit=None))),
                held=as_held(held.values()),
                messages=as_counted(conn),
            )


def ticks(after: dt.datetime, until: dt.datetime) -> Iterator[dt.datetime]:
    """Every third full hour in between, midnight among them."""
    now = after.replace(hour=after.hour // 3 * 3, minute=0, second=0) + dt.timedelta(hours=3)
    while now < until:
        yield now
        now += dt.timedelta(hours=3)


def as_counted(conn: Connection) -> dict[str, Told]:
    """What every subscription got, by what lies in the outbox."""
    boxes: dict[str, set[str]] = {str(wish["id"]): set() for wish in AUDIENCE}
    for each in deliveries.listed(conn):
        boxes[each.subscription].add(each.batch or each.id)
    refused = [
        each
        for alert in alerts.search(conn, AlertQuery(limit=None))
        for each in deliveries.decided(conn, alert.id)
    ]
    hidden = {(each.subscription, each.alert) for each in refused if each.reason is Reason.SILENCED}
    return {
        name: Told(
            messages=len(box),
            digests=sum("@" in each for each in box),
            silenced=sum(whose == name for whose, _ in hidden),
        )
        for name, box in boxes.items()
    }


def by_backtest_over_time(pack: Pack, news: Sequence[Article], memory: Path) -> Came:
    side, record = Side(pack=pack), Record(feeds=[feed(id=news[0].feed)])
    record.add(news)
    batches = judged(news, [side], model=DEFAULT_MODEL, memory=memory, processes=1)
    held = [(each, verdicts[0]) for batch in batches for each, verdicts in batch]
    subscribed = Config.model_validate({"subscriptions": AUDIENCE}).all_subscriptions()
    done = replay(held, side, record, Audience(subscriptions=subscribed, silences=SILENCES))
    return Came(alerts=as_told(done.alerts.values()), held=as_held(done.held), messages=done.messages)


@pytest.mark.parametrize("seed", [SEED, 1953])
def test_a_backtest_raises_holds_and_sends_what_the_service_did(
    news: list[Article], tmp_path: Path, seed: int
) -> None:
    for name, form in OVER_TIME.items():
        head = f"id: {name}\ntitle: Over time\nlevel: medium\n"
        (tmp_path / f"{name}.yml").write_text(head + form, encoding="utf-8")
    pack = load_pack([resources.path("rules"), tmp_path])
    pack = replace(pack, over_time=tuple(each for each in pack.over_time if each.id in OVER_TIME))
    draw = random.Random(seed)
    told = [
        article(key=f"t{n}", title=title, text=text, published=dt.datetime.fromisoformat(f"{when}+00:00"))
        for n, (when, title, text) in enumerate(STORY)
    ]
    now, mixed = NOW, []
    for each in draw.sample(news, 16):
        now += dt.timedelta(minutes=draw.choice([7, 25, 50, 600, 1_500, 3_700]))
        mixed.append(replace(each, published=now))
    past = sorted((replace(each, fetched=each.when) for each in (*told, *mixed)), key=lambda each: each.when)
    done = by_backtest_over_time(pack, past, tmp_path / "readings.db")
    for words in ("denies", "retracts", *OVER_TIME):
        assert any(words in str(each) for each in (*done.alerts, *done.held)), words
    assert done == asyncio.run(by_service_over_time(pack, past, tmp_path / "service.db"))
    assert all(each.messages for name, each in done.messages.items() if name != "paused")
    assert done.messages["daily"].digests
    assert any(each.silenced for each in done.messages.values())


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

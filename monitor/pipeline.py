"""From feed to alert: poll feeds, analyse what they brought, and queue for delivery what it means.

Each step loads, calls a pure decision, and saves in one transaction; each may be broken off anywhere and
called again. Who calls them, and when, is the scheduler's business.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import enum
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Protocol, Self, TypeVar
from urllib.parse import urlsplit

import structlog

from monitor.alerting.channels import Channel
from monitor.alerting.channels.pace import Pace
from monitor.config import Config
from monitor.errors import StorageError
from monitor.feeds import webpage
from monitor.feeds.due import others_due
from monitor.feeds.poll import Intake, Parse
from monitor.feeds.poll import poll as poll_feed
from monitor.feeds.turns import Turns
from monitor.feeds.webpage import Webpages
from monitor.http import Client
from monitor.matching.judge import RuleIndex, judge
from monitor.matching.overtime.rule import OverTime
from monitor.model import (
    Article,
    Feed,
    FeedState,
    Reading,
    Subscription,
    Verdict,
)
from monitor.recording import record
from monitor.storage import (
    Connection,
    Database,
    articles,
    feeds,
    setbacks,
    tallies,
    webpages,
)

_DUE = 10_000  # feeds in one round
_LONG = 1.0  # seconds
_GATHERED = 0.02  # seconds in which polls that end are saved together
_TOGETHER = 16  # of them at most
log = structlog.get_logger()
T = TypeVar("T")
R = TypeVar("R")


class Reader(Protocol):
    """Extraction, as this file needs it."""

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        """One reading for each article, in order."""

    def concerned(self, articles: Sequence[Article]) -> list[bool]:
        """Whether each article, by what it names, could concern a rule."""


class Step(enum.StrEnum):
    """What there may be to do once something was saved."""

    PAGES = "pages"
    ANALYSE = "analyse"
    DELIVER = "deliver"


@dataclass(frozen=True, kw_only=True)
class Doors:
    """Where a subscriber changes or ends a subscription; "" where there is no such page."""

    manage: str = ""
    leave: str = ""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the steps work with; app.py puts them together."""

    config: Config
    database: Database
    client: Client
    parse: Parse
    reader: Callable[[], Reader]  # made when it is first asked for: the lists take a second or two
    rules: RuleIndex
    over_time: tuple[OverTime, ...] = ()
    names: Mapping[str, str]  # how the vocabulary's slugs are shown
    channels: Mapping[str, Channel]
    random: Callable[[], float]  # 0 to 1, for the jitter of retries
    turns: Turns = field(default_factory=Turns)  # of feeds
    pace: Pace = field(default_factory=Pace)  # of messages
    doors: Callable[[Subscription], Doors] = lambda _: Doors()
    webpages: Webpages | None = None  # none: summaries are all that is read
    # Lets a transaction commit only while this one leads.
    fence: Callable[[Connection], None] = lambda _: None
    # Tells whoever calls the steps that this one has something to do.
    wake: Callable[[Step], None] = lambda _: None


@dataclass(frozen=True, kw_only=True)
class _Sum:
    """Numbers that are added up each for itself."""

    def __add__(self, other: Self) -> Self:
        return replace(
            self, **{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        )


@dataclass(frozen=True, kw_only=True)
class Polled(_Sum):
    """What a round of polling brought."""

    feeds: int = 0
    articles: int = 0  # new or edited
    failed: int = 0  # feeds


@dataclass(frozen=True, kw_only=True)
class Analysed(_Sum):
    """What a batch of articles meant."""

    articles: int = 0
    alerts: int = 0  # opened or amended
    deliveries: int = 0
    failed: int = 0  # articles


@dataclass(frozen=True, kw_only=True)
class Delivered(_Sum):
    """What became of the deliveries that were due."""

    sent: int = 0
    failed: int = 0  # to be tried again
    dead: int = 0  # given up


# --- poll ------------------------------------------------------------------------------------------


async def poll(parts: Parts, *, now: dt.datetime) -> Polled:
    """Poll every feed that is due and not under way, a few at once; a feed that fails or hangs stops no other.

    The round lasts as long as its slowest feed. Another may be called meanwhile.
    """
    with parts.database.read() as conn:
        due = feeds.due(conn, now=now, limit=_DUE, but=parts.turns.under_way.ids)
    if due:
        async with parts.database.writing() as conn:  # nobody is asked for what could not be stored
            parts.fence(conn)
            tallies.touch(conn, tallies.GOOD_POLLS)
    return await poll_these(parts, due, now=now)


async def poll_these(parts: Parts, due: Iterable[tuple[Feed, FeedState]], *, now: dt.datetime) -> Polled:
    """Poll these feeds, due or not, but for those that are under way."""
    kept, asked = _Kept(parts), {feed.id: (feed, state) for feed, state in due}
    with parts.turns.under_way.taken(asked) as ours:
        pairs = [pair for name, pair in asked.items() if name in ours]
        results = await at_once(
            max(1, len(pairs)), pairs, lambda pair: _poll_one(parts, *pair, kept, now=now)
        )
    return sum(results, start=Polled())


class _Kept:
    """What polls brought, saved for many of them in one transaction: each waits for the disk."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._began = time.monotonic()
        self._room = asyncio.Semaphore(_TOGETHER)  # what is not saved yet fills the memory
        self._waiting: list[tuple[Feed, Intake, asyncio.Future[None]]] = []
        self._saving: set[asyncio.Task[None]] = set()

    async def take(self, feed: Feed, intake: Intake) -> Awaitable[None]:
        """Returns when there is room for it among those that wait; what comes back is done when it is on the disk."""
        await self._room.acquire()
        if not self._waiting:
            saving = asyncio.create_task(self._save())
            self._saving.add(saving)
            saving.add_done_callback(self._saving.discard)
        saved = asyncio.get_running_loop().create_future()
        saved.add_done_callback(lambda _: self._room.release())
        self._waiting.append((feed, intake, saved))
        return saved

    async def _save(self) -> None:
        await asyncio.sleep(_GATHERED)
        waiting, self._waiting = self._waiting, []
        began = time.monotonic()
        try:
            await self._write(waiting)
        except Exception as error:  # noqa: BLE001 - one that cannot be saved is to stop no other
            # What took long to fail is the database's own trouble, and would take as long for each.
            for_all = error if len(waiting) == 1 or time.monotonic() - began > _LONG else None
            for each in waiting:
                await self._save_alone(*each, error=for_all)
        else:
            for *_, saved in waiting:
                _settle(saved)

    async def _save_alone(
        self, feed: Feed, intake: Intake, saved: asyncio.Future[None], *, error: Exception | None
    ) -> None:
        try:
            if error is None:
                await self._write([(feed, intake, saved)])
        except Exception as own:  # noqa: BLE001 - who waits for it is told
            error = own
        _settle(saved, error)

    async def _write(self, waiting: Sequence[tuple[Feed, Intake, asyncio.Future[None]]]) -> None:
        async with self._parts.database.writing() as conn:
            self._parts.fence(conn)
            intakes = [intake for _, intake, _ in waiting]
            articles.add(conn, [each for intake in intakes for each in (*intake.articles, *intake.changed)])
            if self._parts.webpages is not None:
                self._want_pages(conn, [(feed, intake) for feed, intake, _ in waiting])
            feeds.save_states(conn, [intake.state for intake in intakes])
            for feed, intake, _ in waiting:
                if intake.patience and (asked := intake.state.next_due) and (now := intake.state.last_polled):
                    feeds.put_off(conn, urlsplit(feed.url).hostname or "", until=others_due(asked, now=now))
            failed = sum(intake.state.failures > 0 for intake in intakes)
            tallies.count(conn, tallies.FAILED_POLLS, by=failed)
            tallies.count(conn, tallies.GOOD_POLLS, by=len(intakes) - failed)
        if any(intake.articles or intake.changed for intake in intakes):
            self._parts.wake(Step.PAGES)
            self._parts.wake(Step.ANALYSE)

    def _want_pages(self, conn: Connection, brought: Sequence[tuple[Feed, Intake]]) -> None:
        # A round may take minutes: the wait begins when an article is stored.
        wait = self._parts.config.poll.page_wait + dt.timedelta(seconds=time.monotonic() - self._began)
        for feed, intake in brought:
            if feed.full_text and intake.state.last_polled:
                new = [*intake.articles, *intake.changed]
                bare = [each.id for each in new if webpage.is_wanted(each)]
                webpages.want(conn, bare, until=intake.state.last_polled + wait)


def _settle(saved: asyncio.Future[None], error: Exception | None = None) -> None:
    """Wake up who waits, if somebody still does."""
    if saved.done():
        return
    if error is not None:
        saved.set_exception(error)
    else:
        saved.set_result(None)


async def _poll_one(parts: Parts, feed: Feed, state: FeedState, kept: _Kept, *, now: dt.datetime) -> Polled:
    def known(keys: Sequence[str]) -> Mapping[str, str]:
        with parts.database.read() as conn:
            return articles.known(conn, feed.id, keys)

    async with parts.turns.of(feed, parts.client) as turn:
        intake = await poll_feed(
            turn,
            feed,
            state,
            now=now,
            known=known,
            max_age=dt.timedelta(days=parts.config.poll.max_age_days),
            parse=parts.parse,
        )
        saved = await kept.take(feed, intake)
        turn.end()  # others are asked while the disk is waited for
        await saved
    found = len(intake.articles) + len(intake.changed)
    failed = intake.state.failures > 0
    log.info("feed.polled", feed=feed.id, articles=found, error=intake.state.error)
    return Polled(feeds=1, articles=found, failed=int(failed))


# --- analyse ---------------------------------------------------------------------------------------


async def analyse(parts: Parts, *, now: dt.datetime) -> Analysed:
    """Read, judge and group one batch of the articles that wait; zero articles means that none wait."""
    with parts.database.read() as conn:
        waiting = articles.pending(conn, limit=parts.config.analysis.batch, now=now)
    return await analyse_these(parts, waiting, now=now)


async def analyse_these(parts: Parts, waiting: Sequence[Article], *, now: dt.datetime) -> Analysed:
    """Read, judge and group these articles; one that is bad does not stop the others."""
    try:
        return await _analyse_these(parts, waiting, now=now)
    except Exception as error:  # noqa: BLE001 - whatever it is, one bad article may not block the others
        _pass_on(error)
        if len(waiting) == 1:
            return await _set_back(parts, waiting[0], error, now=now)
    results = [await _analyse_one(parts, article, now=now) for article in waiting]
    return sum(results, start=Analysed())


async def _analyse_one(parts: Parts, article: Article, *, now: dt.datetime) -> Analysed:
    try:
        return await _analyse_these(parts, [article], now=now)
    except Exception as error:  # noqa: BLE001 - the article is marked with it, and shown
        _pass_on(error)
        return await _set_back(parts, article, error, now=now)


def _pass_on(error: Exception) -> None:
    """Raise the database's own trouble again: no article is to blame for it, however often it comes."""
    if isinstance(error, StorageError) and error.passing:
        raise error


async def _analyse_these(parts: Parts, waiting: Sequence[Article], *, now: dt.datetime) -> Analysed:
    verdicts = await asyncio.to_thread(judge_these, parts, waiting) if waiting else []
    judged = dict(zip((each.id for each in waiting), verdicts, strict=True))
    async with parts.database.writing() as conn:
        parts.fence(conn)
        # What another worker has read meanwhile, or its publisher edited, is no longer ours to tell of.
        ours = articles.still_waiting(conn, waiting)
        articles.mark_analysed(conn, ours, now=now)
        setbacks.forget(conn, ours)
        # Last, for from here on other workers may have to wait.
        done = record(conn, [(article, judged[article.id]) for article in ours], now=now)
    if done.deliveries:
        parts.wake(Step.DELIVER)
    return Analysed(articles=len(waiting), alerts=done.alerts, deliveries=done.deliveries)


def judge_these(parts: Parts, waiting: Sequence[Article]) -> list[Verdict]:
    """The verdict on each article, in order."""
    readings = parts.reader().read(waiting)
    return [judge(reading, parts.rules) for reading in readings]


async def _set_back(parts: Parts, article: Article, error: Exception, *, now: dt.datetime) -> Analysed:
    """Mark the article with its error; after the last attempt it waits no longer.

    Where another worker has read it meanwhile, or its publisher edited it, the error is of no concern.
    """
    reason = str(error) or type(error).__name__
    async with parts.database.writing() as conn:
        parts.fence(conn)
        if not articles.waits(conn, article):
            return Analysed(articles=1)
        if setbacks.add(conn, article, reason, now=now) >= parts.config.analysis.attempts:
            articles.mark_analysed(conn, [article], now=now)
    log.error("article.failed", article=article.id, feed=article.feed, error=reason, exc_info=error)
    return Analysed(articles=1, failed=1)


# --- a few at once ---------------------------------------------------------------------------------


async def at_once(limit: int, items: Iterable[T], work: Callable[[T], Awaitable[R]]) -> list[R]:
    """The results of `work` on each item, in order, with at most `limit` under way.

    An error stops no other item: what is under way may have sent a message already. The first is raised when
    all have ended.
    """
    gate = asyncio.Semaphore(limit)

    async def one(item: T) -> R:
        async with gate:
            return await work(item)

    results = await asyncio.gather(*map(one, items), return_exceptions=True)
    done = [each for each in results if not isinstance(each, BaseException)]
    if failed := [each for each in results if isinstance(each, BaseException)]:
        raise failed[0]
    return done

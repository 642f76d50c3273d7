"""The one place where everything is put together: a config becomes a running service."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import random
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import rich.console
import structlog

from monitor import outbox, pipeline, rulebook, upkeep
from monitor.alerting.channels import Channel, Poster, open_channel
from monitor.alerting.channels.settings import (
    AppriseSettings,
    ConsoleSettings,
    EmailSettings,
    Settings,
    SlackSettings,
    WebhookSettings,
)
from monitor.config import Apprise, Config, Console, Email, Slack, Webhook
from monitor.config import Channel as ChannelEntry
from monitor.errors import RuleError, UsageError
from monitor.explaining import Explainer
from monitor.extraction.extractor import Extractor
from monitor.feeds.child import ParserPool
from monitor.feeds.turns import Turns
from monitor.feeds.webpage import Webpages
from monitor.health import HEARTBEAT
from monitor.history import display_names, open_database, utc_now
from monitor.http import Client
from monitor.links import Links, Purpose
from monitor.matching.judge import RuleIndex
from monitor.matching.load import Pack, load_pack
from monitor.model import Feed, FeedState, Notice, Subscription
from monitor.pipeline import Analysed, Delivered, Doors, Parts, Polled, Reader, Step
from monitor.rulebook import Changes
from monitor.scheduler import Job, Scheduler
from monitor.storage import articles, deliveries, feeds, keys, service
from monitor.storage.leader import Candidate, Leader
from monitor.watch import watch
from monitor.webpages import PagesRead, read_pages

log = structlog.get_logger()

_PING_EVERY = dt.timedelta(minutes=1)
_WATCH_EVERY = dt.timedelta(hours=1)
RARELY = ("notices", "escalate")  # jobs for which half a minute is soon enough
GRACE = dt.timedelta(seconds=8)  # for work in hand when the service stops: less than a container is given


@dataclass(frozen=True, kw_only=True)
class Round:
    """What one round did."""

    polled: Polled
    analysed: Analysed
    delivered: Delivered


class App:
    """The service: its three steps, once or for ever."""

    def __init__(
        self,
        parts: Parts,
        *,
        pack: Pack,
        clock: Callable[[], dt.datetime],
        links: Links,
        changes: Changes | None = None,
    ) -> None:
        self.parts = parts
        self.pack = pack
        self.explainer = Explainer(pack, model=parts.config.analysis.model)
        self.links = links
        self.clock = clock
        self.failing: Callable[[], Mapping[str, str]] = (
            dict  # the service's jobs that fail, each with its error
        )
        self._pinged: dt.datetime | None = None
        self._changes = changes  # none: the rules were given, and stay
        self._watched: dt.datetime | None = None

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        config: Config,
        *,
        clock: Callable[[], dt.datetime] = utc_now,
        pack: Pack | None = None,
        reader: Callable[[], Reader] | None = None,
        channels: Mapping[str, Channel] | None = None,
        console: rich.console.Console | None = None,
        draw: Callable[[], float] = random.random,
        jobs: bool = False,
    ) -> AsyncIterator[App]:
        """Everything wired and the database brought up to date.

        `clock` gives the time, so that a replay can run on its own. `pack` and `channels` replace those of the
        config, `reader` makes what reads articles, `console` is where the console channel prints, `draw` (0 to 1)
        spreads retries, and `jobs` says that workers do the work. Raises ConfigError, RuleError or StorageError.
        """
        changes = None if pack else Changes([*config.rule_folders[:1], config.own_rules])
        with open_database(config, now=clock(), jobs=jobs) as database:
            with database.write() as conn:
                links = Links(key=keys.signing_key(conn), address=config.web.address)
            pack = pack or rulebook.first_set(config.rule_folders, database, now=clock())
            # Pages have a parser of their own, so that no feed ever waits for one.
            async with (
                web_client(config) as client,
                ParserPool() as parser,
                ParserPool(size=1) as page_parser,
            ):
                yield cls(
                    Parts(
                        config=config,
                        database=database,
                        client=client,
                        parse=parser.parse,
                        turns=Turns(size=config.poll.concurrency, per_host=config.poll.per_host),
                        reader=functools.cache(reader or functools.partial(make_reader, config, pack)),
                        rules=RuleIndex.of(pack.rules),
                        over_time=pack.over_time,
                        names=display_names(pack.vocabulary),
                        channels=channels
                        if channels is not None
                        else open_channels(config, poster=client, console=console),
                        random=draw,
                        doors=functools.partial(_doors, links),
                        webpages=Webpages(client, page_parser.webtext, user_agent=config.poll.user_agent),
                    ),
                    pack=pack,
                    clock=clock,
                    links=links,
                    changes=changes,
                )

    @property
    def names(self) -> Mapping[str, str]:
        """How slugs of the vocabulary are shown."""
        return self.parts.names

    async def round(self) -> Round:
        """One round: poll what is due, analyse all that waits, deliver what is due."""
        polled = await self.poll()
        await self.read_pages()
        return Round(
            polled=polled,
            analysed=await self.analyse() + await self.watch(),
            delivered=await self.deliver(),
        )

    async def poll(self) -> Polled:
        """Poll every feed that is due."""
        return await pipeline.poll(self.parts, now=self.clock())

    async def read_pages(self, *, of: Sequence[str] | None = None) -> PagesRead:
        """Ask for the pages that articles wait for; `of` these feeds only."""
        return await read_pages(self.parts, now=self.clock(), of=of)

    async def poll_only(self, ids: Sequence[str]) -> Polled:
        """Poll those of these feeds that are due."""
        with self.parts.database.read() as conn:
            due = feeds.due(conn, now=self.clock(), limit=len(ids), only=ids)
        return await self.poll_these(due)

    async def poll_these(self, due: Sequence[tuple[Feed, FeedState]]) -> Polled:
        """Poll these feeds, due or not."""
        return await pipeline.poll_these(self.parts, due, now=self.clock())

    async def analyse(self, stop: asyncio.Event | None = None) -> Analysed:
        """Analyse until no article waits, or until `stop` is set."""
        total = Analysed()
        while not (stop and stop.is_set()):
            batch = await pipeline.analyse(self.parts, now=self.clock())
            total += batch
            if not batch.articles:
                break
        if total.alerts:
            total += await self.watch(at_once=True)
        return total

    async def analyse_only(self, ids: Sequence[str]) -> Analysed:
        """Analyse those of these articles that wait."""
        with self.parts.database.read() as conn:
            waiting = articles.pending(conn, limit=len(ids), only=ids, now=self.clock())
        done = await pipeline.analyse_these(self.parts, waiting, now=self.clock())
        return done + await self.watch(at_once=True) if done.alerts else done

    async def watch(self, *, at_once: bool = False) -> Analysed:
        """Judge the rules over time: at once where matches came, else hourly, for days pass without any."""
        now = self.clock()
        if not at_once and self._watched and now - self._watched < _WATCH_EVERY:
            return Analysed()
        self._watched, parts = now, self.parts
        async with parts.database.writing():  # a thread that waits for the lock could not be broken off
            pass
        return await asyncio.to_thread(watch, parts.database, parts.over_time, now=now, fence=parts.fence)

    async def deliver(
        self,
        stop: asyncio.Event | None = None,
        *,
        only: Sequence[str] | None = None,
        channels: Sequence[str] | None = None,
    ) -> Delivered:
        """Deliver until nothing is due, or until `stop` is set: `only` these ids, or what goes by these `channels`."""
        total = Delivered()
        while not (stop and stop.is_set()):
            batch = await outbox.deliver(self.parts, now=self.clock(), only=only, channels=channels)
            total += batch
            if batch == Delivered():
                break
        return total

    async def deliver_strays(self, stop: asyncio.Event | None = None) -> Delivered:
        """The same for what goes by channels that the config no longer has: it fails, and its history says why."""
        with self.parts.database.read() as conn:
            waiting = deliveries.channels_waiting(conn)
        strays = [name for name in waiting if name not in self.parts.channels]
        return await self.deliver(stop, channels=strays) if strays else Delivered()

    async def send_test(self, subscription: Subscription) -> None:
        """Send a message that says it is a test; DeliveryError when the channel does not take it."""
        await outbox.send_test(self.parts, subscription, now=self.clock())

    async def notify(self, subscription: Subscription, notice: Notice) -> None:
        """Send a notice; DeliveryError when the channel does not take it."""
        await outbox.send_notice(self.parts, subscription, notice, now=self.clock())

    async def beat(self) -> None:
        """Say that the service lives."""
        async with self.parts.database.writing() as conn:
            service.beat(conn, HEARTBEAT, now=self.clock())

    async def tell(self) -> int:
        """Tell those who asked for it what is wrong with the service, and the daily line; how many notices."""
        return await upkeep.tell(self.parts, now=self.clock())

    async def escalate(self) -> int:
        """Pass on critical alerts that nobody acknowledged in time; how many."""
        return await outbox.escalate(self.parts, now=self.clock())

    async def ping(self) -> None:
        """Ask the dead man's switch of the config, once a minute."""
        if self._pinged is None or self.clock() - self._pinged >= _PING_EVERY:
            self._pinged = self.clock()
            await upkeep.ping(self.parts, now=self.clock())

    async def reload(self) -> None:
        """Take up rule files that changed, all at once; with a mistake in one, the set in force stays."""
        if self._changes is None or not self._changes.seen():
            return
        config, database = self.parts.config, self.parts.database
        try:
            pack, reader = await asyncio.to_thread(_load, config)
        except RuleError as error:
            rulebook.refuse(database, error, now=self.clock())
            return
        await asyncio.to_thread(rulebook.enter, pack, config.rule_folders, database, now=self.clock())
        self.pack, self.explainer = pack, Explainer(pack, model=config.analysis.model)
        # A batch under way keeps the parts that it began with.
        self.parts = replace(
            self.parts,
            reader=lambda: reader,
            rules=RuleIndex.of(pack.rules),
            over_time=pack.over_time,
            names=display_names(pack.vocabulary),
        )

    async def serve(self, stop: asyncio.Event, *, at_once: asyncio.Event | None = None) -> None:
        """Run until `stop` is set; work in hand then has a little time to end, but none from `at_once` on.

        Of several on one PostgreSQL one does the work, the others stand by until it stops, dies or freezes.
        """
        config = self.parts.config
        leader = Leader(self.parts.database, patience=config.workers.stalled_after)
        self.parts = replace(self.parts, fence=leader.fence)
        led: dict[str, Job] = {
            "heartbeat": self.beat,
            "notices": self.tell,
            "escalate": self.escalate,
            "ping": self.ping,
            "poll": self.poll,
            "pages": self.read_pages,
            "analyse": functools.partial(self.analyse, stop),
            "watch": self.watch,
            "deliver strays": functools.partial(self.deliver_strays, stop),
        }
        # A job for each channel: whoever waits for one receiver keeps no other channel from its next round.
        for name in self.parts.channels:
            led[f"deliver by {name}"] = functools.partial(self.deliver, stop, channels=[name])
        duties = {name: functools.partial(_leading, leader, duty) for name, duty in led.items()}
        everybody: dict[str, Job] = {"lead": Candidate(leader).stand, "rules": self.reload}
        scheduler = Scheduler(
            everybody | duties,
            tick=config.scheduler.tick,
            loose={"poll", "pages"},
            rarely={*RARELY, "deliver strays"},
        )
        self.parts = replace(self.parts, wake=functools.partial(_wake, scheduler, list(led)))
        scheduler.start()
        log.info("service.started", database=self.parts.database.name)
        self.failing = lambda: scheduler.failing
        try:
            await scheduler.until(stop)
        finally:
            await scheduler.stop(grace=GRACE, at_once=at_once)
            leader.release()
            log.info("service.stopped")


async def _leading(leader: Leader, duty: Job) -> None:
    if leader.holds():
        await duty()


def _wake(scheduler: Scheduler, jobs: Iterable[str], step: Step) -> None:
    """Call those of the jobs that do this step."""
    for name in jobs:
        if name.partition(" ")[0] == step.value:
            scheduler.soon(name)


def _doors(links: Links, subscription: Subscription) -> Doors:
    return Doors(manage=links.to(Purpose.MANAGE, subscription), leave=links.to(Purpose.LEAVE, subscription))


def _load(config: Config) -> tuple[Pack, Reader]:
    pack = load_pack(config.rule_folders)
    return pack, make_reader(config, pack)


def make_reader(config: Config, pack: Pack) -> Reader:
    """What reads articles; loads the spaCy model when the first sentence asks for it."""
    return Extractor(pack.vocabulary, pack.needs, model=config.analysis.model)


def open_channels(
    config: Config, *, poster: Poster, console: rich.console.Console | None = None
) -> dict[str, Channel]:
    """The channels of the config, by name; UsageError for one that cannot be opened."""
    out = console or rich.console.Console()
    opened: dict[str, Channel] = {}
    for name, entry in config.channels.items():
        try:
            opened[name] = open_channel(channel_settings(entry), poster=poster, console=out)
        except UsageError as error:
            raise UsageError(f"channels.{name}: {error}") from error
    return opened


def channel_settings(entry: ChannelEntry) -> Settings:
    """A channel's part of the config, as the channel takes it."""
    match entry:
        case Apprise():
            return AppriseSettings(url=entry.url.get_secret_value())
        case Console():
            return ConsoleSettings()
        case Email():
            return EmailSettings(
                host=entry.host,
                port=entry.port,
                sender=entry.sender,
                username=entry.username,
                password=entry.password.get_secret_value(),
                security=entry.security,
                ca_file=entry.ca_file,
            )
        case Slack():
            return SlackSettings(
                webhook_url=entry.webhook_url.get_secret_value(),
                token=entry.token.get_secret_value(),
                slack_channel=entry.slack_channel,
                api_url=entry.api_url,
                buttons=bool(entry.app_token.get_secret_value()),
            )
        case Webhook():
            return WebhookSettings(
                url=entry.url.get_secret_value(), secret=entry.secret.get_secret_value(), source=entry.source
            )


def web_client(config: Config) -> Client:
    """The guarded HTTP client, with the limits of the config."""
    return Client(
        allow_networks=config.poll.allow_networks,
        timeout=config.poll.timeout.total_seconds(),
        max_bytes=config.poll.max_bytes,
        per_host=config.poll.per_host,
        user_agent=config.poll.user_agent,
    )

"""The state of an installation: each part looked at, and how to mend what is not well."""

from __future__ import annotations

import datetime as dt
import email.utils
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec

from monitor.alerting.channels.email import log_in
from monitor.alerting.channels.settings import EmailSettings
from monitor.app import channel_settings, web_client
from monitor.config import Channel, Config, Email, Slack
from monitor.errors import FetchError, MonitorError
from monitor.extraction import nlp
from monitor.health import Finding, door
from monitor.history import open_database, unknown_words
from monitor.http import Client
from monitor.matching.load import load_pack
from monitor.model import DeliveryState, FeedState
from monitor.model.latency import LOOKED_BACK, legs
from monitor.rulebook import RULES
from monitor.storage import (
    Database,
    deliveries,
    feeds,
    jobs,
    latency,
    service,
    setbacks,
    subscriptions,
    webpages,
)

_SKEW = dt.timedelta(minutes=2)  # how far a clock may be off before times in alerts mislead
_PATIENCE = 10.0  # seconds for a server to answer
_ASKED = 3  # feeds, before the network counts as down
_SHOWN = 5  # names listed before "and others"


async def examine(config: Config, *, now: dt.datetime) -> list[Finding]:
    """Every part of the installation; each is looked at though another failed."""
    findings = [_config(config), _rules(config), _model(config), *_database(config, now)]
    async with web_client(config) as client:
        findings += [each async for each in _channels(config, client)]
        findings.append(await _clock(config, client, now))
    return findings


def _config(config: Config) -> Finding:
    said = f"feeds {len(config.feeds)}, channels {len(config.channels)}, subscriptions {len(config.subscriptions)}"
    return Finding(part="config", ok=True, said=said)  # one with mistakes never comes this far


def _rules(config: Config) -> Finding:
    try:
        pack = load_pack(config.rule_folders)
    except MonitorError as error:
        first = str(error).splitlines()[0]
        return Finding(part="rules", ok=False, said=first, mend="`monitor rules check` lists every mistake")
    wishes = config.all_subscriptions()
    unknown = [f"{wish.id}: {word}" for wish in wishes for word in unknown_words(wish, pack)]
    said = f"{len(pack.rules)} from {config.rule_folders[-1]}"
    if unknown:
        mend = "look at [[subscriptions]] in the config"
        return Finding(part="rules", ok=False, said=f"{said}; {'; '.join(unknown)}", mend=mend)
    return Finding(part="rules", ok=True, said=said)


def _model(config: Config) -> Finding:
    try:
        nlp.load(config.analysis.model)
    except MonitorError as error:
        return Finding(part="model", ok=False, said=str(error))
    return Finding(part="model", ok=True, said=config.analysis.model)


def _database(config: Config, now: dt.datetime) -> Iterator[Finding]:
    """The database, and what it knows of feeds, articles and deliveries."""
    part = "database"
    try:
        with open_database(config, now=now) as database:
            database.check()
            yield Finding(part=part, ok=True, said=database.name)
            part = "history"
            yield from _history(database, now)
            yield _latency(database, now)
            part = "subscriptions"
            yield from _escalations(database)
            part = "jobs"
            yield from _jobs(database, config, now)
            part = "pages"
            with database.read() as conn:
                yield door(config.web, conn, now=now)
    except MonitorError as error:
        yield Finding(part=part, ok=False, said=str(error))


def _history(database: Database, now: dt.datetime) -> Iterator[Finding]:
    with database.read() as conn:
        known = feeds.all(conn)
        asked = webpages.since(conn, now - webpages.LATELY)
        states = feeds.states(conn)
        aside = setbacks.set_aside(conn)
        dead = deliveries.listed(conn, state=DeliveryState.DEAD)
        refused = service.faults(conn).get(RULES)
    if refused:
        yield Finding(
            part="rules in force",
            ok=False,
            said=f"the last good set, for the files were refused: {refused}",
            mend="`monitor rules check` lists every mistake; the service takes up the files once they have none",
        )
    yield _feeds([states.get(feed.id, FeedState(feed=feed.id)) for feed in known])
    if any(feed.full_text for feed in known):
        yield _full_text(asked)
    yield Finding(
        part="articles",
        ok=not aside,
        said=f"{len(aside)} set aside"
        + (f", the last: {aside[0].article} {aside[0].error}" if aside else ""),
        mend="these could not be read and were not judged; please report the last error" if aside else "",
    )
    yield Finding(
        part="deliveries",
        ok=not dead,
        said=f"{len(dead)} given up" + (f", the last: {dead[0].error}" if dead else ""),
        mend="mend the channel, then `monitor deliveries retry --all`" if dead else "",
    )


def _escalations(database: Database) -> Iterator[Finding]:
    """Whose critical alerts would go on to nobody; nothing where all is well."""
    with database.read() as conn:
        listed = {each.id: each for each in subscriptions.all(conn)}
    lost = []
    for each in listed.values():
        target = listed.get(each.escalate_to)
        takes = target is not None and target.confirmed and not target.paused
        if each.escalate_to and not each.paused and not takes:
            lost.append(
                f"{each.id} escalates to {each.escalate_to}, which {'is paused' if target else 'is none'}"
            )
    if lost:
        mend = "what nobody acknowledges goes on to nobody: change escalate_to, or resume the other"
        yield Finding(part="subscriptions", ok=False, said="; ".join(lost), mend=mend)


def _jobs(database: Database, config: Config, now: dt.datetime) -> Iterator[Finding]:
    """What waits for workers, on PostgreSQL; where no worker ever came, there is nothing to say."""
    if database.path is not None:
        return
    with database.read() as conn:
        seen, waiting = jobs.seen(conn), jobs.count(conn)
    if seen is None and not waiting:
        return
    lost = seen is None or now - seen > config.workers.stalled_after
    told = ", ".join(f"{number} to {kind}" for kind, number in sorted(waiting.items())) or "none waits"
    last = "no worker" if seen is None else f"a worker was seen {seen:%Y-%m-%d %H:%M:%S} UTC"
    mend = "nobody does them: start `monitor worker`" if lost else ""
    yield Finding(part="jobs", ok=not lost, said=f"{told}; {last}", mend=mend)


def _latency(database: Database, now: dt.datetime) -> Finding:
    """Never a fault: how long is too long, the reader knows."""
    with database.read() as conn:
        found = legs(latency.ways(conn, since=now - LOOKED_BACK))
    over = f"{LOOKED_BACK.days} days"
    if not found:
        return Finding(part="latency", ok=True, said=f"no alert was sent in {over}")
    said = "; ".join(leg.said for leg in found)
    return Finding(
        part="latency", ok=True, said=f"half / 95 in 100 of {found[-1].alerts} alerts, {over}: {said}"
    )


def _feeds(states: list[FeedState]) -> Finding:
    active = [state for state in states if not state.paused]
    failing = [state.feed for state in active if state.failures]
    new = sum(state.last_polled is None for state in active)
    said = f"{len(active) - len(failing) - new} of {len(active)} well" + (
        f", {new} not asked yet" if new else ""
    )
    if not failing:
        return Finding(part="feeds", ok=True, said=said)
    shown = ", ".join(failing[:_SHOWN]) + (" and others" if len(failing) > _SHOWN else "")
    return Finding(
        part="feeds", ok=False, said=f"{said}; failing: {shown}", mend="`monitor feeds list` says why"
    )


def _full_text(asked: Mapping[str, tuple[int, list[str]]]) -> Finding:
    """Pages of articles within a day; a feed of which none could be read asks in vain."""
    count = sum(n for n, _ in asked.values())
    unread = sum(len(whys) for _, whys in asked.values())
    said = f"{count - unread} of {count} pages read within a day"
    in_vain = sorted(feed for feed, (n, whys) in asked.items() if n == len(whys))
    if not in_vain:
        return Finding(part="full text", ok=True, said=said)
    shown = ", ".join(in_vain[:_SHOWN]) + (" and others" if len(in_vain) > _SHOWN else "")
    mend = "summaries were judged instead; `monitor feeds list` says why, and full_text = false stops asking"
    return Finding(part="full text", ok=False, said=f"{said}; none of {shown}", mend=mend)


async def _channels(config: Config, client: Client) -> AsyncIterator[Finding]:
    for name, channel in config.channels.items():
        part = f"channel {name}"
        try:
            yield Finding(part=part, ok=True, said=await _try_channel(channel, client))
        except MonitorError as error:
            yield Finding(
                part=part, ok=False, said=str(error), mend=f"look at [channels.{name}] in the config"
            )


async def _try_channel(channel: Channel, client: Client) -> str:
    """What can be tried without sending anything."""
    match channel:
        case Email():
            settings = channel_settings(channel)
            assert isinstance(settings, EmailSettings)
            await log_in(replace(settings, timeout=_PATIENCE))
            let_in = f"lets {channel.username} in" if channel.username else "answers"
            return f"{channel.host}:{channel.port} {let_in}; `monitor subscriptions test ID` sends a mail"
        case Slack() if token := channel.token.get_secret_value():
            app = await _app_says(channel, client) if channel.app_token.get_secret_value() else ""
            return await _slack_says(channel.api_url, token, client) + app
        case _:
            return f"{channel.kind}; `monitor subscriptions test ID` sends a message"


async def _slack_says(api_url: str, token: str, client: Client) -> str:
    """Slack's own word on the token: https://docs.slack.dev/reference/methods/auth.test."""
    url = api_url.rpartition("/")[0] + "/auth.test"
    headers = {"authorization": f"Bearer {token}"}
    answer = await client.post(url, content=b"", headers=headers)
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = {}
    if not isinstance(said, dict) or not said.get("ok"):
        error = said.get("error", f"HTTP {answer.status}") if isinstance(said, dict) else "no JSON"
        raise MonitorError(f"Slack refuses the token: {error}")
    return f"Slack knows the bot as {said.get('user', '?')} of {said.get('team', '?')}"


async def _app_says(channel: Slack, client: Client) -> str:
    """Whether Slack would let the app in; the ticket that it gives is not used."""
    if find_spec("websockets") is None:
        raise MonitorError("app_token needs an extra that is not installed: pip install 'bongsu[slack-app]'")
    url = channel.api_url.rpartition("/")[0] + "/apps.connections.open"
    headers = {"authorization": f"Bearer {channel.app_token.get_secret_value()}"}
    answer = await client.post(url, content=b"", headers=headers)
    if b'"ok":true' not in answer.body.replace(b" ", b""):
        raise MonitorError("Slack refuses app_token: it must be an app-level token with connections:write")
    return "; `monitor slack` hears its buttons"


async def _clock(config: Config, client: Client, now: dt.datetime) -> Finding:
    """Our clock against that of a publisher, by the Date header of its answer; the first that answers will do."""
    said = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if not config.feeds:
        return Finding(part="clock", ok=True, said=f"{said}; no feed to compare with")
    for feed in config.feeds[:_ASKED]:
        try:
            answer = await client.get(feed.url)
        except FetchError as error:
            said = str(error)
            continue
        return _compared(feed.id, answer.headers.get("date", ""), now)
    mend = "is this machine on the network, and may it reach the web?"
    return Finding(part="network and clock", ok=False, said=said, mend=mend)


def _compared(feed: str, date: str, now: dt.datetime) -> Finding:
    try:
        theirs = email.utils.parsedate_to_datetime(date)
        apart = abs(theirs.replace(tzinfo=theirs.tzinfo or dt.UTC) - now)
    except (ValueError, OverflowError):
        return Finding(part="clock", ok=True, said=f"{now:%Y-%m-%d %H:%M:%S} UTC; {feed} tells no time")
    said = f"{apart.total_seconds():.0f} s apart from that of {feed}"
    mend = "" if apart <= _SKEW else "set the machine's clock, for example with an NTP service"
    return Finding(part="clock", ok=apart <= _SKEW, said=said, mend=mend)

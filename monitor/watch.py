"""Rules over time in the service: load the matches and the feeds' health, judge, and tell in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import structlog

from monitor.alerting.overtime import alert_of, id_of, retold
from monitor.matching.overtime.days import new_on
from monitor.matching.overtime.rule import Absent, OverTime
from monitor.matching.overtime.signs import sign_of
from monitor.model import (
    Alert,
    Article,
    Feed,
    FeedState,
    Finding,
    Holds,
    Match,
    Outage,
    Subscription,
    TakenBack,
)
from monitor.pipeline import Analysed
from monitor.recording import tell
from monitor.storage import Connection, Database, alerts, feeds, matches, overtime, subscriptions

log = structlog.get_logger()

_DAY = dt.timedelta(days=1)
Pairs = Sequence[tuple[Article, Match]]


def watch(
    database: Database,
    over_time: Sequence[OverTime],
    *,
    now: dt.datetime,
    fence: Callable[[Connection], None] = lambda _: None,
) -> Analysed:
    """Judge every rule over time; what is new is stored, told and queued for delivery together."""
    if not over_time:
        return Analysed()
    with database.write() as conn:
        fence(conn)
        overtime.lock(conn)
        known = _known_feeds(conn)
        rules = [
            with_feeds(rule, [feed for feed, _ in known.values()])
            for rule in over_time
            if rule.status != "retired"
        ]
        _note_outages(conn, rules, known, now=now)
        outages = [*overtime.all_outages(conn), *_before_first_poll(known)]
        known_from = min(
            (state.first_polled.date() for _, state in known.values() if state.first_polled),
            default=now.date(),
        )
        told = overtime.told(conn)
        listed = subscriptions.all(conn)
        done = [
            _judge(
                conn,
                rule,
                told=told.get(rule.id, []),
                outages=outages,
                known_from=known_from,
                listed=listed,
                now=now,
            )
            for rule in rules
        ]
    return sum(done, start=Analysed())


def _judge(
    conn: Connection,
    rule: OverTime,
    *,
    told: Sequence[Finding],
    outages: Sequence[Outage],
    known_from: dt.date,
    listed: Sequence[Subscription],
    now: dt.datetime,
) -> Analysed:
    today, reach = now.date(), dt.timedelta(days=rule.reach)
    recent = [each for each in told if each.date > today - reach]
    fallen = overtime.taken_back(conn, recent)
    again = bool(fallen) or any(each.holds is Holds.WITHDRAWN for each in recent)
    pairs = matches.since(conn, rule.rules, today - (2 * reach if again else reach))
    signs = [sign_of(*pair) for pair in pairs]
    new = new_on(today, rule, signs, told, outages=outages, known_from=known_from, fallen=fallen)
    done = [_tell(conn, rule, finding, pairs, listed, fallen=fallen, now=now) for finding in new]
    overtime.keep(conn, [finding for finding, _ in done], now=now)
    return sum((each for _, each in done), start=Analysed())


def _tell(
    conn: Connection,
    rule: OverTime,
    finding: Finding,
    pairs: Pairs,
    listed: Sequence[Subscription],
    *,
    fallen: Mapping[tuple[str, str], TakenBack],
    now: dt.datetime,
) -> tuple[Finding, Analysed]:
    """The finding with its alert; one that was never more than held has none."""
    log.info("finding", rule=rule.id, holds=finding.holds, said=finding.said)
    existing = alerts.get(conn, finding.alert or id_of(finding))
    alert = alert_on(finding, pairs, rule, existing=existing, fallen=fallen, now=now)
    if alert is None:
        return finding, Analysed()
    sent = tell(conn, [alert], listed, now=now)
    return replace(finding, alert=alert.id), Analysed(alerts=1, deliveries=sent)


def alert_on(
    finding: Finding,
    pairs: Pairs,
    rule: OverTime,
    *,
    existing: Alert | None,
    fallen: Mapping[tuple[str, str], TakenBack] = MappingProxyType({}),
    now: dt.datetime,
) -> Alert | None:
    """The alert that tells the finding, by the matches it rests on; None for one that was never more than held.

    `fallen` are the matches that were taken back, by article and rule.
    """
    if not finding.alert and finding.holds is not Holds.OPEN:
        return None
    evidence = _evidence(finding, pairs)
    if not evidence and existing is None:
        return None
    shadow = rule.status == "shadow"
    if existing:
        return retold(existing, finding, evidence, fallen=fallen, now=now)
    return alert_of(finding, evidence, title=rule.title, shadow=shadow, now=now)


def _evidence(finding: Finding, pairs: Pairs) -> Pairs:
    wanted = [(sign.article, sign.rule) for sign in finding.signs]
    found = {(article.id, match.rule): (article, match) for article, match in pairs}
    return [found[each] for each in dict.fromkeys(wanted) if each in found]


# --- what was found, and why some of it is held -----------------------------------------------------


def found(conn: Connection, over_time: Iterable[OverTime]) -> list[tuple[Finding, str]]:
    """All that these rules have said, newest first; for what is held, why nobody can know."""
    known = _known_feeds(conn)
    outages = [*overtime.all_outages(conn), *_before_first_poll(known)]
    told = overtime.told(conn)
    pairs = [
        (each, _why_held(rule, each, [feed for feed, _ in known.values()], outages))
        for rule in over_time
        for each in told.get(rule.id, ())
    ]
    return sorted(pairs, key=lambda pair: (pair[0].date, pair[0].rule, pair[0].zone), reverse=True)


def _why_held(rule: OverTime, finding: Finding, known: Sequence[Feed], outages: Iterable[Outage]) -> str:
    """Which of the rule's feeds were down since; empty for what is not held."""
    if finding.holds is not Holds.HELD or not isinstance(rule.form, Absent):
        return ""
    feeds_of = with_feeds(rule, known).form
    assert isinstance(feeds_of, Absent)
    if not feeds_of.feeds:
        return f"none of its feeds is polled: {', '.join(sorted(rule.form.feeds))}"
    since = (each for each in outages if each.feed in feeds_of.feeds and _ends(each) >= finding.date)
    return "; ".join(_told_of(each) for each in sorted(since, key=lambda each: (each.feed, each.began)))


def _ends(outage: Outage) -> dt.date:
    return outage.ended or dt.date.max


def _told_of(outage: Outage) -> str:
    if outage.ended is None:
        return f"nothing from {outage.feed} since {outage.began}"
    if outage.began == dt.date.min:
        return f"{outage.feed} is polled only since {outage.ended + _DAY}"
    return f"nothing from {outage.feed} from {outage.began} to {outage.ended}"


# --- feeds -----------------------------------------------------------------------------------------


def _known_feeds(conn: Connection) -> Mapping[str, tuple[Feed, FeedState]]:
    states = feeds.states(conn)
    return {feed.id: (feed, states[feed.id]) for feed in feeds.all(conn)}


def with_feeds(rule: OverTime, known: Iterable[Feed]) -> OverTime:
    """The rule with its groups of feeds replaced by ids; feeds that are not there are left out."""
    form = rule.form
    if not isinstance(form, Absent):
        return rule
    ids = frozenset(feed.id for feed in known if not form.feeds.isdisjoint({feed.id, feed.group}))
    return replace(rule, form=replace(form, feeds=ids))


def _note_outages(
    conn: Connection,
    rules: Iterable[OverTime],
    known: Mapping[str, tuple[Feed, FeedState]],
    *,
    now: dt.datetime,
) -> None:
    down: dict[str, dt.date] = {}
    for rule in rules:
        if isinstance(rule.form, Absent):
            silent = dt.timedelta(days=rule.form.silent)
            states = (known[feed][1] for feed in rule.form.feeds)
            down |= {each.feed: began for each in states if (began := _down_since(each, silent, now))}
    overtime.note_outages(conn, down, today=now.date())


def _down_since(state: FeedState, silent: dt.timedelta, now: dt.datetime) -> dt.date | None:
    """The first day without anything new, where that has been too long, or where polling is off; else None."""
    if state.paused or state.last_new is None:
        return (state.last_new.date() + _DAY) if state.last_new else now.date()
    failing = state.failures > 0 and (state.last_good is None or now - state.last_good > _DAY)
    return state.last_new.date() + _DAY if failing or now - state.last_new > silent else None


def _before_first_poll(known: Mapping[str, tuple[Feed, FeedState]]) -> list[Outage]:
    """What a feed told before we listened is not known."""
    return [
        Outage(feed=feed, began=dt.date.min, ended=state.first_polled.date() - _DAY)
        for feed, (_, state) in known.items()
        if state.first_polled
    ]

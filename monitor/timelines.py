"""The timelines that rules over time carry, run day by day as the service would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.examples import Outcome, Reader
from monitor.matching.judge import RuleIndex, judge
from monitor.matching.overtime.days import Days
from monitor.matching.overtime.files import AtFile, EventFile, TimelineFile
from monitor.matching.overtime.rule import OverTime
from monitor.matching.overtime.signs import sign_of
from monitor.matching.rule import Rule
from monitor.model import Article, Finding, Holds, Outage, Sign

_NOON = dt.time(12, tzinfo=dt.UTC)
_DAY = dt.timedelta(days=1)


@dataclass(kw_only=True)
class Replay(Days):
    """Its days one after the other, with alerts that nobody gets."""

    def day(self, signs: Sequence[Sign], outages: Sequence[Outage], today: dt.date) -> list[Finding]:
        """What is new today, kept as told."""
        new = [_told(each) for each in self.new(today, signs, outages)]
        self.keep(new)
        return new

    @property
    def alerts(self) -> int:
        """How many alerts were opened: a finding that was only ever held is none."""
        return sum(bool(each.alert) for each in self.told)


def _told(finding: Finding) -> Finding:
    return replace(finding, alert="told") if finding.holds is Holds.OPEN else finding


def run(rules: Sequence[OverTime], events: Sequence[Rule], reader: Reader) -> list[Outcome]:
    """The outcome of every timeline of the rules; `events` are the event rules that texts are read by."""
    outcomes = []
    for rule in rules:
        wanted = [each for each in events if each.id in rule.rules]
        for where, timeline in rule.timelines:
            signs = [sign for event in timeline.events for sign in _signs(event, wanted, reader)]
            wrong = "; ".join(_wrong(rule, timeline, signs))
            outcomes.append(Outcome(rule=rule.id, where=where, text=timeline.name, wrong=wrong))
    return outcomes


def _signs(event: EventFile, rules: Sequence[Rule], reader: Reader) -> Iterator[Sign]:
    if not event.rule:
        yield from _read(event, rules, reader)
        return
    for number in range(event.times):
        day = event.date + number * event.every * _DAY
        yield Sign(
            rule=event.rule,
            date=day,
            seen=event.seen or day,
            count=event.count,
            slugs=frozenset(event.names),
            publisher=event.publisher,
            reporter=event.reporter,
        )


def _read(event: EventFile, rules: Sequence[Rule], reader: Reader) -> Iterator[Sign]:
    when = dt.datetime.combine(event.seen or event.date, _NOON)
    article = Article(
        id="",
        feed="",
        key="",
        url="",
        title=event.title,
        text=event.text,
        published=when,
        fetched=when,
        publisher=event.publisher,
    )
    (reading,) = reader.read([article])
    for match in judge(reading, RuleIndex.of(rules)).matches:
        yield sign_of(article, match)


def _wrong(rule: OverTime, timeline: TimelineFile, signs: Sequence[Sign]) -> Iterator[str]:
    """What does not hold, in words."""
    outages = [Outage(feed=each.feed, began=each.began, ended=each.ended) for each in timeline.down]
    replay = Replay(rule=rule)
    wanted = {each.at: each for each in timeline.expect}
    day = min((each.seen for each in signs), default=min(wanted))
    while day <= max(wanted):
        replay.day(signs, outages, day)
        if day in wanted:
            yield from _unmet(wanted[day], replay)
        day += _DAY


def _unmet(expected: AtFile, replay: Replay) -> Iterator[str]:
    last = max(replay.told, key=lambda each: each.date, default=None)
    have = {
        "alerts": replay.alerts,
        "state": str(last.holds) if last else "none",
        "level": str(last.level) if last else "none",
    }
    for name, value in have.items():
        asked = getattr(expected, name)
        if asked is not None and asked != value:
            yield f"on {expected.at} {name} is {value}, not {asked}"
    said = last.said if last else "nothing"
    if expected.said is not None and expected.said not in said:
        yield f"on {expected.at} it says {said!r}, without {expected.said!r}"

"""The past once more: verdicts in the order of time to alerts, and these to the messages of every subscription."""

from __future__ import annotations

import bisect
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.alerting.group import group, sought_keys
from monitor.alerting.overtime import id_of
from monitor.alerting.stories import told_at
from monitor.backtest.judged import Side
from monitor.backtest.messages import Audience, Told, told
from monitor.backtest.record import Record
from monitor.matching.overtime.days import Days
from monitor.matching.overtime.rule import OverTime
from monitor.matching.overtime.signs import sign_of
from monitor.model import Alert, Article, Finding, Holds, Match, TakenBack, Verdict
from monitor.watch import Pairs, alert_on

_MIDNIGHT = dt.time(tzinfo=dt.UTC)
_DAY = dt.timedelta(days=1)
Held = Sequence[tuple[Article, Verdict]]  # the articles of which rules have something to say


@dataclass(kw_only=True)
class Replay:
    """Alerts as the service would have raised them; the same grouping and the same routing."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    messages: Mapping[str, Told] = field(default_factory=dict)  # by subscription
    _held: dict[tuple[str, dt.date], Finding] = field(default_factory=dict)  # by rule and date
    _by_key: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _by_article: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _tellings: list[tuple[dt.datetime, Alert]] = field(default_factory=list)

    @property
    def held(self) -> list[Finding]:
        """Absences that the feeds were down for, and that were never told."""
        return list(self._held.values())

    def add(self, article: Article, verdict: Verdict) -> None:
        """One article; each must come in the order of time."""
        keys = sought_keys(article, (*verdict.matches, *verdict.denials))
        known = {name for key in keys for name in self._by_key.get(key, ())}
        known |= self._by_article.get(article.id, set())
        existing = [self.alerts[name] for name in sorted(known)]
        for alert in group(article, verdict.matches, existing, denials=verdict.denials, now=article.when):
            if self.alerts.get(alert.id) != alert:
                self._keep(alert, now=article.when)
                for key in alert.keys:
                    self._by_key[key].add(alert.id)
                for report in alert.reports:
                    self._by_article[report.article].add(alert.id)

    def watch(self, rule: OverTime, pairs: Pairs, record: Record) -> None:
        """One rule over time, judged as the service judges it: after each article that counts, and as days begin."""
        if not record.days:
            return
        rule = record.heard(rule)
        signs = [sign_of(*pair) for pair in pairs]
        days = Days(rule=rule, known_from=record.first)
        taken_back = self._taken_back(rule)
        turns = {when for when, _ in taken_back.values()} | set(record.turns(rule))
        for now, come in _moments(pairs, record, turns):
            fallen = {pair: each for pair, (when, each) in taken_back.items() if when <= now}
            stands = (each for each in signs[:come] if (each.article, each.rule) not in fallen)
            for finding in days.new(now.date(), stands, record.outages(rule, now), fallen=fallen):
                existing = self.alerts.get(finding.alert or id_of(finding))
                alert = alert_on(finding, pairs[:come], rule, existing=existing, fallen=fallen, now=now)
                if alert is not None:
                    self._keep(alert, now=now)
                    self._held.pop((rule.id, finding.date), None)
                elif finding.holds is Holds.HELD:
                    self._held[rule.id, finding.date] = finding
                days.keep([replace(finding, alert=alert.id) if alert else finding])

    def tell(self, audience: Audience) -> None:
        """Route all that was raised; a cap counts messages on events and those of rules over time together."""
        self.messages = told(self._tellings, audience)

    def _taken_back(self, rule: OverTime) -> dict[tuple[str, str], tuple[dt.datetime, TakenBack]]:
        """The reports of that rule's matches that somebody took back, by article and rule, and since when."""
        found: dict[tuple[str, str], tuple[dt.datetime, TakenBack]] = {}
        for alert in self.alerts.values():
            for report in alert.reports if not alert.said else ():
                denials = tuple(each for each in alert.denials if each.who == report.taken_back_by)
                if report.fallen and denials:
                    told = min(map(told_at, denials)), TakenBack(report=report, denials=denials)
                    found |= {(report.article, each): told for each in rule.rules.intersection(report.rules)}
        return found

    def _keep(self, alert: Alert, *, now: dt.datetime) -> None:
        self.alerts[alert.id] = alert
        self._tellings.append((now, alert))


def replay(held: Held, side: Side, record: Record, audience: Audience | None = None) -> Replay:
    """All articles, put in the order of time, then the rules over time on what came of them; then who is told."""
    done = Replay()
    ordered = sorted(held, key=lambda pair: (pair[0].when, pair[0].id))
    for article, verdict in ordered:
        done.add(article, _asked(verdict, side))
    for rule in side.over_time:
        done.watch(rule, list(_pairs(ordered, rule)), record)
    done.tell(audience or Audience())
    return done


def _moments(pairs: Pairs, record: Record, turns: Iterable[dt.datetime]) -> list[tuple[dt.datetime, int]]:
    """When a rule over time is judged, `turns` among it, and how many of its matches have come by then."""
    count = (record.last - record.first).days + 1
    days = [dt.datetime.combine(record.first + number * _DAY, _MIDNIGHT) for number in range(count)]
    end = dt.datetime.combine(record.last + _DAY, _MIDNIGHT)
    came = [article.when for article, _ in pairs]
    times = sorted({*days, *came, *(each for each in turns if each < end)})
    return [(now, bisect.bisect_right(came, now)) for now in times]


def _asked(verdict: Verdict, side: Side) -> Verdict:
    """What the rules asked about say; others are judged for those over time alone."""
    return Verdict(
        matches=tuple(each for each in verdict.matches if side.asks(each.rule)),
        denials=tuple(each for each in verdict.denials if side.asks(each.rule)),
    )


def _pairs(held: Held, rule: OverTime) -> Iterator[tuple[Article, Match]]:
    return (
        (article, match) for article, verdict in held for match in verdict.matches if match.rule in rule.rules
    )

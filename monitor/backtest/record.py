"""When the past was recorded: where nothing came for long, nobody knows what happened."""

from __future__ import annotations

import datetime as dt
import itertools
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from monitor.matching.overtime.rule import Absent, OverTime
from monitor.model import Article, Feed, Outage
from monitor.watch import with_feeds

_DAY = dt.timedelta(days=1)
_NOTICED = dt.timedelta(seconds=1)  # a silence is one only when it has lasted longer than it may
_WHOLE = ""  # the feed of articles of an archive, which names none
_Span = tuple[dt.datetime, dt.datetime]
DaySpans = dict[dt.date, _Span]  # of each day the first and the last time


@dataclass(kw_only=True)
class Record:
    """When each feed brought something; an archive is one feed."""

    feeds: Sequence[Feed] = ()  # those that are known; none of an archive
    days: dict[str, DaySpans] = field(default_factory=dict)  # by feed

    def add(self, articles: Iterable[Article]) -> None:
        """These came."""
        for each in articles:
            day_spans(self.days.setdefault(each.feed if self.feeds else _WHOLE, {}), [each.when])

    def add_days(self, days: DaySpans) -> None:
        """Articles of an archive came on these days."""
        for span in days.values():
            day_spans(self.days.setdefault(_WHOLE, {}), span)

    @property
    def first(self) -> dt.date:
        """The first day of the record, which must hold one."""
        return min(map(min, self.days.values()))

    @property
    def last(self) -> dt.date:
        """The last day of the record."""
        return max(map(max, self.days.values()))

    def heard(self, rule: OverTime) -> OverTime:
        """The rule with the feeds of the record that could tell of what it misses."""
        if isinstance(rule.form, Absent) and not self.feeds:
            return replace(rule, form=replace(rule.form, feeds=frozenset({_WHOLE})))
        return with_feeds(rule, self.feeds)

    def outages(self, rule: OverTime, now: dt.datetime) -> list[Outage]:
        """When the rule's feeds brought nothing, as known then."""
        form = rule.form
        if not isinstance(form, Absent):
            return []
        return [each for feed in sorted(form.feeds) for each in self._outages(feed, form.silent, now)]

    def turns(self, rule: OverTime) -> list[dt.datetime]:
        """When one of the rule's feeds had been silent for too long, and when it was heard again."""
        form = rule.form
        if not isinstance(form, Absent):
            return []
        found = []
        for feed in form.feeds:
            for last, back in self._silences(feed, form.silent):
                found += [last + form.silent * _DAY + _NOTICED, back]
            if came := self._came.get(feed):
                found.append(came[-1] + form.silent * _DAY + _NOTICED)
        return found

    def _outages(self, feed: str, silent: int, now: dt.datetime) -> Iterator[Outage]:
        came = self._came.get(feed, ())
        known = bisect_right(came, now)
        if not known:
            yield Outage(feed=feed, began=dt.date.min)
            return
        yield Outage(feed=feed, began=dt.date.min, ended=came[0].date() - _DAY)
        for last, back in self._silences(feed, silent):
            if back <= now:
                yield Outage(feed=feed, began=last.date() + _DAY, ended=back.date() - _DAY)
        if now - came[known - 1] > silent * _DAY:
            yield Outage(feed=feed, began=came[known - 1].date() + _DAY)

    def _silences(self, feed: str, silent: int) -> list[_Span]:
        """The last that came before each silence of so many days, and the first after it."""
        came = self._came.get(feed, ())
        return [(last, back) for last, back in itertools.pairwise(came) if back - last > silent * _DAY]

    @cached_property
    def _came(self) -> Mapping[str, Sequence[dt.datetime]]:
        """The first and the last time of each day, rising: no longer silence lies between others."""
        return {
            feed: [time for day in sorted(days) for time in days[day]] for feed, days in self.days.items()
        }


def day_spans(days: DaySpans, times: Iterable[dt.datetime]) -> None:
    """Widen the days by these times."""
    for when in times:
        first, last = days.get(when.date(), (when, when))
        days[when.date()] = (min(first, when), max(last, when))

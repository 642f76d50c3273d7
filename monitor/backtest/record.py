"""Of what days the past was recorded: where nothing came for long, nobody knows what happened."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from monitor.matching.overtime.rule import Absent, OverTime
from monitor.model import Article, Feed, Outage
from monitor.watch import with_feeds

_DAY = dt.timedelta(days=1)
_WHOLE = ""  # the feed of articles of an archive, which names none


@dataclass(kw_only=True)
class Record:
    """The days on which each feed brought something; an archive is one feed."""

    feeds: Sequence[Feed] = ()  # those that are known; none of an archive
    days: dict[str, set[dt.date]] = field(default_factory=dict)  # by feed

    def add(self, articles: Iterable[Article]) -> None:
        """These came."""
        for each in articles:
            self.days.setdefault(each.feed if self.feeds else _WHOLE, set()).add(each.when.date())

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

    def outages(self, rule: OverTime, today: dt.date) -> list[Outage]:
        """When the rule's feeds brought nothing, as known that day."""
        if not isinstance(rule.form, Absent):
            return []
        silent = dt.timedelta(days=rule.form.silent)
        return [each for feed in sorted(rule.form.feeds) for each in self._silences(feed, silent, today)]

    def _silences(self, feed: str, silent: dt.timedelta, today: dt.date) -> Iterator[Outage]:
        came = [day for day in self._sorted.get(feed, ()) if day <= today]
        if not came:
            yield Outage(feed=feed, began=dt.date.min)
            return
        yield Outage(feed=feed, began=dt.date.min, ended=came[0] - _DAY)
        for one, other in itertools.pairwise(came):
            if other - one > silent:
                yield Outage(feed=feed, began=one + _DAY, ended=other - _DAY)
        if today - came[-1] > silent:
            yield Outage(feed=feed, began=came[-1] + _DAY)

    @cached_property
    def _sorted(self) -> Mapping[str, Sequence[dt.date]]:
        return {feed: sorted(days) for feed, days in self.days.items()}

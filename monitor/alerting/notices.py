"""What the service says of itself: what is wrong with it, what is well again, and the daily line. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from zoneinfo import ZoneInfo

from monitor.alerting.text import calm
from monitor.model import Alert, Feed, FeedState, Level

DAILY = "daily"
_FEED = "feed "
_CHANNEL = "channel "
_SILENT = "silence of "
_NAMED = 5  # feeds named one by one; more at once are told by their number
_TRIES = 5  # without any good answer, until a feed counts as dead
_ILL_AFTER = dt.timedelta(hours=6)  # without a good answer
_GAPS = 3  # times its usual gap without news, until a feed that answers counts as silent
_DAY = dt.timedelta(days=1)
_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something that is wrong with the service, in words."""

    subject: str  # "feed yonhap", "channel mail", "rules"
    said: str


@dataclass(frozen=True, kw_only=True)
class News:
    """What is to be told: the troubles that are new, and the subjects that are well again."""

    new: tuple[Trouble, ...]
    over: tuple[str, ...]

    @property
    def headline(self) -> str:
        """`2 feeds are dead, 1 is back`."""
        feeds = sum(each.subject.startswith(_FEED) for each in self.new)
        silent = sum(each.subject.startswith(_SILENT) for each in self.new)
        others = [each.said for each in self.new if not each.subject.startswith((_FEED, _SILENT))]
        back = sum(each.startswith(_FEED) for each in self.over)
        mended = [_well(each) for each in self.over if not each.startswith(_FEED)]
        told = (
            *others,
            f"{feeds} feed{'s are' if feeds > 1 else ' is'} dead" if feeds else "",
            f"{silent} feed{'s are' if silent > 1 else ' is'} silent" if silent else "",
            f"{back} feed{'s are' if back > 1 else ' is'} back" if back else "",
            *mended,
        )
        return calm(" · ".join(part for part in told if part))

    @property
    def lines(self) -> tuple[str, ...]:
        """Each trouble, and each feed that is back, as many as are worth naming."""
        told = [*(each.said for each in self.new), *map(_well, self.over)]
        more = len(told) - _NAMED
        return tuple(map(calm, [*told[:_NAMED], *([f"and {more} more"] if more > 0 else [])]))


def troubles(
    states: Iterable[tuple[Feed, FeedState]],
    *,
    refused: str | None,
    dead_after: dt.timedelta,
    failing: Mapping[str, str] = MappingProxyType({}),
    gaps: Mapping[str, dt.timedelta] = MappingProxyType({}),
    now: dt.datetime,
) -> list[Trouble]:
    """What is wrong now: feeds without a good answer or without news for too long, channels, rules that were refused.

    `failing` gives the last error of each channel by which nothing goes through, `gaps` how long each feed
    usually goes without news.
    """
    states = list(states)
    silent = [
        Trouble(
            subject=f"{_SILENT}{feed.id}",
            said=f"{feed.name} ({feed.id}) answers, but has brought nothing {said}",
        )
        for feed, state in states
        if (said := _without_news(state, gaps.get(feed.id), now))
    ]
    dead = [
        Trouble(
            subject=f"{_FEED}{feed.id}",
            said=f"{feed.name} ({feed.id}): no good answer {_since(state, now)}, {state.error}",
        )
        for feed, state in states
        if _is_dead(state, dead_after, now)
    ]
    rules = (
        [Trouble(subject="rules", said=f"rules with a mistake are not in force: {refused}")]
        if refused
        else []
    )
    channels = [
        Trouble(subject=about(name), said=f"nothing goes through channel '{name}': {error}")
        for name, error in sorted(failing.items())
    ]
    return [*rules, *channels, *dead, *silent]


def about(channel: str) -> str:
    """The subject of a trouble with that channel."""
    return f"{_CHANNEL}{channel}"


def news(found: Sequence[Trouble], told: Mapping[str, dt.datetime]) -> News | None:
    """What a subscriber who was told of those subjects does not know yet; None for nothing."""
    standing = {each.subject for each in found}
    new = tuple(each for each in found if each.subject not in told)
    over = tuple(subject for subject in told if subject != DAILY and subject not in standing)
    return News(new=new, over=over) if new or over else None


def is_due(at: dt.time, zone: str, *, last: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether the daily line of that local time was not told yet; after a longer silence only the latest is."""
    local = now.astimezone(ZoneInfo(zone))
    latest = dt.datetime.combine(local.date(), at, tzinfo=local.tzinfo)
    if latest > local:
        latest = dt.datetime.combine(local.date() - _DAY, at, tzinfo=local.tzinfo)
    if last is None:
        return now - latest < _HOUR  # a new subscriber hears of the days to come
    return last < latest


def daily_line(
    alerts: Sequence[Alert],
    states: Sequence[tuple[Feed, FeedState]],
    *,
    near_misses: int,
    zone: str,
    now: dt.datetime,
) -> str:
    """`No alerts, 24 h to 08:00 KST · 3 near misses · 42 of 45 feeds healthy · last KCNA 02:10`.

    It begins with NOT ASSURED where a vital feed has been silent: then nobody calls the day quiet.
    """
    here = ZoneInfo(zone)
    heard = [(feed, state) for feed, state in states if feed.vital]
    silent = [_silence(feed, state, now) for feed, state in heard if not _is_well(state, now)]
    parts = (
        f"NOT ASSURED: {'; '.join(silent)}" if silent else "",
        f"{_counted(alerts)}, 24 h to {now.astimezone(here):%H:%M %Z}",
        f"{near_misses} near miss{'es' if near_misses != 1 else ''}",
        f"{sum(_is_well(state, now) for _, state in states)} of {len(states)} feeds healthy",
        *(
            f"last {_short(feed)} {state.last_new.astimezone(here):%H:%M}"
            for feed, state in heard
            if state.last_new
        ),
    )
    return calm(" · ".join(part for part in parts if part))


def _without_news(state: FeedState, gap: dt.timedelta | None, now: dt.datetime) -> str:
    """`for 40 h, usually every 3 h`; "" for a feed that is not silent, or does not answer either."""
    if gap is None or state.last_new is None or state.paused or not _is_well(state, now):
        return ""
    silence = now - state.last_new
    if silence < max(_GAPS * gap, _DAY):
        return ""
    return f"for {silence // _HOUR} h, usually every {max(1, round(gap / _HOUR))} h"


def _well(subject: str) -> str:
    if subject.startswith(_SILENT):
        return f"feed {subject.removeprefix(_SILENT)} brings news again"
    return f"{subject} {'is' if subject.startswith((_FEED, _CHANNEL)) else 'are'} well again"


def _is_dead(state: FeedState, dead_after: dt.timedelta, now: dt.datetime) -> bool:
    if not state.failures or state.paused:
        return False
    if state.last_good is None:
        return state.failures >= _TRIES
    return now - state.last_good >= dead_after


def _is_well(state: FeedState, now: dt.datetime) -> bool:
    """A good answer lately: one bad answer between good ones is no illness."""
    return state.last_good is not None and now - state.last_good < _ILL_AFTER


def _silence(feed: Feed, state: FeedState, now: dt.datetime) -> str:
    if state.last_good is None:
        return f"{_short(feed)} never answered"
    return f"{_short(feed)} silent for {(now - state.last_good) // _HOUR} h"


def _short(feed: Feed) -> str:
    """The name without what explains it: `KCNA Watch: what Pyongyang says`."""
    return feed.name.partition(":")[0]


def _since(state: FeedState, now: dt.datetime) -> str:
    if state.last_good is None:
        return f"at {state.failures} tries"
    return f"for {(now - state.last_good) // _HOUR} h"


def _counted(alerts: Sequence[Alert]) -> str:
    if not alerts:
        return "No alerts"
    grave = sum(alert.level >= Level.CRITICAL for alert in alerts)
    many = f"{len(alerts)} alert{'s' if len(alerts) > 1 else ''}"
    return f"{many} ({grave} critical)" if grave else many

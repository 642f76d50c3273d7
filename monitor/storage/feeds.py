"""Feeds and what we know of them from their polls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, RowMapping, Select, delete, or_, select, update

from monitor.errors import UsageError
from monitor.model import Feed, FeedState
from monitor.storage import jobs
from monitor.storage.jobs import Work
from monitor.storage.rows import chunks, columns, insert_new, row, upsert
from monitor.storage.tables import feed_states, feeds

_FEED = columns(feeds, Feed)
_SKEW = dt.timedelta(minutes=1)  # by which the clocks of two machines may differ
_STATE = [column for column in columns(feed_states, FeedState) if column.name != "feed"]


def sync(conn: Connection, listed: Sequence[Feed], *, pausing: bool = True, now: dt.datetime) -> None:
    """Make the feeds those of the config: new ones added, changed ones updated, those gone paused if `pausing`.

    Feeds that a command added stay as they are. One with a new address is due at once, without the etag of
    the old: what that address last sent says nothing of this one.
    """
    _forget_address(conn, listed)
    if pausing:
        gone = feeds.c.from_config & feeds.c.id.not_in([feed.id for feed in listed])
        conn.execute(update(feeds).where(gone).values(paused=True))
    rows = [row(feed, from_config=True, paused=False, added=now) for feed in listed]
    upsert(conn, feeds, rows, keep={"added"})


def all(conn: Connection) -> list[Feed]:  # noqa: A001 - read as feeds.all(conn)
    """Every feed, the paused ones too, by group and id."""
    found = conn.execute(select(*_FEED).order_by(feeds.c.group, feeds.c.id)).mappings()
    return [Feed(**each) for each in found]


def from_config(conn: Connection) -> frozenset[str]:
    """Ids of the feeds that the config lists or listed."""
    return frozenset(conn.execute(select(feeds.c.id).where(feeds.c.from_config)).scalars())


def add(conn: Connection, feed: Feed, *, now: dt.datetime) -> None:
    """Add a feed that is not in the config. UsageError when the id is taken."""
    if not insert_new(conn, feeds, [row(feed, from_config=False, paused=False, added=now)]):
        raise UsageError(f"there is a feed {feed.id!r} already; `monitor feeds list` shows it")


def remove(conn: Connection, feed: str) -> None:
    """Forget a feed and its state; its articles stay. UsageError when unknown or in the config."""
    _own(conn, feed)
    conn.execute(delete(feeds).where(feeds.c.id == feed))


def pause(conn: Connection, feed: str, *, paused: bool = True) -> None:
    """Stop or resume polling. UsageError when unknown or in the config."""
    _own(conn, feed)
    conn.execute(update(feeds).where(feeds.c.id == feed).values(paused=paused))


def states(conn: Connection) -> dict[str, FeedState]:
    """What we know of each feed, by feed id; a feed never polled has the empty state."""
    return {state.feed: state for _, state in _found(conn)}


def known(conn: Connection) -> list[tuple[Feed, FeedState]]:
    """Every feed with what we know of it, by group and id."""
    return _found(conn, _JOINED.order_by(feeds.c.group, feeds.c.id))


def ailing(conn: Connection, *, quiet_since: dt.datetime) -> list[tuple[Feed, FeedState]]:
    """Those whose last answer was none, and those that have brought nothing new since then; by group and id."""
    ill = or_(feed_states.c.failures > 0, feed_states.c.last_new <= quiet_since)
    return _found(conn, _JOINED.where(ill).order_by(feeds.c.group, feeds.c.id))


def due(
    conn: Connection,
    *,
    now: dt.datetime,
    limit: int,
    only: Sequence[str] | None = None,
    but: Collection[str] = (),
) -> list[tuple[Feed, FeedState]]:
    """Feeds to poll now, those longest overdue first; `only` those of these ids, and none of those in `but`.

    One that was polled in the future is due too: the clock has been set back, and its time to come is wrong.
    """
    query = _waiting(_JOINED, now=now).limit(limit)
    if but:
        query = query.where(feeds.c.id.not_in(but))
    return _found(conn, query if only is None else query.where(feeds.c.id.in_(only)))


def without_job(conn: Connection, *, now: dt.datetime, limit: int) -> list[tuple[str, str]]:
    """Id and host of feeds to poll now that are in no job, longest overdue first; on PostgreSQL only."""
    query = _waiting(select(feeds.c.id, feeds.c.url).outerjoin_from(feeds, feed_states), now=now)
    found = conn.execute(query.where(feeds.c.id.not_in(jobs.queued(Work.POLL))).limit(limit))
    return [(each.id, urlsplit(each.url).hostname or "") for each in found]


def put_off(conn: Connection, host: str, *, until: dt.datetime) -> None:
    """Leave all feeds of that host alone until then: it has asked for patience."""
    known = conn.execute(select(feeds.c.id, feeds.c.url)).all()
    for chunk in chunks(each.id for each in known if urlsplit(each.url).hostname == host):
        sooner = update(feed_states).where(feed_states.c.feed.in_(chunk), feed_states.c.next_due < until)
        conn.execute(sooner.values(next_due=until))


def save_state(conn: Connection, state: FeedState) -> None:
    """Keep the state of one feed, as `save_states` does."""
    save_states(conn, [state])


def save_states(conn: Connection, polled: Sequence[FeedState]) -> None:
    """Keep the states after polls, except `paused`, which is not the poll's to change.

    A feed removed meanwhile stays removed.
    """
    there: set[str] = set()
    for chunk in chunks(sorted(state.feed for state in polled)):  # two who lock do so in one order
        locked = select(feeds.c.id).where(feeds.c.id.in_(chunk)).order_by(feeds.c.id)
        there.update(conn.execute(locked.with_for_update(read=True)).scalars())
    values = [row(state, recent=dict(state.recent)) for state in polled if state.feed in there]
    for each in values:
        del each["paused"]
    upsert(conn, feed_states, values)


_JOINED = select(*_FEED, feeds.c.paused, feed_states.c.feed, *_STATE).outerjoin_from(feeds, feed_states)


def _waiting(query: Select[Any], *, now: dt.datetime) -> Select[Any]:
    when = feed_states.c.next_due
    set_back = feed_states.c.last_polled > now + _SKEW
    due = query.where(~feeds.c.paused, or_(when.is_(None), when <= now, set_back))
    return due.order_by(when.asc().nulls_first(), feeds.c.id)


def _found(conn: Connection, query: Select[Any] = _JOINED) -> list[tuple[Feed, FeedState]]:
    return [_both(each) for each in conn.execute(query).mappings()]


def _both(found: RowMapping) -> tuple[Feed, FeedState]:
    feed = Feed(**{column.name: found[column] for column in _FEED})
    if found[feed_states.c.feed] is None:
        return feed, FeedState(feed=feed.id, paused=found[feeds.c.paused])
    known = {column.name: found[column] for column in _STATE}
    return feed, FeedState(feed=feed.id, paused=found[feeds.c.paused], **known)


def _forget_address(conn: Connection, listed: Sequence[Feed]) -> None:
    known = {each.id: each.url for each in conn.execute(select(feeds.c.id, feeds.c.url))}
    for chunk in chunks(feed.id for feed in listed if known.get(feed.id, feed.url) != feed.url):
        moved = update(feed_states).where(feed_states.c.feed.in_(chunk))
        conn.execute(moved.values(etag=None, last_modified=None, next_due=None, moved_to=None, moves=0))


def _own(conn: Connection, feed: str) -> None:
    """UsageError unless commands may change the feed."""
    written = conn.execute(select(feeds.c.from_config).where(feeds.c.id == feed)).scalar()
    if written is None:
        raise UsageError(f"there is no feed {feed!r}; `monitor feeds list` shows those there are")
    if written:
        raise UsageError(f"feed {feed!r} is written in the config; change it there")

"""Jobs for workers, on PostgreSQL: each names rows by id, and is committed with them or not at all.

The queue is Procrastinate's; here are the questions that we ask it in our own transactions.
"""

from __future__ import annotations

import datetime as dt
import enum
import json
from collections.abc import Iterable
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, DateTime, Select, Text, cast, column, func, select, table, text
from sqlalchemy.dialects.postgresql import JSONB

_SHARDS = 256  # so many hosts at most are polled at once
_LANES = 2  # jobs of one channel that are done at once: fewer than a worker does, so that others find room
_JOBS = table("procrastinate_jobs", column("queue_name"), column("status"), column("args", JSONB))
_WORKERS = table("procrastinate_workers", column("last_heartbeat", DateTime(timezone=True)))
_WAITING = ("todo", "doing")
_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY("
    "SELECT job FROM jsonb_populate_recordset(NULL::procrastinate_job_to_defer_v1, CAST(:jobs AS jsonb)) AS job))"
)


class Work(enum.StrEnum):
    """What jobs ask for; each kind has a queue of its own under its name."""

    POLL = "poll"
    ANALYSE = "analyse"
    DELIVER = "deliver"


# Ids in one job: what a dead worker leaves half done is no more than that. To take up a job costs as much as to read
# twenty articles.
_SIZE = {Work.POLL: 50, Work.ANALYSE: 200, Work.DELIVER: 50}


def defer(conn: Connection, work: Work, ids: Iterable[str], *, lock: str | None = None) -> int:
    """Put jobs for these rows into the queue; how many. Of jobs with the same lock one is done at a time."""
    distinct = list(dict.fromkeys(ids))
    size = _SIZE[work]
    batches = [distinct[start : start + size] for start in range(0, len(distinct), size)]
    rows = [
        {"queue_name": work, "task_name": work, "priority": 0, "lock": lock, "args": {"ids": batch}}
        for batch in batches
    ]
    if rows:
        conn.execute(_DEFER, {"jobs": json.dumps(rows)})
    return len(rows)


def defer_beside(conn: Connection, work: Work, ids: Iterable[str]) -> None:
    """The same for rows of this very transaction, where the database was opened for workers; else nothing."""
    if conn.get_execution_options().get("jobs", False):
        defer(conn, work, ids)


def defer_polls(conn: Connection, due: Iterable[tuple[str, str]]) -> int:
    """Jobs to poll feeds, given as (id, host); how many. Feeds of one host are never polled by two workers."""
    shards: dict[int, list[str]] = {}
    for feed, host in due:
        shards.setdefault(crc32(host.encode()) % _SHARDS, []).append(feed)
    return sum(defer(conn, Work.POLL, ids, lock=f"hosts {shard}") for shard, ids in sorted(shards.items()))


def defer_deliveries(conn: Connection, due: Iterable[tuple[str, str]]) -> int:
    """Jobs to send deliveries, given as (id, channel); how many. A slow channel holds up few jobs, and its own."""
    lanes: dict[tuple[str, int], list[str]] = {}
    for delivery, channel in due:
        lanes.setdefault((channel, crc32(delivery.encode()) % _LANES), []).append(delivery)
    return sum(
        defer(conn, Work.DELIVER, ids, lock=f"channel {channel} {lane}")
        for (channel, lane), ids in sorted(lanes.items())
    )


def defer_deliveries_beside(conn: Connection, due: Iterable[tuple[str, str]]) -> None:
    """The same for rows of this very transaction, where the database was opened for workers; else nothing."""
    if conn.get_execution_options().get("jobs", False):
        defer_deliveries(conn, due)


def queued(work: Work) -> Select[Any]:
    """The ids in jobs of that kind that wait or are being done; for use within another query."""
    ids = func.jsonb_array_elements_text(_JOBS.c.args["ids"])
    here = _JOBS.c.queue_name == str(work)
    return select(ids).where(here, cast(_JOBS.c.status, Text).in_(_WAITING))


def count(conn: Connection) -> dict[str, int]:
    """How many jobs wait or are being done, by kind."""
    query = select(_JOBS.c.queue_name, func.count()).where(cast(_JOBS.c.status, Text).in_(_WAITING))
    return {name: number for name, number in conn.execute(query.group_by(_JOBS.c.queue_name))}  # noqa: C416 - mypy takes no rows for dict


def seen(conn: Connection) -> dt.datetime | None:
    """When a worker last showed that it is alive; None where none works or has just left."""
    found: dt.datetime | None = conn.execute(select(func.max(_WORKERS.c.last_heartbeat))).scalar()
    return found

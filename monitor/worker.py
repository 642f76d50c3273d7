"""One of several workers on one PostgreSQL: it does jobs, and keeps the timer while it leads.

The leader looks at every tick for rows that wait and are in no job, and gives them one. So nothing depends on a
job: rows stored beside the queue, jobs that failed and deliveries to be tried again all come up again.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Collection, Sequence

import structlog

from monitor.app import GRACE, RARELY, App
from monitor.errors import UsageError
from monitor.jobs import Jobs
from monitor.scheduler import Job, Scheduler
from monitor.storage import articles, deliveries, feeds, jobs
from monitor.storage.jobs import Work
from monitor.storage.leader import Leader

log = structlog.get_logger()

# Jobs; analysis fills a core by itself, and a poll may wait long for a slow server.
_AT_ONCE = {Work.POLL: 16, Work.ANALYSE: 1, Work.DELIVER: 8}
_ROWS = 5_000  # that are given jobs at one tick


class Worker:
    """A worker for some kinds of jobs, or for none: then it only stands by for the timer."""

    def __init__(self, app: App, kinds: Collection[Work]) -> None:
        settings = app.parts.config.workers
        database = app.parts.database
        if database.path is not None:
            raise UsageError(
                "workers need PostgreSQL; on SQLite `monitor run` does everything in one process"
            )
        tasks = {Work.POLL: self._poll, Work.ANALYSE: app.analyse_only, Work.DELIVER: self._deliver}
        self._app = app
        self._leader = Leader(database, patience=settings.stalled_after)
        self._jobs = Jobs(
            database,
            {kind: tasks[kind] for kind in Work if kind in kinds},
            at_once=_AT_ONCE,
            stalled_after=settings.stalled_after,
        )

    @property
    def leads(self) -> bool:
        """Whether this worker keeps the timer."""
        return self._leader.holds()

    async def serve(self, stop: asyncio.Event, *, at_once: asyncio.Event | None = None) -> None:
        """Work until `stop` is set; work in hand is then given a little time to end, but none from `at_once` on."""
        led: dict[str, Job] = {
            "heartbeat": self._app.beat,
            "hand out": self._hand_out,
            "stalled": self._jobs.retry_stalled,
            "notices": self._app.tell,
            "escalate": self._app.escalate,
            "ping": self._app.ping,
            "watch": self._app.watch,
        }
        duties = {name: functools.partial(self._leading, duty) for name, duty in led.items()}
        everybody: dict[str, Job] = {"lead": self._stand, "rules": self._app.reload}
        tick = self._app.parts.config.scheduler.tick
        timer = Scheduler(everybody | duties, tick=tick, rarely=RARELY)
        async with self._jobs.open():
            timer.start()
            log.info("worker.started", database=self._app.parts.database.name)
            try:
                await self._jobs.work(stop, grace=GRACE)
            finally:
                await timer.stop(grace=GRACE, at_once=at_once)
                self._leader.release()
                log.info("worker.stopped")

    async def _stand(self) -> None:
        if not self._leader.holds() and self._leader.acquire():
            log.info("worker.leads")

    async def _leading(self, duty: Job) -> None:
        if self._leader.holds():
            await duty()

    async def _hand_out(self) -> None:
        """Jobs for all rows that wait and have none; feeds wait while too many articles do."""
        parts, now = self._app.parts, self._app.clock()
        async with parts.database.writing() as conn:
            self._leader.fence(conn)
            jobs.defer(conn, Work.ANALYSE, articles.without_job(conn, limit=_ROWS, now=now))
            lease = parts.config.delivery.lease
            waiting = deliveries.without_job(conn, now=now, limit=_ROWS, lease=lease)
            jobs.defer_deliveries(conn, waiting)
            if articles.backlog(conn) < parts.config.workers.backlog:
                jobs.defer_polls(conn, feeds.without_job(conn, now=now, limit=_ROWS))

    async def _poll(self, ids: Sequence[str]) -> object:
        await self._app.poll_only(ids)
        return await self._app.read_pages(of=ids)

    async def _deliver(self, ids: Sequence[str]) -> object:
        return await self._app.deliver(only=ids)

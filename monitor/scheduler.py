"""The beat of the service: what is called, and how often. The only file that knows APScheduler."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.errors import MonitorError

log = structlog.get_logger()

Job = Callable[[], Awaitable[object]]


def _wall() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Scheduler:
    """Calls each job at every tick; a job that is still at work is not called again beside itself."""

    def __init__(
        self, jobs: Mapping[str, Job], *, tick: dt.timedelta, clock: Callable[[], dt.datetime] = _wall
    ) -> None:
        # APScheduler warns of each tick that finds its job still at work; here that is how it should be.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._at_work: set[asyncio.Task[object]] = set()
        self._tick = tick
        self._clock = clock
        self._seen = clock()
        self._minding: asyncio.TimerHandle | None = None
        # A tick that came late (the machine slept) is made up for once, however late it is.
        self._scheduler = AsyncIOScheduler(
            timezone=dt.UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        trigger = IntervalTrigger(seconds=tick.total_seconds(), timezone=dt.UTC)
        for name, job in jobs.items():
            now = clock()
            self._scheduler.add_job(self._call, trigger, args=(name, job), id=name, next_run_time=now)

    def start(self) -> None:
        """Begin, with one call of each job at once; needs a running event loop."""
        self._scheduler.start()
        self._mind_the_clock()

    async def stop(self, *, grace: dt.timedelta) -> None:
        """Call no job any more, give those at work this long to end, and break off those that did not."""
        self._scheduler.pause()
        if self._minding:
            self._minding.cancel()
        if self._at_work:
            _, late = await asyncio.wait(self._at_work, timeout=grace.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._scheduler.shutdown(wait=False)

    def _mind_the_clock(self) -> None:
        """Call every job now when the clock was set back: APScheduler would wait until it is as late again."""
        now = self._clock()
        if now < self._seen:
            log.warning("clock.set_back", by=str(self._seen - now))
            for job in self._scheduler.get_jobs():
                job.modify(next_run_time=now)
        self._seen = now
        self._minding = asyncio.get_running_loop().call_later(
            self._tick.total_seconds(), self._mind_the_clock
        )

    async def _call(self, name: str, job: Job) -> None:
        """One call; a job that fails is logged and called again at the next tick: the service stays up."""
        task = asyncio.current_task()
        assert task is not None
        self._at_work.add(task)
        try:
            await job()
        except MonitorError as error:
            log.warning("job.failed", job=name, error=str(error))
        except Exception as error:
            log.exception("job.fault", job=name, error=str(error))
        finally:
            self._at_work.discard(task)

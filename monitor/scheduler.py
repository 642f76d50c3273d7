"""The beat of the service: what is called, and how often. The only file that knows APScheduler."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.errors import MonitorError, StorageError

log = structlog.get_logger()

Job = Callable[[], Awaitable[object]]

_LONGEST_PAUSE = dt.timedelta(seconds=30)  # of a job that keeps failing
_DOUBLINGS = 16
_RARELY = 6  # ticks
_MANY = 1_000  # calls of a loose job beside one another: more than come in the time that one may last


def _wall() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Scheduler:
    """Calls each job at every tick; one that keeps failing less and less often, down to twice a minute.

    Those named `rarely` are called at every sixth tick: what nobody waits for by the second, and looks at much.
    A job that is still at work is not called again beside itself. But `loose` ones are: each call
    takes up what no other has in hand, however long that lasts. They are broken off at once when all is to
    end. Between ticks `soon` calls a job.
    """

    def __init__(
        self,
        jobs: Mapping[str, Job],
        *,
        tick: dt.timedelta,
        loose: Collection[str] = (),
        rarely: Collection[str] = (),
        clock: Callable[[], dt.datetime] = _wall,
    ) -> None:
        # APScheduler warns of each tick that finds its job still at work; here that is how it should be.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._at_work: dict[asyncio.Task[object], str] = {}
        self._again: set[str] = set()
        self._loose = loose
        self._failing: dict[str, _Failing] = {}
        self._said: dict[str, float] = {}  # errors that were told lately; "" for the end of them
        self._given_up = asyncio.Event()
        self._why: StorageError | None = None
        self._broken_off: set[asyncio.Task[object]] = set()
        self._tick = tick
        self._clock = clock
        self._seen = clock()
        self._minding: asyncio.TimerHandle | None = None
        # A tick that came late (the machine slept) is made up for once, however late it is.
        self._scheduler = AsyncIOScheduler(
            timezone=dt.UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True},
        )
        often, seldom = (
            IntervalTrigger(seconds=each.total_seconds(), timezone=dt.UTC) for each in (tick, _RARELY * tick)
        )
        for name, job in jobs.items():
            now = clock()
            self._scheduler.add_job(
                self._call,
                seldom if name in rarely else often,
                args=(name, job),
                id=name,
                next_run_time=now,
                max_instances=_MANY if name in loose else 1,
            )

    def start(self) -> None:
        """Begin, with one call of each job at once; needs a running event loop."""
        self._scheduler.start()
        self._mind_the_clock()

    def soon(self, name: str) -> None:
        """Call the job now rather than at its next tick; where it is at work, once more when it has ended."""
        if name in self._at_work.values() and name not in self._loose:
            self._again.add(name)
        elif job := self._scheduler.get_job(name):
            job.modify(next_run_time=self._clock())

    @property
    def failing(self) -> dict[str, str]:
        """The jobs that failed at their last call, with the error."""
        return {name: str(each.error) for name, each in self._failing.items()}

    async def until(self, stop: asyncio.Event) -> None:
        """Returns when `stop` is set; raises the StorageError of a job with which nobody may go on."""
        either = [asyncio.ensure_future(each.wait()) for each in (stop, self._given_up)]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in either:
                each.cancel()
        if self._why and not stop.is_set():
            raise self._why

    async def stop(self, *, grace: dt.timedelta, at_once: asyncio.Event | None = None) -> None:
        """Call no job any more, give those at work this long to end, or until `at_once`, and break off the rest."""
        self._scheduler.pause()
        if self._minding:
            self._minding.cancel()
        await self._break_off([task for task, name in self._at_work.items() if name in self._loose])
        if self._at_work:
            await _within(grace, asyncio.wait(self._at_work), at_once or asyncio.Event())
            await self._break_off(list(self._at_work))
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

    async def _break_off(self, tasks: Collection[asyncio.Task[object]]) -> None:
        self._broken_off.update(tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _call(self, name: str, job: Job) -> None:
        """One call; a job that fails is logged and called again later: the service stays up."""
        before = self._failing.get(name)
        if before and asyncio.get_running_loop().time() < before.alone_until:
            return
        task = asyncio.current_task()
        assert task is not None
        self._at_work[task] = name
        try:
            await job()
            while name in self._again:
                self._again.remove(name)
                await job()
        except asyncio.CancelledError:
            if task not in self._broken_off:
                raise
            log.info("job.broken_off", job=name)
        except MonitorError as error:
            level = logging.WARNING if self._is_news(str(error)) else logging.INFO
            log.log(level, "job.failed", job=name, error=str(error))
            self._failed(name, error)
        except Exception as error:
            log.exception("job.fault", job=name, error=str(error))
            self._failed(name, error)
        else:
            if failed := self._failing.pop(name, None):
                level = logging.WARNING if self._is_news("") else logging.INFO
                log.log(level, "job.works_again", job=name, failures=failed.times)
        finally:
            self._at_work.pop(task)

    def _is_news(self, said: str) -> bool:
        """Whether nobody said so within the last half minute: what all jobs say at once is told once."""
        now = asyncio.get_running_loop().time()
        long_ago = now - _LONGEST_PAUSE.total_seconds()
        self._said = {each: when for each, when in self._said.items() if when > long_ago}
        return self._said.setdefault(said, now) == now

    def _failed(self, name: str, error: Exception) -> None:
        """Leave the job alone until the next tick, and longer after each further failure: no outage is a storm."""
        times = self._failing[name].times + 1 if name in self._failing else 1
        pause = min(self._tick * (2 ** min(times - 1, _DOUBLINGS) - 1), _LONGEST_PAUSE)
        until = asyncio.get_running_loop().time() + pause.total_seconds()
        self._failing[name] = _Failing(times=times, alone_until=until, error=error)
        if isinstance(error, StorageError) and error.for_good:
            self._why = error
            self._given_up.set()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Failing:
    """A job that failed at its last call."""

    times: int  # in a row
    alone_until: float  # on the loop's clock
    error: Exception


async def _within(time: dt.timedelta, work: Coroutine[Any, Any, object], enough: asyncio.Event) -> None:
    """Until the work is done, the time is over, or it is enough."""
    either = [asyncio.ensure_future(work), asyncio.ensure_future(enough.wait())]
    await asyncio.wait(either, timeout=time.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
    for each in either:
        each.cancel()

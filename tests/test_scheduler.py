from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from monitor.errors import StorageError
from monitor.scheduler import Scheduler

TICK = dt.timedelta(milliseconds=5)
SOON = dt.timedelta(seconds=30)


class Job:
    """Counts its calls, and how many of them were ever at work at once; fails or waits as it is told."""

    def __init__(self, *errors: Exception, until: int = 3) -> None:
        self.errors = list(errors)
        self.until = until
        self.calls = self.at_once = self.at_work = 0
        self.enough = asyncio.Event()

    async def __call__(self) -> None:
        self.calls += 1
        self.at_work += 1
        self.at_once = max(self.at_once, self.at_work)
        try:
            if self.calls >= self.until:
                self.enough.set()
            await asyncio.sleep(3 * TICK.total_seconds())
            if self.errors:
                raise self.errors.pop(0)
        finally:
            self.at_work -= 1


async def run(*jobs: Job) -> None:
    """Until every job was called often enough."""
    scheduler = Scheduler({str(at): job for at, job in enumerate(jobs)}, tick=TICK)
    scheduler.start()
    async with asyncio.timeout(30):
        for job in jobs:
            await job.enough.wait()
    await scheduler.stop(grace=SOON)


@pytest.mark.fault("TM02")
async def test_a_job_that_is_still_at_work_is_not_called_beside_itself() -> None:
    job = Job()
    await run(job)
    assert job.at_once == 1


async def test_a_job_that_fails_is_called_again_and_stops_no_other() -> None:
    failing, other = Job(StorageError("busy"), RuntimeError("unforeseen")), Job()
    await run(failing, other)
    assert failing.calls >= 3


async def test_a_job_that_is_wanted_rarely_is_called_at_once_and_then_seldom() -> None:
    often, rarely = Job(until=20), Job(until=2)
    scheduler = Scheduler({"often": often, "rarely": rarely}, tick=3 * TICK, rarely=["rarely"])
    scheduler.start()
    async with asyncio.timeout(30):
        await rarely.enough.wait()
        await often.enough.wait()
    await scheduler.stop(grace=SOON)
    assert rarely.calls < often.calls / 2


async def test_a_job_that_keeps_failing_is_called_less_and_less_often() -> None:
    failing, other = Job(*[StorageError("full")] * 1_000, until=5), Job(until=30)
    await run(failing, other)
    assert failing.calls < other.calls / 2


async def test_an_error_with_which_nobody_may_go_on_ends_the_wait() -> None:
    scheduler = Scheduler({"job": Job(StorageError("is damaged", for_good=True))}, tick=TICK)
    scheduler.start()
    async with asyncio.timeout(30):
        with pytest.raises(StorageError, match="is damaged"):
            await scheduler.until(asyncio.Event())
        await scheduler.stop(grace=SOON)


async def test_what_fails_is_known_until_it_works_again() -> None:
    job = Job(StorageError("is full"), until=1)
    scheduler = Scheduler({"job": job}, tick=TICK)
    scheduler.start()
    async with asyncio.timeout(30):
        while not scheduler.failing:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(TICK.total_seconds())
        assert scheduler.failing == {"job": "is full"}
        while scheduler.failing:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(TICK.total_seconds())
    await scheduler.stop(grace=SOON)


async def test_work_in_hand_is_given_time_to_end_and_nothing_is_begun_after() -> None:
    job = Job(until=1)
    await run(job)
    assert job.at_work == 0
    calls = job.calls
    await asyncio.sleep(5 * TICK.total_seconds())
    assert job.calls == calls


async def test_work_that_does_not_end_is_broken_off() -> None:
    begun, broken_off = asyncio.Event(), asyncio.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            broken_off.set()

    scheduler = Scheduler({"endless": endless}, tick=TICK)
    scheduler.start()
    async with asyncio.timeout(30):
        await begun.wait()
        await scheduler.stop(grace=TICK)
    assert broken_off.is_set()


class Hanging:
    """Never ends by itself; tells when so many are at work at once, and how many were broken off."""

    def __init__(self, *, until: int) -> None:
        self.until = until
        self.at_work = self.broken_off = 0
        self.enough = asyncio.Event()

    async def __call__(self) -> None:
        self.at_work += 1
        if self.at_work >= self.until:
            self.enough.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.broken_off += 1


async def test_a_loose_job_is_called_beside_itself_and_broken_off_at_once_at_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    hanging, job = Hanging(until=3), Job()
    scheduler = Scheduler({"hanging": hanging, "job": job}, tick=TICK, loose={"hanging"})
    scheduler.start()
    async with asyncio.timeout(30):
        await hanging.enough.wait()
        await job.enough.wait()
        await scheduler.stop(grace=SOON)
    assert hanging.broken_off == hanging.at_work >= 3
    assert job.at_once == 1
    assert not caplog.records  # that it was broken off is no fault


async def test_whoever_has_waited_enough_ends_the_grace() -> None:
    hanging, enough = Hanging(until=1), asyncio.Event()
    scheduler = Scheduler({"hanging": hanging}, tick=TICK)
    scheduler.start()
    async with asyncio.timeout(30):
        await hanging.enough.wait()
        enough.set()
        await scheduler.stop(grace=SOON * 10, at_once=enough)
    assert hanging.broken_off == 1


@pytest.mark.fault("TM01")
async def test_a_clock_that_is_set_back_stops_no_job() -> None:
    job, ahead = Job(until=1), [dt.timedelta(days=1)]
    scheduler = Scheduler({"job": job}, tick=TICK, clock=lambda: dt.datetime.now(dt.UTC) + ahead[0])
    scheduler.start()
    await asyncio.sleep(5 * TICK.total_seconds())
    assert job.calls == 0  # due tomorrow, as the clock went then
    ahead[0] = dt.timedelta()
    async with asyncio.timeout(30):
        await job.enough.wait()
    await scheduler.stop(grace=SOON)


@pytest.mark.fault("TM02")
async def test_ticks_that_were_slept_through_are_made_up_for_once() -> None:
    job = Job(until=1)
    asleep = dt.timedelta(hours=8)
    scheduler = Scheduler(
        {"job": job}, tick=dt.timedelta(hours=1), clock=lambda: dt.datetime.now(dt.UTC) - asleep
    )
    scheduler.start()  # with a first tick that is eight hours late
    async with asyncio.timeout(30):
        await job.enough.wait()
    await asyncio.sleep(5 * TICK.total_seconds())
    await scheduler.stop(grace=SOON)
    assert job.calls == 1


async def test_a_job_can_be_called_between_ticks_and_one_at_work_once_more_when_it_has_ended() -> None:
    calls = 0
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def job() -> None:
        nonlocal calls
        calls += 1
        begun.set()
        await may_end.wait()
        if calls > 1:
            ended.set()

    scheduler = Scheduler({"read": job}, tick=dt.timedelta(hours=1))
    scheduler.start()
    async with asyncio.timeout(30):
        await begun.wait()
        scheduler.soon("read")
        scheduler.soon("read")  # twice while it is at work is once more
        scheduler.soon("nobody")
        may_end.set()
        await ended.wait()
        assert calls == 2
        ended.clear()
        await asyncio.sleep(0.1)  # APScheduler learns that the call has ended
        scheduler.soon("read")
        await ended.wait()
    await scheduler.stop(grace=SOON)
    assert calls == 3

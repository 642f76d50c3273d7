"""The queue as a worker serves it: jobs are fetched, done, and taken back from workers that died.

The only file that knows Procrastinate, but for its schema (storage/queue_schema.py) and the SQL by which jobs are
put into the queue together with their rows (storage/jobs.py).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import procrastinate
import structlog
from procrastinate.exceptions import ConnectorException, ProcrastinateException

from monitor.errors import MonitorError
from monitor.storage import Database
from monitor.storage.explain import explain
from monitor.storage.jobs import Work

log = structlog.get_logger()

Task = Callable[[Sequence[str]], Awaitable[object]]

_PAUSE = 1.0  # seconds, before a worker that fell out with the database begins anew
_LOOK = 2.0  # seconds between two looks at the queue, where no notice of a new job came


class Jobs:
    """Does the jobs of a queue, each kind by its task, with so many of that kind at once.

    A worker that has shown no sign of life for `stalled_after` counts as dead.
    """

    def __init__(
        self,
        database: Database,
        tasks: Mapping[Work, Task],
        *,
        at_once: Mapping[Work, int],
        stalled_after: dt.timedelta,
    ) -> None:
        # It would print tracebacks; what goes wrong in a task is logged in here.
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
        self._kinds = tuple(tasks)
        self._at_once = at_once
        self._stalled_after = stalled_after.total_seconds()
        self._database = database.name
        connector = procrastinate.PsycopgConnector(
            conninfo=database.conninfo, min_size=1, max_size=len(tasks) + 2
        )
        self._app = procrastinate.App(connector=connector)
        for kind, task in tasks.items():
            self._app.task(name=str(kind), queue=str(kind))(_logged(kind, task))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Connected to the database."""
        async with self._app.open_async():
            yield

    async def work(self, stop: asyncio.Event, *, grace: dt.timedelta) -> None:
        """Do jobs until `stop` is set; those in hand are then given a little time to end."""
        asyncio.get_running_loop().set_exception_handler(_note)
        kinds = [asyncio.create_task(self._work_on(kind, stop, grace)) for kind in self._kinds]
        await stop.wait()
        for each in kinds:
            each.cancel()
        await asyncio.gather(*kinds, return_exceptions=True)

    async def retry_stalled(self) -> int:
        """Put the jobs of dead workers back into the queue; how many. StorageError where the database is away."""
        manager = self._app.job_manager
        count = 0
        try:
            for job in await manager.get_stalled_jobs(seconds_since_heartbeat=self._stalled_after):
                try:
                    await manager.retry_job(job)
                except ConnectorException:  # it has been done after all
                    continue
                count += 1
                log.warning("job.taken_back", job=job.id, kind=job.task_name, worker=job.worker_id)
            await manager.prune_stalled_workers(self._stalled_after)
        except ConnectorException as error:
            raise explain(_cause(error), self._database) from error
        return count

    async def _work_on(self, kind: Work, stop: asyncio.Event, grace: dt.timedelta) -> None:
        """Jobs of one kind; begins anew where the database was away, or took this worker for dead."""
        while not stop.is_set():
            try:
                await self._app.run_worker_async(
                    queues=[str(kind)],
                    name=str(kind),
                    concurrency=self._at_once.get(kind, 1),
                    delete_jobs="always",  # what is left undone is seen by the rows
                    fetch_job_polling_interval=_LOOK,
                    update_heartbeat_interval=self._stalled_after / 5,
                    stalled_worker_timeout=self._stalled_after,
                    shutdown_graceful_timeout=grace.total_seconds(),
                    install_signal_handlers=False,
                )
            except ProcrastinateException as error:
                log.warning("worker.anew", kind=kind, error=str(_cause(error)))
            await asyncio.sleep(_PAUSE)


def _logged(kind: Work, task: Task) -> Callable[[list[str]], Awaitable[None]]:
    """The task, whose failure is logged: its rows still wait, and get another job."""

    async def do(ids: list[str]) -> None:
        try:
            await task(ids)
        except MonitorError as error:
            log.warning("job.failed", job=kind, error=str(error))
        except Exception as error:
            log.exception("job.fault", job=kind, error=str(error))

    return do


def _note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A job that another worker has taken back and finished cannot be finished once more; nothing is lost."""
    error = context.get("exception")
    log.warning("worker.noted", what=context.get("message"), error=str(_cause(error)) if error else "")


def _cause(error: BaseException) -> BaseException:
    """What the database said, where Procrastinate says no more than "Database error"."""
    return error.__cause__ or error

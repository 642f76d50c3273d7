"""Shards spread over the machines of a Ray cluster, or over this one as Ray does it; the same judge as in one process.

Every machine needs this product installed, and the archive and the folder of results under the same paths.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Read when Ray is imported: it would tell its makers how it is used, and us of what it does.
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")

import ray
import ray.data
import ray.exceptions

from monitor.backtest.shards import Result, ShardJudge, Task
from monitor.errors import MonitorError, UsageError

HERE = "local"  # instead of an address: a cluster of this machine alone, for as long as the command runs


def judged_by_ray(
    task: Task, shards: Sequence[Path], *, address: str, processes: int | None = None
) -> Iterator[Result]:
    """The result of each shard, in order; `processes` of the whole cluster, None: one less than it has cores."""
    with _cluster(address):
        cores = int(ray.cluster_resources().get("CPU", 1))  # type: ignore[no-untyped-call]  # Ray's own
        told = ray.data.from_items([{"shard": str(each)} for each in shards], override_num_blocks=len(shards))
        # One core is Ray's own: with every core taken it waits for itself.
        actors = ray.data.ActorPoolStrategy(size=min(processes or max(1, cores - 1), len(shards)))
        results = told.map(_Actor, fn_constructor_args=(task,), compute=actors, num_cpus=1)  # type: ignore[arg-type]  # a class is one
        try:
            for row in results.iter_rows():
                yield Result(path=Path(row["result"]))
        except ray.exceptions.RayError as error:
            raise _said(error) from error


class _Actor:
    """A judge in a process of Ray's."""

    def __init__(self, task: Task) -> None:
        self._judge = ShardJudge(task)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        return {"result": str(self._judge(Path(row["shard"])).path)}


@contextmanager
def _cluster(address: str) -> Iterator[None]:
    try:
        ray.init(
            None if address == HERE else address,
            include_dashboard=False if address == HERE else None,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise UsageError(f"no Ray cluster answers at {address}: {error}") from error
    context = ray.data.DataContext.get_current()
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    context.enable_progress_bars = False  # there is one of ours
    context.execution_options.preserve_order = True
    try:
        yield
    finally:
        ray.shutdown()


def _said(error: Exception) -> MonitorError:
    """Our own error, raised on another machine; else Ray's last line."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MonitorError):
            return cause
        cause = getattr(cause, "cause", None) or cause.__cause__
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return MonitorError(f"Ray gave up: {lines[-1]}; what was judged is kept for the next run")

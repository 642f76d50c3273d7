"""Archives of many files, for the commands that judge them: progress, and where the results lie."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from monitor.archive import shards
from monitor.config import Config
from monitor.errors import UsageError
from monitor.history import utc_now

if TYPE_CHECKING:
    from monitor.backtest import Side
    from monitor.backtest.shards import Result

Processes = Annotated[int | None, typer.Option(min=1, help="Else one for each core.")]
Ray = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        help="For a folder: spread its files by a Ray cluster, auto for the one that runs here; local to try.",
    ),
]


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """On the terminal, where stderr is one."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress


def judge_folder(
    folder: Path,
    sides: Sequence[Side],
    config: Config,
    *,
    since: dt.datetime | None = None,
    processes: int | None = None,
    ray: str = "",
) -> list[Result]:
    """The result of each file of the archive, in order; those that are there already are not made again."""
    found = shards(folder)
    try:
        from monitor.backtest.pool import spread  # noqa: PLC0415 - beside the next
        from monitor.backtest.shards import ShardJudge, Task  # noqa: PLC0415 - an extra, which may not be there

        if ray:
            from monitor.backtest.cluster import judged_by_ray  # noqa: PLC0415 - same
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"pyarrow", "ray"}:
            raise
        said = f"a folder as archive needs an extra that is not installed: pip install 'bongsu[bulk]' ({error.name})"
        raise UsageError(said) from error
    data = (config.folder / "data").resolve()
    task = Task(
        sides=sides,
        model=config.analysis.model,
        results=data / "judged",
        # Two machines cannot write to one file of SQLite.
        memory=None if ray else data / "readings.db",
        now=utc_now(),
        since=since
        and since.replace(hour=0, minute=0, second=0, microsecond=0),  # so that the next run finds these
    )
    paths = [each.resolve() for each in found]
    results = (
        judged_by_ray(task, paths, address=ray, processes=processes)
        if ray
        else spread(partial(ShardJudge, task), paths, processes=processes)
    )
    done = []
    with progress_bar() as progress:
        bar = progress.add_task("files", total=len(paths))
        for each in results:
            done.append(each)
            progress.advance(bar)
    return done

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path

from monitor.demo.clock import STEP, ReplayClock
from monitor.demo.sample import START


async def run_until_it_moves(clock: ReplayClock) -> None:
    """However slow this machine is just now."""
    before, running = clock(), asyncio.create_task(clock.run())
    while clock() == before:  # noqa: ASYNC110 - it sends no event
        await asyncio.sleep(STEP)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def test_the_clock_stands_at_the_start_until_it_runs(tmp_path: Path) -> None:
    clock = ReplayClock(tmp_path / "position.json", start=START, speed=10_000)
    await asyncio.sleep(2 * STEP)
    assert clock() == START
    await run_until_it_moves(clock)
    assert clock() > START


async def test_a_new_clock_goes_on_where_the_last_one_was(tmp_path: Path) -> None:
    first = ReplayClock(tmp_path / "position.json", start=START, speed=10_000)
    await run_until_it_moves(first)
    assert ReplayClock(tmp_path / "position.json", start=START, speed=1)() == first()


async def test_the_position_is_on_disk_before_anybody_sees_it(tmp_path: Path) -> None:
    path = tmp_path / "position.json"
    clock = ReplayClock(path, start=START, speed=10_000)
    clock.move()
    assert json.loads(path.read_text())["position"] == clock().isoformat()


async def test_a_stalled_machine_does_not_make_the_clock_jump(tmp_path: Path) -> None:
    clock = ReplayClock(tmp_path / "position.json", start=START, speed=1)
    await asyncio.sleep(4 * STEP)
    clock.move()
    assert (clock() - START).total_seconds() <= 2 * STEP

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from monitor.http.lanes import ASIDE, Lane

LONG = 3600.0  # seconds in which nobody steps aside while a test runs


class Visitors:
    """Enter a lane, wait there until they are let go, and enter again where they are told to."""

    def __init__(self, lane: Lane, *, back: bool = False) -> None:
        self.lane = lane
        self.back = back
        self.inside: list[int] = []  # who came in, in order
        self.let_go = asyncio.Event()
        self.changed = asyncio.Event()

    async def visit(self, number: int) -> None:
        async with self.lane.place() as place:
            self.inside.append(number)
            self.changed.set()
            with place.waiting():
                await self.let_go.wait()
            if self.back:
                await place.enter()

    async def come(self, numbers: Iterable[int], *, until: int) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self.visit(number)) for number in numbers]
        async with asyncio.timeout(30):
            while len(self.inside) < until:
                self.changed.clear()
                await self.changed.wait()
        return tasks


async def test_whoever_waits_long_lets_the_next_one_in() -> None:
    visitors = Visitors(Lane(1, slow=0.001))
    tasks = await visitors.come(range(1 + ASIDE), until=1 + ASIDE)
    visitors.let_go.set()
    await asyncio.gather(*tasks)


async def test_there_is_room_aside_for_some_and_no_more() -> None:
    visitors = Visitors(Lane(1, slow=0.001))
    tasks = await visitors.come(range(9), until=1 + ASIDE)
    for _ in range(20):
        await asyncio.sleep(0.001)
    assert len(visitors.inside) == 1 + ASIDE
    visitors.let_go.set()
    await asyncio.gather(*tasks)
    assert visitors.inside == list(range(9))


async def test_those_who_wait_in_the_lane_keep_it() -> None:
    visitors = Visitors(Lane(2, slow=LONG))
    tasks = await visitors.come(range(3), until=2)
    assert visitors.inside == [0, 1]
    visitors.let_go.set()
    await asyncio.gather(*tasks)


@pytest.mark.parametrize("back", [False, True])
async def test_every_place_is_free_again_however_one_left(*, back: bool) -> None:
    lane = Lane(2, slow=0.001)
    for _ in range(3):
        visitors = Visitors(lane, back=back)
        tasks = await visitors.come(range(4), until=4)
        tasks[0].cancel()
        visitors.let_go.set()
        await asyncio.gather(*tasks, return_exceptions=True)
    whole = Visitors(lane)
    tasks = await whole.come(range(2 + 2 * ASIDE), until=2 + 2 * ASIDE)
    whole.let_go.set()
    await asyncio.gather(*tasks)

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from builders import feed

from monitor.feeds.turns import Turns
from monitor.http import Response

SOON = 0.001  # seconds after which a server counts as slow
LONG = 3600.0


class Web:
    """Hosts that answer at once, but for those that hang; keeps count of the answers that are in hand."""

    def __init__(self, *hanging: str) -> None:
        self.hanging = hanging
        self.asked: list[str] = []
        self.back = asyncio.Event()
        self._came = asyncio.Event()

    async def asked_for(self, times: int) -> None:
        """Returns when it was asked so often."""
        while len(self.asked) < times:
            self._came.clear()
            await self._came.wait()

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Response:
        del headers
        self.asked.append(url)
        self._came.set()
        if any(name in url for name in self.hanging):
            await self.back.wait()
        return Response(status=200, url=url, headers={}, body=b"")


class Polls:
    """Polls by turns, of which each lasts a moment after its answer is there."""

    def __init__(self, turns: Turns, web: Web) -> None:
        self.turns = turns
        self.web = web
        self.done: list[str] = []
        self.in_hand = self.most = 0

    async def poll(self, name: str, host: str) -> None:
        polled = feed(id=name, url=f"https://{host}/{name}")
        async with self.turns.of(polled, self.web) as turn:
            await turn.get(polled.url)
            self.in_hand += 1
            self.most = max(self.most, self.in_hand)
            await asyncio.sleep(SOON)
            self.in_hand -= 1
        self.done.append(name)


@pytest.mark.fault("HT06")
async def test_one_server_that_hangs_keeps_no_other_feed_waiting() -> None:
    web = Web("hang")
    polls = Polls(Turns(size=1, per_host=1, slow=SOON), web)
    hung = asyncio.create_task(polls.poll("hung", "hang.example"))
    await asyncio.gather(*(polls.poll(f"f{at}", f"{at}.example") for at in range(20)))
    assert len(polls.done) == 20
    web.back.set()
    await hung
    assert polls.done[-1] == "hung"


async def test_one_feed_that_hangs_keeps_no_other_of_its_host_waiting() -> None:
    web = Web("hung")
    polls = Polls(Turns(size=2, per_host=1, slow=SOON), web)
    hung = asyncio.create_task(polls.poll("hung", "one.example"))
    await asyncio.gather(*(polls.poll(f"f{at}", "one.example") for at in range(20)))
    assert len(polls.done) == 20
    web.back.set()
    await hung


async def test_a_host_where_everything_hangs_takes_up_no_turn_of_others() -> None:
    web = Web("hang")
    polls = Polls(Turns(size=4, per_host=2, slow=LONG), web)
    hung = [asyncio.create_task(polls.poll(f"h{at}", "hang.example")) for at in range(50)]
    await asyncio.gather(*(polls.poll(f"f{at}", f"{at}.example") for at in range(20)))
    assert len(polls.done) == 20
    assert sum("hang" in url for url in web.asked) == 2
    web.back.set()
    await asyncio.gather(*hung)


async def test_answers_that_come_all_at_once_are_taken_up_by_turns() -> None:
    web = Web("example")
    polls = Polls(Turns(size=2, per_host=1, slow=SOON), web)
    hung = [asyncio.create_task(polls.poll(f"h{at}", f"{at}.example")) for at in range(8)]
    async with asyncio.timeout(30):
        await web.asked_for(8)
    web.back.set()
    await asyncio.gather(*hung)
    assert (len(polls.done), polls.most) == (8, 2)


async def test_a_feed_is_under_way_until_its_turn_has_ended() -> None:
    turns, web = Turns(slow=LONG), Web("hang")
    polls = Polls(turns, web)
    with turns.under_way.taken(["a", "b"]) as new:
        assert new == {"a", "b"}
        await polls.poll("a", "a.example")
        assert turns.under_way.ids == {"b"}
        with turns.under_way.taken(["a", "b"]) as later:
            assert later == {"a"}
    assert not turns.under_way.ids


async def test_a_round_that_ends_leaves_what_a_later_one_has_in_hand() -> None:
    turns = Turns()
    with turns.under_way.taken(["a"]) as first:
        await Polls(turns, Web()).poll("a", "a.example")
        later = turns.under_way.taken(["a"])
        assert later.__enter__() == first
    assert turns.under_way.ids == {"a"}
    later.__exit__(None, None, None)
    assert not turns.under_way.ids


@pytest.mark.parametrize("hanging", ["", "hang"])
async def test_a_poll_that_is_broken_off_gives_its_turn_back(hanging: str) -> None:
    turns = Turns(size=1, per_host=1, slow=SOON if hanging else LONG)
    web = Web("hang")
    polls = Polls(turns, web)
    for at in range(6):
        broken = asyncio.create_task(polls.poll(f"h{at}", "hang.example"))
        async with asyncio.timeout(30):
            await web.asked_for(at + 1)
        broken.cancel()
        await asyncio.gather(broken, return_exceptions=True)
    await polls.poll("f", "hung-no-more.example")
    assert polls.done == ["f"]


async def test_a_turn_that_was_ended_is_the_next_ones_while_its_feed_is_still_under_way() -> None:
    turns = Turns(size=1, per_host=1, slow=LONG)
    polls = Polls(turns, Web())
    with turns.under_way.taken(["a", "b"]):
        async with turns.of(feed(id="a", url="https://one.example/a"), polls.web) as turn:
            turn.end()
            await polls.poll("b", "one.example")
            assert turns.under_way.ids == {"a"}
    assert polls.done == ["b"]

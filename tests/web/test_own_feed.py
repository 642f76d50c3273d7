"""A subscription's own feed, over real HTTP."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from builders import NOW, alert, subscription
from pages import ADDRESS, World, open_world

from monitor.links import Purpose
from monitor.model import Level, Standing, Subscription
from monitor.storage import subscriptions

ATOM = "{http://www.w3.org/2005/Atom}"
ENTRY = f"{ATOM}entry"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        yield opened


def link(world: World, subscription: Subscription, purpose: Purpose = Purpose.FEED) -> str:
    return world.app.links.to(purpose, subscription).removeprefix(ADDRESS)


def save(world: World, at: int, **changed: object) -> str:
    opened = NOW + dt.timedelta(minutes=at)
    values = {
        "id": f"{at:016x}",
        "keys": frozenset({f"k{at}"}),
        "opened": opened,
        "updated": opened,
        **changed,
    }
    return world.save(alert(**values))


async def items(world: World, subscription: Subscription) -> list[str]:
    answer = await world.client.get(f"{link(world, subscription)}.json")
    assert answer.headers["content-type"] == "application/feed+json"
    return [each["id"].removeprefix("urn:bongsu:alert:") for each in answer.json()["items"]]


async def test_the_feed_holds_what_the_subscription_asks_for_newest_first(world: World) -> None:
    asked = world.subscribe(min_level=Level.HIGH, actors=frozenset({"north-korea"}))
    wanted = [save(world, 1), save(world, 4)]
    save(world, 2, level=Level.LOW)
    save(world, 3, actors=("china",))
    save(world, 5, trial=True)
    save(world, 6, shadow=True)
    save(world, 7, standing=Standing.OLD)
    assert await items(world, asked) == wanted[::-1]


@pytest.mark.parametrize("whose", [{"from_config": True}, {"from_config": False}])
async def test_what_config_and_commands_own_has_a_feed_and_no_other_link(
    world: World, whose: dict[str, bool]
) -> None:
    owned = subscription(id="owned", min_level=Level.HIGH, **whose)
    with world.app.parts.database.write() as conn:
        (subscriptions.sync(conn, [owned]) if owned.from_config else subscriptions.add(conn, owned))
    assert await items(world, owned) == []
    wanted = save(world, 1)
    save(world, 2, level=Level.LOW)
    assert await items(world, owned) == [wanted]
    assert [link(world, owned, each) for each in (Purpose.MANAGE, Purpose.LEAVE, Purpose.CONFIRM)] == [""] * 3


async def test_the_feed_holds_the_newest_fifty(world: World) -> None:
    saved = [save(world, at) for at in range(60)]
    assert await items(world, world.subscribe()) == saved[:-51:-1]


async def test_atom_is_written_too(world: World) -> None:
    asked = world.subscribe()
    save(world, 1)
    answer = await world.client.get(f"{link(world, asked)}.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert len(ET.fromstring(answer.text).findall(ENTRY)) == 1


@pytest.mark.parametrize("form", ["atom", "json"])
@pytest.mark.parametrize("count", [0, 2])
async def test_a_reader_that_has_it_already_is_told_so(world: World, form: str, count: int) -> None:
    path = f"{link(world, world.subscribe())}.{form}"
    for at in range(count):
        save(world, at)
    etag = (await world.client.get(path)).headers["etag"]
    world.clock.move(hours=5)
    assert (await world.client.get(path, headers={"if-none-match": etag})).status_code == 304
    save(world, 9)
    assert (await world.client.get(path, headers={"if-none-match": etag})).status_code == 200


async def test_a_paused_subscription_can_still_be_read(world: World) -> None:
    saved = save(world, 1)
    assert await items(world, world.subscribe(paused=True)) == [saved]


async def test_no_other_link_opens_the_feed_and_it_opens_no_other_page(world: World) -> None:
    asked = world.subscribe()
    token = link(world, asked).rpartition("/")[2]
    for purpose in (Purpose.MANAGE, Purpose.LEAVE, Purpose.CONFIRM):
        other = link(world, asked, purpose).rpartition("/")[2]
        assert (await world.client.get(f"/feed/{other}.json")).status_code == 404
        assert (await world.client.get(f"/{purpose}/{token}")).status_code == 404
    for wrong in (f"/feed/{token}.csv", f"/feed/{token}x.json", "/feed/x.json"):
        assert (await world.client.get(wrong)).status_code == 404


async def test_nobody_reads_before_the_address_said_yes(world: World) -> None:
    asked = world.subscribe(confirmed=False)
    assert (await world.client.get(f"{link(world, asked)}.json")).status_code == 404


async def test_the_page_of_the_subscription_shows_the_feeds(world: World) -> None:
    asked = world.subscribe()
    shown = (await world.client.get(link(world, asked, Purpose.MANAGE))).text
    found = re.findall(r'href="(/feed/[^"]+)"', shown)
    assert [path.rpartition(".")[2] for path in found] == ["atom", "json"]
    assert [(await world.client.get(path)).status_code for path in found] == [200, 200]


async def about(world: World, path: str) -> tuple[str, str, str]:
    """The id of an Atom feed, and where it and its JSON Feed say that they are to be had."""
    atom = ET.fromstring((await world.client.get(f"{path}.atom")).text)
    itself = next(each.attrib["href"] for each in atom.iter(f"{ATOM}link") if each.attrib["rel"] == "self")
    told = (await world.client.get(f"{path}.json")).json()
    return str(atom.findtext(f"{ATOM}id")), itself, told["feed_url"]


async def test_each_feed_has_an_id_of_its_own_which_stays(world: World) -> None:
    first, second = world.subscribe(), world.subscribe(id="by-mail-2", target="two@example.org")
    told, *_ = await about(world, link(world, first))
    other, *_ = await about(world, link(world, second))
    save(world, 1)
    world.clock.move(hours=1)
    renewed = replace(first, feed_renewed=1)
    with world.app.parts.database.write() as conn:
        subscriptions.change(conn, renewed)
    path = link(world, renewed)
    assert await about(world, path) == (told, f"{ADDRESS}{path}.atom", f"{ADDRESS}{path}.json")
    assert told != other
    assert told.startswith("urn:uuid:")


async def test_a_new_address_of_the_feed_revokes_the_old_and_no_other(world: World) -> None:
    asked, other = world.subscribe(), world.subscribe(id="by-mail-2", target="two@example.org")
    saved = save(world, 1)
    old, page = link(world, asked), link(world, asked, Purpose.MANAGE)
    answer = await world.form(page, f"{page}/feed")
    assert answer.status_code == 303
    shown = (await world.client.get(answer.headers["location"])).text
    (new,) = re.findall(r'href="(/feed/[^"]+).json"', shown)
    gone = await world.client.get(f"{old}.json")
    assert (gone.status_code, "was renewed" in gone.text) == (404, True)
    for path in (new, link(world, other)):
        found = (await world.client.get(f"{path}.json")).json()["items"]
        assert [each["id"] for each in found] == [f"urn:bongsu:alert:{saved}"]


async def test_nobody_else_gives_the_feed_another_address(world: World) -> None:
    asked = world.subscribe()
    page = link(world, asked, Purpose.MANAGE)
    assert (await world.client.post(f"{page}/feed")).status_code == 403  # not by a form of ours
    assert await items(world, asked) == []


async def test_the_feed_of_a_search_is_known_by_its_address(world: World) -> None:
    save(world, 1)
    reader = world.token("read")
    ids = []
    for asked in ("", "?level=high"):
        answer = await world.client.get(f"/alerts/as/atom{asked}", headers=reader)
        ids.append(ET.fromstring(answer.text).findtext(f"{ATOM}id"))
    assert ids == [f"{ADDRESS}/alerts/as/atom", f"{ADDRESS}/alerts/as/atom?level=high"]

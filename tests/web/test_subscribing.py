"""Subscribing by mail, over real HTTP; the mail is what the channel was given."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from builders import NOW, alert, delivery
from fakes import FakeChannel, FakeClock, FakeReader
from starlette.routing import Route

from monitor.app import App
from monitor.config import Config
from monitor.errors import DeliveryError
from monitor.links import Purpose
from monitor.matching.load import load_pack
from monitor.model import DeliveryState, Every, Level, Subscription
from monitor.storage import alerts, deliveries, subscriptions
from monitor.storage.tables import metadata
from monitor.web import create, serving
from monitor.web.routes import ROUTES
from monitor.web.site import Site

RULES = Path(__file__).parents[1] / "data" / "rules"
WHO = "ryu@example.org"
ADDRESS = "https://alerts.example.org"


@dataclass(frozen=True, kw_only=True)
class World:
    app: App
    client: httpx.AsyncClient
    channel: FakeChannel
    clock: FakeClock

    async def form(self, path: str, action: str | None = None, **fields: object) -> httpx.Response:
        """Open a page, fill in its form and send it, as a browser does."""
        shown = (await self.client.get(path)).text
        found = re.search(r'name="token" value="([^"]+)"', shown)
        assert found, shown
        return await self.client.post(action or path, data={"token": found[1], **fields})

    async def ask(self, **fields: object) -> httpx.Response:
        values = {"target": WHO, "min_level": "high", "zone": "UTC", **fields}
        return await self.form("/subscribe", None, **values)

    def mailed(self, at: int = -1) -> str:
        """Where the link of a mail leads, on this machine."""
        return self.channel.notices[at].link.removeprefix(ADDRESS)

    def all(self) -> list[Subscription]:
        with self.app.parts.database.read() as conn:
            return [each for each in subscriptions.all(conn) if not each.from_config]

    async def confirmed(self, **fields: object) -> str:
        """Subscribe and confirm; gives the address of the page to manage it."""
        await self.ask(**fields)
        answer = await self.form(self.mailed())
        assert answer.status_code == 303
        return answer.headers["location"]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    values = {
        "channels": {"mail": {"kind": "email", "host": "localhost", "sender": "b@example.org"}},
        "web": {"subscribe": "mail", "address": ADDRESS},
    }
    config = Config.model_validate(values, context={"folder": tmp_path})
    channel, clock = FakeChannel(), FakeClock(NOW)
    async with App.open(
        config,
        clock=clock,
        pack=load_pack([RULES]),
        reader=lambda: FakeReader({}),
        channels={"mail": channel},
    ) as app:
        made = create(Site(app=app), hosts=["127.0.0.1"])
        async with (
            serving(made, host="127.0.0.1", port=0) as address,
            httpx.AsyncClient(base_url=str(address)) as client,
        ):
            yield World(app=app, client=client, channel=channel, clock=clock)


@pytest.mark.fault("SU03")
async def test_nothing_is_sent_before_the_address_said_yes(world: World) -> None:
    answer = await world.ask()
    assert "Look into your mail" in answer.text
    (asked,) = world.all()
    assert (asked.target, asked.min_level, asked.confirmed) == (WHO, Level.HIGH, False)
    assert world.channel.notices[0].target == WHO


async def test_opening_the_link_changes_nothing_and_the_button_confirms(world: World) -> None:
    await world.ask()
    for _ in range(2):
        assert (await world.client.get(world.mailed())).status_code == 200
    assert not world.all()[0].confirmed
    answer = await world.form(world.mailed())
    assert answer.status_code == 303
    assert world.all()[0].confirmed


@pytest.mark.fault("WB09")
async def test_what_was_chosen_can_be_changed_and_paused(world: World) -> None:
    page = await world.confirmed()
    answer = await world.form(
        page,
        min_level="critical",
        digest="daily 08:00",
        quiet="22:00-07:00",
        zone="Asia/Seoul",
        muted="launch",
        paused="on",
        target="other@example.org",
    )
    assert answer.status_code == 303
    (found,) = world.all()
    assert (found.target, found.min_level, found.paused, found.confirmed) == (WHO, Level.CRITICAL, True, True)
    assert (found.muted, found.timing.zone) == (frozenset({"launch"}), "Asia/Seoul")
    assert found.timing.digest is not None
    assert found.timing.digest.every is Every.DAY


@pytest.mark.parametrize("wrong", [{"quiet": "late"}, {"zone": "Mars/Base"}, {"digest": "sometimes"}])
async def test_a_wish_that_makes_no_sense_is_told_and_nothing_is_lost(
    world: World, wrong: dict[str, str]
) -> None:
    page = await world.confirmed()
    before = world.all()
    answer = await world.form(page, **{"zone": "UTC", "min_level": "low", **wrong})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert world.all() == before


@pytest.mark.parametrize(
    "target",
    ["", "nobody", "a@b@c", "a@example.org, b@example.org", "Ryu <ryu@example.org>", "a@e.org\nBcc: x"],
)
async def test_only_one_plain_address_is_taken(world: World, target: str) -> None:
    answer = await world.ask(target=target)
    assert answer.status_code == 400
    assert (world.all(), world.channel.notices) == ([], [])


@pytest.mark.fault("CR12", "TK02")
async def test_mail_programs_can_end_a_subscription_by_one_post(world: World) -> None:
    await world.confirmed()
    (found,) = world.all()
    leave = world.app.parts.doors(found).leave.removeprefix(ADDRESS)
    assert (await world.client.get(leave)).status_code == 200
    assert len(world.all()) == 1
    world.client.cookies.clear()
    for _ in range(2):
        answer = await world.client.post(leave, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert world.all() == []


@pytest.mark.fault("TK01")
async def test_a_link_serves_its_own_purpose_only(world: World) -> None:
    page = await world.confirmed()
    token = page.rpartition("/")[2]
    for purpose in ("confirm", "leave"):
        assert (await world.client.get(f"/{purpose}/{token}")).status_code == 404
        await world.client.post(f"/{purpose}/{token}")
    assert len(world.all()) == 1
    assert (await world.client.get(f"/manage/{token}x")).status_code == 404


async def test_a_search_becomes_a_subscription_and_stays_one_when_it_is_changed(world: World) -> None:
    shown = (await world.client.get("/alerts?text=fired&level=high&actor=north-korea&since=30d")).text
    assert "dates are not part of a subscription" in shown
    found = re.search(r'href="(/subscribe\?[^"]+)"', shown)
    assert found
    form = (await world.client.get(found[1].replace("&amp;", "&"))).text
    assert 'name="text" value="fired"' in form
    assert 'name="actors" value="North Korea"' in form
    page = await world.confirmed(text="fired", actors="North Korea")
    assert 'name="actors" value="North Korea"' in (await world.client.get(page)).text
    await world.form(page, min_level="low", zone="UTC", text="fired", actors="North Korea")
    (made,) = world.all()
    assert (made.text, made.actors) == ("fired", frozenset({"north-korea"}))


async def test_actor_theme_and_grade_of_the_source_can_be_chosen(world: World) -> None:
    page = await world.confirmed(actors="Pyongyang,  north-korea", tags=["missile", "border"], min_grade="B")
    (made,) = world.all()
    assert (made.actors, made.min_grade) == (frozenset({"north-korea"}), "B")
    assert made.tags == frozenset({"missile", "border"})
    shown = (await world.client.get(page)).text
    assert '<option value="B" selected>' in shown
    assert 'name="tags" value="border" checked' in shown
    await world.form(page, min_level="high", zone="UTC", min_grade="F")
    (made,) = world.all()
    assert (made.actors, made.min_grade, made.tags) == (frozenset(), "F", frozenset())


@pytest.mark.parametrize(("kind", "one"), [("actors", "actor"), ("places", "place")])
async def test_a_name_that_no_list_knows_is_told_and_may_be_mended(world: World, kind: str, one: str) -> None:
    answer = await world.ask(**{kind: "North Korea, Atlantis <b>", "text": "fired"})
    assert answer.status_code == 400
    assert f"is no {one} known here" in answer.text
    assert f'name="{kind}" value="North Korea, Atlantis &lt;b&gt;"' in answer.text
    assert 'name="text" value="fired"' in answer.text
    assert world.all() == []


async def test_what_is_no_longer_there_stays_chosen_until_it_is_taken_away(world: World) -> None:
    page = await world.confirmed(rules="launch-of-old")
    with world.app.parts.database.write() as conn:
        subscriptions.change(conn, replace(world.all()[0], actors=frozenset({"ussr"})))
    shown = (await world.client.get(page)).text
    assert 'name="rules" value="launch-of-old" checked' in shown
    assert 'name="actors" value="ussr"' in shown
    await world.form(page, min_level="low", zone="UTC", rules="launch-of-old", actors="ussr")
    (made,) = world.all()
    assert (made.rules, made.actors) == (frozenset({"launch-of-old"}), frozenset({"ussr"}))


@pytest.mark.fault("SU03", "SU08")
@pytest.mark.parametrize(
    ("first", "other"),
    [
        (WHO, WHO),
        (WHO, "RYU@Example.ORG"),
        (WHO, "ryu+news@example.org"),
        ("ji.ho.ryu@gmail.com", "jihoryu@googlemail.com"),
        ("ryu@bücher.example", "ryu@xn--bcher-kva.example"),
    ],
)
async def test_a_mailbox_is_asked_once_a_day_however_it_is_spelt(
    world: World, first: str, other: str
) -> None:
    for target in (first, other, first):
        assert (await world.ask(target=target)).status_code == 200
    assert len(world.channel.notices) == 1
    world.clock.move(hours=25)
    await world.ask(target=other)
    assert len(world.channel.notices) == 2


@pytest.mark.fault("SU03")
async def test_there_is_an_end_of_mails_that_ask_anybody(world: World) -> None:
    for number in range(40):
        last = await world.ask(target=f"u{number}@example.org")
    assert last.status_code == 429
    assert len(world.channel.notices) == 30


@pytest.mark.fault("SU08")
async def test_a_mailbox_that_wishes_the_same_again_is_told_once(world: World) -> None:
    await world.confirmed()
    world.clock.move(hours=25)
    await world.confirmed(target="RYU@example.org")
    (found,) = world.all()
    assert found.target == "RYU@example.org"
    world.clock.move(hours=25)
    await world.confirmed(min_level="low")
    assert len(world.all()) == 2


@pytest.mark.fault("SU10")
async def test_who_leaves_is_forgotten_wherever_the_address_stood(world: World) -> None:
    await world.confirmed()
    (found,) = world.all()
    told = alert()
    with world.app.parts.database.write() as conn:
        alerts.save(conn, told)
        for at, change in enumerate(({}, {"error": f"no such user: {WHO}", "attempts": 3})):
            enqueued = delivery(revision=at + 1, subscription=found.id, target=WHO, channel="mail", **change)
            deliveries.enqueue(conn, [enqueued])
    assert WHO in _dumped(world)
    await world.client.post(world.app.parts.doors(found).leave.removeprefix(ADDRESS))
    assert WHO not in _dumped(world)
    with world.app.parts.database.read() as conn:
        assert {each.state for each in deliveries.listed(conn)} == {DeliveryState.CANCELLED}


def _dumped(world: World) -> str:
    """All rows of all tables."""
    with world.app.parts.database.read() as conn:
        return "".join(str(row) for table in metadata.sorted_tables for row in conn.execute(table.select()))


@pytest.mark.fault("SU03", "TK04")
async def test_what_was_never_confirmed_is_forgotten(world: World) -> None:
    await world.ask()
    world.clock.move(hours=73)
    await world.ask(target="other@example.org")
    assert [each.target for each in world.all()] == ["other@example.org"]


async def test_a_mail_that_cannot_be_sent_leaves_nothing_behind(world: World) -> None:
    world.channel.errors = [DeliveryError("no server")]
    assert (await world.ask()).status_code == 200
    assert world.all() == []


@pytest.mark.fault("WB04")
async def test_a_form_of_another_site_subscribes_nobody(world: World) -> None:
    answer = await world.client.post("/subscribe", data={"target": WHO, "min_level": "high", "zone": "UTC"})
    assert answer.status_code == 403
    assert world.all() == []


async def test_subscriptions_of_the_config_have_no_links(world: World) -> None:
    (listed,) = world.app.parts.config.all_subscriptions()
    assert world.app.parts.doors(listed).manage == ""
    assert dt.datetime.now(dt.UTC) > NOW  # the links are dated by the real clock


@pytest.mark.fault("SU04", "SU05")
async def test_the_answer_and_the_work_do_not_tell_who_subscribes(world: World) -> None:
    await world.confirmed()
    world.clock.move(hours=25)
    mails = len(world.channel.notices)
    known = await world.ask()
    unknown = await world.ask(target="other@example.org")
    assert known.status_code == unknown.status_code
    assert known.text.replace(WHO, "x") == unknown.text.replace("other@example.org", "x")
    assert len(world.channel.notices) == mails + 2


@pytest.mark.fault("SU07", "WB09")
async def test_a_form_gives_itself_no_more_than_it_offers(world: World) -> None:
    await world.ask(id="desk", channel="console", confirmed="on", trial="on", notices="on", from_config="on")
    (asked,) = world.all()
    assert asked.id != "desk"
    assert (asked.channel, asked.confirmed, asked.trial, asked.notices) == ("mail", False, False, False)


@pytest.mark.fault("TK02")
async def test_a_link_of_a_subscription_that_was_left_brings_nothing_back(world: World) -> None:
    await world.confirmed()
    (found,) = world.all()
    confirming = world.mailed()
    await world.client.post(world.app.parts.doors(found).leave.removeprefix(ADDRESS))
    assert (await world.client.get(confirming)).status_code == 404
    await world.client.post(confirming)
    assert world.all() == []


@pytest.mark.fault("TK01")
@pytest.mark.parametrize("token", ["", "x", "None", "e30.e30.", "ImRlc2si.aaaa.bbbb", "%00", "a" * 9000])
async def test_a_forged_link_opens_nothing(world: World, token: str) -> None:
    await world.confirmed()
    before = world.all()
    for purpose in ("confirm", "manage", "leave"):
        for ask in (world.client.get, world.client.post):
            assert (await ask(f"/{purpose}/{token}")).status_code in {403, 404}
    assert world.all() == before


@pytest.mark.fault("TK06", "WB16")
async def test_the_address_of_a_secret_page_is_told_to_nobody_and_kept_by_nobody(world: World) -> None:
    page = await world.confirmed()
    for path in (page, world.mailed()):
        headers = (await world.client.get(path)).headers
        assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")


@pytest.mark.fault("WB04", "WB07")
async def test_no_address_takes_a_post_that_is_not_of_our_own_form(world: World) -> None:
    """Of every route that there is; but for the one POST of mail programs, whose signed link is the proof."""
    await world.confirmed()
    (found,) = world.all()
    links = world.app.links
    before = _dumped(world)
    posts = [route.path for route in ROUTES if isinstance(route, Route) and "POST" in (route.methods or ())]
    assert len(posts) >= 6
    for path in posts:
        purpose = path.strip("/").partition("/")[0]
        if purpose in {Purpose.LEAVE, "sign-in"}:  # one click ends it; nobody may sign in here
            continue
        token = links.to(Purpose(purpose), found).rpartition("/")[2] if "{token}" in path else ""
        filled = path.replace("{token}", token).replace("{alert}", "a1b2c3d4e5f60718")
        for kind in ("application/x-www-form-urlencoded", "text/plain", "application/json"):
            answer = await world.client.post(filled, content=b"token=forged", headers={"content-type": kind})
            assert answer.status_code == 403, filled
    assert _dumped(world) == before

"""Signing in by a link in a real mail, and out again."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from builders import NOW
from hypothesis import given
from hypothesis import strategies as st
from mailserver import DROP
from pages import World, open_world

from monitor.links import Purpose
from monitor.model import Role, SignIn
from monitor.storage import sessions
from monitor.web import signing_in
from monitor.web.site import SIGN_IN_MOST

KIM = "kim@example.org"
STRANGER = "eve@example.org"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        yield opened


async def is_in(world: World) -> bool:
    return (await world.client.get("/alerts")).status_code == 200


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - the server tells nobody of a mail
        await asyncio.sleep(0.01)


async def settle(world: World) -> None:
    """Until a mail asked for before this one is sent, or was not."""
    count = len(world.mail.mails)
    await world.ask("rho@example.org")
    await world.mailed(count + 1)


async def test_the_link_in_the_mail_signs_in_by_its_button(tmp_path: Path, empty_url: str) -> None:
    async with open_world(tmp_path, url=empty_url) as world:
        asked = await world.ask("Kim@Example.org")
        assert "Look into your mail" in asked.text
        link = await world.mailed(1)
        assert world.mail.recipients == [[KIM]]
        for _ in range(3):  # scanners open every link
            assert "Sign in as kim@example.org" in (await world.client.get(link)).text
        assert not await is_in(world)
        entered = await world.form(link)
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        assert await is_in(world)
        assert "As <b>kim@example.org</b>, admin" in (await world.client.get("/sign-in")).text


async def test_a_link_signs_in_once_and_for_a_quarter_of_an_hour(world: World) -> None:
    await world.ask(KIM)
    link = await world.mailed(1)
    async with world.browser() as other, world.browser() as late:
        shown = (await other.client.get(link)).text
        assert (await world.form(link)).status_code == 303
        again = await other.client.post(link, data={"token": shown.partition('value="')[2].partition('"')[0]})
        assert (again.status_code, "used, or is too old" in again.text) == (404, True)
        assert not await is_in(other)
        await late.ask(KIM)
        second = await late.mailed(2)
        world.clock.move(minutes=15)
        assert (await late.client.get(second)).status_code == 404
        assert not await is_in(late)


@pytest.mark.fault("TK01")
@pytest.mark.parametrize("token", ["x", "None", "ImRlc2si.aaaa.bbbb", "%00", "a" * 9000])
async def test_a_forged_link_opens_nothing(world: World, token: str) -> None:
    for ask in (world.client.get, world.client.post):
        assert (await ask(f"/sign-in/{token}")).status_code in {403, 404}
    assert not await is_in(world)


async def test_a_link_for_something_else_signs_nobody_in(world: World) -> None:
    token = world.app.links.to(Purpose.MANAGE, world.subscribe()).rpartition("/")[2]
    assert (await world.client.get(f"/sign-in/{token}")).status_code == 404


# --- what strangers learn ---------------------------------------------------------------------------------


async def test_the_answer_is_the_same_for_whoever_is_not_listed_and_no_mail_goes_to_them(
    world: World,
) -> None:
    known, unknown = await world.ask(KIM), await world.ask(STRANGER)
    assert known.status_code == unknown.status_code
    assert known.text.replace(KIM, "") == unknown.text.replace(STRANGER, "")
    assert known.headers.keys() == unknown.headers.keys()
    await settle(world)
    assert STRANGER not in str(world.mail.recipients)
    assert all(STRANGER not in str(each) for each in world.audited())


async def test_nobody_is_pestered_with_links(world: World) -> None:
    for _ in range(6):
        assert (await world.ask(KIM)).status_code == 200
    await until(lambda: world.mail.recipients.count([KIM]) == 3)
    await settle(world)
    assert world.mail.recipients.count([KIM]) == 3
    world.clock.move(hours=1, seconds=1)
    await world.ask(KIM)
    await until(lambda: world.mail.recipients.count([KIM]) == 4)


async def test_one_address_asks_for_so_many_links_and_another_for_its_own(world: World) -> None:
    people = ["nobody@example.org", *(f"{number}@example.org" for number in range(SIGN_IN_MOST - 1))]
    assert [(await world.ask(person)).status_code for person in people] == [200] * SIGN_IN_MOST
    refused = await world.ask(KIM)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "180")
    assert "Ask again in 3 min." in refused.text
    world.client.headers["x-forwarded-for"] = "192.0.2.7"
    assert (await world.ask(KIM)).status_code == 200
    del world.client.headers["x-forwarded-for"]
    world.clock.move(minutes=3)
    assert (await world.ask(KIM)).status_code == 200


async def test_a_mail_that_cannot_be_sent_changes_no_answer(world: World) -> None:
    world.mail.to_data = [DROP]
    assert "Look into your mail" in (await world.ask(KIM)).text
    await until(lambda: len(world.mail.seen) == 1)
    assert world.mail.recipients == []


@pytest.mark.parametrize(
    "person",
    ["", "kim", f"{KIM}, {STRANGER}", f"{KIM}\r\nBcc: {STRANGER}", f"Kim <{KIM}>", "<script>", "x" * 5000],
)
async def test_what_is_no_listed_address_gets_no_mail(world: World, person: str) -> None:
    answer = await world.ask(person)
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    await settle(world)
    assert world.mail.recipients == [["rho@example.org"]]


# --- onward -----------------------------------------------------------------------------------------------


async def test_who_opens_a_page_is_led_to_sign_in_and_then_there(world: World) -> None:
    alert = world.save()
    led = await world.client.get(f"/alerts/{alert}?a=1", headers={"accept": "text/html,*/*"})
    assert led.status_code == 303
    assert led.headers["location"] == f"/sign-in?next=%2Falerts%2F{alert}%3Fa%3D1"
    await world.form(led.headers["location"], "/sign-in", person=KIM, next=f"/alerts/{alert}?a=1")
    entered = await world.form(await world.mailed(1))
    assert entered.headers["location"] == f"/alerts/{alert}?a=1"


@pytest.mark.fault("WB06")
@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "/alerts\r\nset-cookie: a=b",
        "//[evil",
        "/" + "a" * 2000,
        "/한",
    ],
)
async def test_nobody_is_led_to_another_site(world: World, onward: str) -> None:
    shown = await world.client.get("/sign-in", params={"next": onward})
    assert 'name="next" value=""' in shown.text
    entered = await world.sign_in(KIM, next=onward)
    assert entered.headers["location"] == "/"
    assert "set-cookie: a" not in str(entered.headers)


@given(st.text(alphabet=st.sampled_from("/\\\t\n\r :@.?#%[]ae5c2f한")).map(lambda text: "/" + text))
def test_where_one_is_led_stays_here_however_it_is_read(path: str) -> None:
    onward = signing_in._local(path)
    assert onward in {"", path}
    without = re.sub(r"[\t\n\r]", "", onward).replace("\\", "/")  # as browsers read it
    assert urlsplit(urljoin("https://b.example.org/sign-in", without)).netloc == "b.example.org"


# --- sessions ---------------------------------------------------------------------------------------------


def cookie(answer: httpx.Response) -> str:
    return next(each for each in answer.headers.get_list("set-cookie") if each.startswith("session="))


async def test_the_cookie_is_kept_from_scripts_and_from_other_sites(tmp_path: Path) -> None:
    for address, secure in (("http://alerts.example.org", False), ("https://alerts.example.org", True)):
        folder = tmp_path / address[:5]
        folder.mkdir()
        async with open_world(folder, address=address) as world:
            wanted = SignIn(person=KIM, created=NOW, expires=NOW + dt.timedelta(minutes=1), onward="")
            with world.app.parts.database.write() as conn:
                link = world.app.links.to_sign_in(sessions.ask(conn, wanted)).removeprefix(address)
            given = cookie(await world.form(link))
            assert "HttpOnly" in given
            assert "SameSite=lax" in given
            assert "Path=/" in given
            assert ("Secure" in given) == secure


async def test_a_session_ends_after_a_week(world: World) -> None:
    await world.sign_in(KIM)
    world.clock.move(days=7, seconds=-1)
    assert await is_in(world)
    world.clock.move(seconds=1)
    assert not await is_in(world)


async def test_signing_out_ends_the_session_of_this_browser(world: World) -> None:
    await world.sign_in(KIM)
    carried = world.client.cookies["session"]
    async with world.browser() as other:
        await other.sign_in(KIM)
        answer = await world.form("/sign-in", "/sign-out")
        assert (answer.status_code, "Max-Age=0" in cookie(answer)) == (303, True)
        assert not await is_in(world)
        assert await is_in(other)
        async with world.browser() as thief:
            thief.client.cookies.set("session", carried)
            assert not await is_in(thief)
    assert world.audited()[0].what == "sign out"


async def test_signing_out_everywhere_ends_them_all_and_the_links_on_their_way(world: World) -> None:
    await world.sign_in(KIM)
    async with world.browser() as other, world.browser() as third:
        await other.sign_in(KIM)
        await third.ask(KIM)
        link = await third.mailed(3)
        await world.form("/sign-in", "/sign-out/everywhere")
        assert not await is_in(other)
        assert (await third.client.get(link)).status_code == 404
    assert world.audited()[0].what == "sign out everywhere"


async def test_signing_in_gives_a_new_cookie_and_ends_what_was_there(world: World) -> None:
    await world.sign_in(KIM)
    first = world.client.cookies["session"]
    await world.sign_in("ahn@example.org")
    assert world.client.cookies["session"] != first
    with world.app.parts.database.read() as conn:
        assert sessions.of(conn, KIM, now=NOW) == []


@pytest.mark.parametrize("made_up", ["x", "a.b.c", "", "null"])
async def test_a_cookie_that_is_made_up_opens_nothing(world: World, made_up: str) -> None:
    world.client.cookies.set("session", made_up)
    assert not await is_in(world)


async def test_the_database_alone_opens_nothing(world: World) -> None:
    await world.sign_in(KIM)
    assert world.client.cookies["session"].partition(".")[0] not in str(world.everything())
    kept = world.everything()["sessions"][0][0]
    world.client.cookies.clear()
    world.client.cookies.set("session", kept)
    assert not await is_in(world)


async def test_who_leaves_the_config_is_out_and_who_changes_has_the_new_role(world: World) -> None:
    await world.sign_in(KIM)
    assert (await world.client.get("/audit")).status_code == 200
    listed(world, {KIM: Role.READER})
    assert (await world.client.get("/audit")).status_code == 403
    listed(world, {"rho@example.org": Role.READER})
    assert not await is_in(world)


def listed(world: World, people: dict[str, Role]) -> None:
    """As after a restart with another config."""
    parts = world.app.parts
    web = parts.config.web.model_copy(update={"people": people})
    world.app.parts = replace(parts, config=parts.config.model_copy(update={"web": web}))


async def test_nobody_is_asked_to_sign_in_where_nobody_can(tmp_path: Path) -> None:
    async with open_world(tmp_path, web={}) as world:
        assert (await world.client.get("/sign-in")).status_code == 404
        assert "/sign-in" not in (await world.client.get("/")).text

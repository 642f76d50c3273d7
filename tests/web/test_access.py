"""Who may do what: every address, every role, every way to be known."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from builders import NOW
from pages import ADDRESS, PEOPLE, World, open_world
from starlette.routing import Route

from monitor.links import Purpose
from monitor.model import SignIn
from monitor.storage import sessions, tokens
from monitor.web import create, forms, usage
from monitor.web.routes import ROUTES
from monitor.web.site import TOKEN_MOST

RANKS = ["nobody", "reader", "analyst", "admin"]
READS = [
    *("/", "/alerts", "/alerts/as/{form}", "/alerts/{alert}/as/{form}", "/alerts/{alert}"),
    *("/indicators", "/indicators/{rule}", "/pictures", "/pictures/{picture}.csv", "/feeds", "/how-it-works"),
    *("/metrics", "/silences"),
]
TABLE = {  # who may, at least
    **dict.fromkeys([("GET", path) for path in READS], "reader"),
    ("POST", "/alerts/{alert}/ack"): "analyst",
    ("POST", "/alerts/{alert}/verdict"): "analyst",
    ("POST", "/alerts/{alert}/silence"): "analyst",
    ("POST", "/silences/{silence}/end"): "analyst",
    ("GET", "/audit"): "admin",
    ("GET", "/indicators/{rule}/edit"): "admin",
    ("POST", "/indicators/{rule}/edit"): "admin",
    **{
        (method, path): "nobody"
        for method in ("GET", "POST")
        for path in ("/subscribe", "/confirm/{token}", "/manage/{token}", "/leave/{token}")
    },
    ("POST", "/manage/{token}/feed"): "nobody",
    ("GET", "/feed/{token}.{form}"): "nobody",
    ("GET", "/sign-in"): "nobody",
    ("POST", "/sign-in"): "nobody",
    ("GET", "/sign-in/{token}"): "nobody",
    ("POST", "/sign-in/{token}"): "nobody",
    ("POST", "/sign-out"): "nobody",
    ("POST", "/sign-out/everywhere"): "nobody",
    ("GET", "/healthz"): "nobody",
    ("GET", "/readyz"): "nobody",
}
VALUES = {"form": "json", "silence": "x", "rule": "launch", "picture": "timeline", "token": "x"}
ON_THIS_MACHINE: dict[str, str] = {}


def methods(route: Route) -> list[str]:
    return sorted((route.methods or set()) - {"HEAD"})


def filled(path: str, **values: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: {**VALUES, **values}[name[1]], path)


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Somebody before the pages, with a form of theirs."""

    world: World
    headers: dict[str, str]

    async def send(self, method: str, path: str, **headers: str) -> httpx.Response:
        if not self.world.client.cookies.get("visitor"):
            await self.world.client.get("/nowhere")
        visitor = self.world.client.cookies["visitor"]
        fields = {"token": forms.token(self.world.site.key, visitor), "person": "none@example.org"}
        return await self.world.client.request(
            method, path, data=fields if method == "POST" else None, headers={**self.headers, **headers}
        )


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        yield opened


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[World]:
    """As it comes: for this machine's users, without login."""
    async with open_world(tmp_path, web=ON_THIS_MACHINE) as opened:
        yield opened


# --- the table -----------------------------------------------------------------------------------------


@pytest.mark.fault("WB07")
def test_the_table_holds_every_route_and_no_other() -> None:
    assert set(TABLE) == {(method, route.path) for route in ROUTES for method in methods(route)}


async def outcomes(asker: Asker, alert: str) -> dict[tuple[str, str], bool]:
    """Whether each route lets the asker in."""
    let_in = {}
    for method, path in TABLE:
        answer = await asker.send(method, filled(path, alert=alert))
        assert answer.status_code < 500 or path in {"/healthz", "/readyz"}, (path, answer.text)
        let_in[method, path] = answer.status_code not in {401, 403}
    return let_in


def expected(role: str) -> dict[tuple[str, str], bool]:
    return {key: RANKS.index(role) >= RANKS.index(least) for key, least in TABLE.items()}


@pytest.mark.fault("WB07")
@pytest.mark.parametrize("role", RANKS)
async def test_a_person_gets_exactly_what_the_table_says(world: World, role: str) -> None:
    person = next((address for address, its in PEOPLE.items() if its == role), "")
    if person:
        await world.sign_in(person)
    assert await outcomes(Asker(world=world, headers={}), world.save()) == {
        **expected(role),
    }


@pytest.mark.parametrize(("scope", "role"), [("read", "reader"), ("write", "analyst"), ("admin", "admin")])
async def test_a_token_gets_exactly_what_the_table_says(world: World, scope: str, role: str) -> None:
    asker = Asker(world=world, headers=world.token(scope))
    assert await outcomes(asker, world.save()) == expected(role)


async def test_this_machines_users_get_everything_without_login(own: World) -> None:
    found = await outcomes(Asker(world=own, headers={}), own.save())
    assert found == expected("admin")


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
async def test_who_comes_by_a_proxy_may_only_read_without_login(own: World, header: str) -> None:
    found = await outcomes(Asker(world=own, headers={header: "192.0.2.7"}), own.save())
    assert found == {**expected("reader"), ("GET", "/metrics"): False}


async def test_who_comes_past_the_config_from_elsewhere_gets_nothing(own: World) -> None:
    """As when the application is served by another server than ours, on another address."""
    asked = httpx.ASGITransport(app=create(own.site, hosts=["*"]), client=("192.0.2.7", 50000))
    async with httpx.AsyncClient(transport=asked, base_url="http://127.0.0.1") as stranger:
        assert [(await stranger.get(path)).status_code for path in ("/", "/metrics", "/audit")] == [401] * 3


async def test_behind_a_public_address_nobody_is_taken_for_this_machines_user(tmp_path: Path) -> None:
    async with open_world(tmp_path, web={"address": "https://alerts.example.org"}) as world:
        found = await outcomes(Asker(world=world, headers={}), world.save())
    assert found == {**expected("reader"), ("GET", "/metrics"): False}


@pytest.mark.parametrize("role", ["reader", "analyst", "admin"])
async def test_a_page_offers_what_the_role_may_do_and_hides_the_rest(world: World, role: str) -> None:
    await world.sign_in(next(address for address, its in PEOPLE.items() if its == role))
    shown = (await world.client.get(f"/alerts/{world.save()}")).text
    assert ("Give the verdict" in shown, "Acknowledge</button>" in shown) == ((role != "reader",) * 2)
    assert ('href="/audit"' in shown) == (role == "admin")
    assert "Your name" not in shown


async def test_who_is_not_signed_in_sees_no_ways_that_lead_nowhere(world: World) -> None:
    shown = (await world.client.get("/subscribe")).text
    assert 'href="/feeds"' not in shown
    assert 'href="/sign-in"' in shown


# --- what a GET does -------------------------------------------------------------------------------------


@pytest.mark.fault("WB04")
async def test_no_get_changes_anything(tmp_path: Path, empty_url: str) -> None:
    async with open_world(tmp_path, url=empty_url) as world:
        await world.sign_in("kim@example.org")
        subscription = world.subscribe(confirmed=False)
        links = {purpose: world.app.links.to(purpose, subscription) for purpose in list(Purpose)[:3]}
        wanted = SignIn(person="ahn@example.org", created=NOW, expires=NOW + dt.timedelta(hours=1), onward="")
        with world.app.parts.database.write() as conn:
            waiting = world.app.links.to_sign_in(sessions.ask(conn, wanted))
        alert, header = world.save(), world.token("admin")
        paths = {filled(path, alert=alert) for method, path in TABLE if method == "GET"}
        paths |= {link.removeprefix(ADDRESS) for link in (*links.values(), waiting)}
        before = world.everything()
        for path in sorted(paths):
            for method in ("GET", "HEAD", "OPTIONS"):
                for headers in ({}, header, {"accept": "text/html"}):
                    await world.client.request(method, path, headers=headers)
        assert world.everything() == before


async def test_the_use_of_a_token_is_stored_now_and_then_and_not_by_a_get(world: World) -> None:
    header = world.token("read")
    assert (await world.client.get("/alerts", headers=header)).status_code == 200
    with world.app.parts.database.read() as conn:
        assert tokens.all(conn)[0].last_used is None
    async with usage.kept(world.site):
        pass  # what was noted is stored at the end, too
    with world.app.parts.database.read() as conn:
        assert tokens.all(conn)[0].last_used == NOW
    assert world.site.token_use == {}


async def test_the_use_of_a_token_that_cannot_be_stored_is_noted_still(world: World) -> None:
    await world.client.get("/alerts", headers=world.token("read"))
    file = world.app.parts.database.path
    assert file is not None
    away = file.rename(file.with_suffix(".away"))
    usage.store(world.site)
    assert world.site.token_use == {"read": NOW}
    away.rename(file)
    usage.store(world.site)
    assert world.site.token_use == {}


# --- forms and sites of others ---------------------------------------------------------------------------


CHANGES = [(method, path) for method, path in TABLE if method != "GET"]


@pytest.mark.fault("WB04")
async def test_no_change_is_made_without_a_form_of_ours(world: World) -> None:
    """A mail program ends a subscription by the link alone (RFC 8058): `leave` asks for no form; this link is none."""
    await world.sign_in("kim@example.org")
    alert = world.save()
    before = world.everything()
    for method, path in CHANGES:
        for fields in (
            {},
            {"token": "forged"},
            {"analyst": "x", "opinion": "true", "person": "kim@example.org"},
        ):
            answer = await world.client.request(method, filled(path, alert=alert), data=fields)
            assert answer.status_code in {403, 404}, path
            assert answer.status_code == 403 or path == "/leave/{token}", path
    assert world.everything() == before


@pytest.mark.fault("WB04")
@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}])
async def test_no_change_is_made_that_another_site_asks_for(world: World, headers: dict[str, str]) -> None:
    await world.sign_in("kim@example.org")
    alert, asker = world.save(), Asker(world=world, headers=headers)
    before = world.everything()
    for method, path in CHANGES:
        answer = await asker.send(method, filled(path, alert=alert))
        assert answer.status_code == 403 or path == "/leave/{token}", path
    assert world.everything() == before


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_an_old_browser_is_known_by_its_origin(own: World, origin: str) -> None:
    path = f"/alerts/{own.save()}/verdict"
    asker = Asker(world=own, headers={"origin": origin})
    assert "Another site" in (await asker.send("POST", path)).text
    ours = Asker(world=own, headers={"origin": str(own.client.base_url)})
    assert (await ours.send("POST", path)).status_code == 400  # let in, and told that fields are missing


@pytest.mark.parametrize("path", ["/", "/sign-in", "/audit", "/nowhere", "/static/site.css", "/metrics"])
async def test_every_answer_forbids_what_is_not_ours(world: World, path: str) -> None:
    headers = (await world.client.get(path)).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.fault("TK06", "WB16")
async def test_pages_that_a_link_opens_are_neither_kept_nor_told_to_others(world: World) -> None:
    for path in ("/confirm/x", "/manage/x", "/leave/x", "/sign-in/x"):
        headers = (await world.client.get(path)).headers
        assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")


@pytest.mark.fault("WB16")
async def test_what_is_shown_to_a_person_is_not_kept(world: World) -> None:
    await world.sign_in("rho@example.org")
    assert (await world.client.get("/alerts")).headers["cache-control"] == "private, no-store"


@pytest.mark.fault("WB16")
async def test_browsers_are_told_to_come_by_https_only_where_that_is_the_way(
    tmp_path: Path, world: World
) -> None:
    assert "strict-transport-security" not in (await world.client.get("/sign-in")).headers
    (tmp_path / "https").mkdir()
    async with open_world(tmp_path / "https", address="https://alerts.example.org") as secure:
        answer = await secure.client.get("/sign-in")
    assert answer.headers["strict-transport-security"].startswith("max-age=")


# --- tokens ----------------------------------------------------------------------------------------------


async def test_a_token_that_opens_nothing_is_told_so_even_where_nobody_logs_in(own: World) -> None:
    header = own.token("admin")
    for wrong in ("", "x", "bongsu_admin_", header["authorization"][7:-1]):
        answer = await own.client.get("/", headers={"authorization": f"Bearer {wrong or 'bongsu'}"})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert "unknown, expired or revoked" in answer.text
    with own.app.parts.database.write() as conn:
        tokens.revoke(conn, "admin", now=NOW)
    assert (await own.client.get("/", headers=header)).status_code == 401


@pytest.mark.fault("AP04")
async def test_a_token_that_asks_too_often_is_told_to_wait_and_the_others_are_not(own: World) -> None:
    wild, calm = own.token("read"), own.token("write")
    for _ in range(TOKEN_MOST):
        own.site.asking.wait("read", now=NOW)
    last = await own.client.get("/feeds", headers=wild)
    assert (last.status_code, last.headers["retry-after"]) == (429, "1")
    assert (await own.client.get("/feeds", headers=calm)).status_code == 200
    own.clock.move(seconds=1)
    assert (await own.client.get("/feeds", headers=wild)).status_code == 200


async def test_authorization_of_another_kind_is_a_proxys_business(own: World) -> None:
    answer = await own.client.get("/", headers={"authorization": "Basic a2ltOnBhc3M="})
    assert answer.status_code == 200


async def test_a_program_is_told_how_to_be_let_in(world: World) -> None:
    answer = await world.client.get("/alerts")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "`monitor tokens add`" in answer.text.replace("&#39;", "'")


# --- the audit log ---------------------------------------------------------------------------------------


async def test_a_change_is_in_the_audit_log_with_who_made_it_and_from_where(world: World) -> None:
    await world.sign_in("ahn@example.org")
    alert = world.save()
    page = f"/alerts/{alert}"
    answer = await world.form(page, f"{page}/verdict", opinion="false", analyst="Somebody Else")
    assert answer.status_code == 303
    await world.form(page, f"{page}/ack")
    acknowledged, judged, signed_in, mailed = world.audited()
    assert (judged.who, judged.what, judged.thing) == ("ahn@example.org", "verdict", f"alert {alert}")
    assert (judged.origin, judged.note) == ("page 127.0.0.1", "false")
    assert (acknowledged.what, signed_in.what, mailed.what) == ("acknowledge", "sign in", "mail sign-in link")
    assert mailed.who == "anybody"


async def test_a_proxy_is_believed_when_it_says_for_whom_it_asks(world: World) -> None:
    page = (await world.client.get("/sign-in")).text
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    fields = {"token": token[1], "person": "kim@example.org"}
    await world.client.post("/sign-in", data=fields, headers={"x-forwarded-for": "192.0.2.7"})
    await world.mailed(1)
    assert world.audited()[0].origin == "page 192.0.2.7"


async def test_what_subscribers_do_is_in_the_audit_log(world: World) -> None:
    made = world.subscribe(confirmed=False)
    confirm, leave = (
        world.app.links.to(purpose, made).removeprefix(ADDRESS)
        for purpose in (Purpose.CONFIRM, Purpose.LEAVE)
    )
    await world.form(confirm)
    await world.client.post(leave)
    assert [(each.who, each.what, each.thing) for each in world.audited()] == [
        ("subscriber", "leave", "subscription by-mail-1"),
        ("subscriber", "confirm", "subscription by-mail-1"),
    ]


async def test_admins_search_the_audit_log(world: World) -> None:
    await world.sign_in("kim@example.org")
    assert "mail sign-in link" in (await world.client.get("/audit")).text
    narrowed = (await world.client.get("/audit?what=sign+in&who=KIM&since=7d")).text
    assert "<td>sign in</td>" in narrowed
    assert "mail sign-in link" not in narrowed
    assert "Nothing was found" in (await world.client.get("/audit?thing=%25")).text
    assert (await world.client.get("/audit?since=soon")).status_code == 400

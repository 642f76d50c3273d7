"""The pages, asked over real HTTP."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from apiworld import RULES, Running, open_app
from builders import NOW, alert, delivery, report, span
from fakes import FakeClock

from monitor import resources
from monitor.exports import FORMATS
from monitor.health import HEARTBEAT
from monitor.model import Count, Finding, Holds, Level, Opinion
from monitor.storage import deliveries, overtime, rule_sets, service, silences, verdicts
from monitor.web import create, serving
from monitor.web.site import Site

HOUR = dt.timedelta(hours=1)
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
PAGES = [
    "/",
    "/alerts",
    "/alerts?text=fired",
    "/indicators",
    "/indicators/dprk-missile-launch",
    "/pictures",
    "/feeds",
    "/silences",
    "/how-it-works",
]


@dataclass(frozen=True, kw_only=True)
class World(Running):
    async def text(self, path: str, status: int = 200) -> str:
        answer = await self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    async def form(self, path: str, action: str, **fields: str) -> httpx.Response:
        """Fill in the form of a page that posts to `action`, as a browser does."""
        shown = (await self.client.get(path)).text
        found = re.search(rf'action="{action}">\s*<input type="hidden" name="token" value="([^"]+)"', shown)
        assert found
        return await self.client.post(action, data={"token": found[1], **fields})


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        yield opened


@asynccontextmanager
async def open_world(folder: Path, *, rules: Path = RULES) -> AsyncIterator[World]:
    clock = FakeClock(NOW)
    async with open_app(folder, clock, rules=rules) as app:
        made = create(Site(app=app), hosts=["127.0.0.1"])
        async with (
            serving(made, host="127.0.0.1", port=0) as address,
            httpx.AsyncClient(base_url=str(address)) as client,
        ):
            yield World(app=app, client=client, clock=clock)


# --- what the pages show -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_there_without_any_alert(world: World, path: str) -> None:
    assert "<main" in await world.text(path)


async def test_an_absence_that_is_held_is_shown_with_the_reason(tmp_path: Path) -> None:
    said = "Kim Jong Un: unknown whether unseen for 25 days"
    held = Finding(
        rule="kju-unseen-21d", date=NOW.date(), holds=Holds.HELD, level=Level.MEDIUM, said=said, signs=()
    )
    async with open_world(tmp_path, rules=resources.path("rules")) as world:
        with world.app.parts.database.write() as conn:
            overtime.keep(conn, [held], now=NOW)
        shown = await world.text("/indicators/kju-unseen-21d")
    assert f"<b>held</b> {said}" in shown
    assert "none of its feeds is polled: " in shown
    assert "kcna-watch" in shown


async def test_the_board_shows_what_is_new_by_day_and_level(world: World) -> None:
    world.save(
        alert(opened=NOW - dt.timedelta(hours=1)),
        alert(id="b" * 16, level=Level.CRITICAL, opened=NOW - dt.timedelta(days=2)),
    )
    shown = await world.text("/")
    assert "Thursday, 12 March 2026" in shown
    assert "Tuesday, 10 March 2026" in shown
    assert re.search(r"<strong>1</strong> high", shown)
    assert re.search(r"<strong>0</strong> critical", shown)
    assert '<mark class="actor" title="actor">North Korea</mark>' in shown


async def test_alerts_of_rules_under_trial_are_not_on_the_board(world: World) -> None:
    world.save(alert(shadow=True))
    assert "No alert in the last seven days" in await world.text("/")


async def test_an_alert_shows_who_says_so_who_was_told_and_why(world: World) -> None:
    told = alert()
    world.save(told)
    with world.app.parts.database.write() as conn:
        deliveries.enqueue(conn, [delivery()])
    shown = await world.text(f"/alerts/{told.id}")
    for words in ("Yonhap, grade B", ">desk</td>", ">first</td>", ">pending</td>", "published"):
        assert words in shown
    assert (await world.client.get(f"/alerts/{told.id}/as/json")).json()[0]["id"] == told.id


async def test_the_search_narrows_and_goes_on_from_page_to_page(world: World) -> None:
    world.save(*(alert(id=f"{at:016x}", opened=NOW - dt.timedelta(hours=at)) for at in range(60)))
    first = await world.text("/alerts")
    seen = set(re.findall(r'href="/alerts/([0-9a-f]{16})"', first))
    following = re.search(r'class="button" href="([^"]+)"', first)
    while following:
        shown = await world.text(following[1].replace("&amp;", "&"))
        seen |= set(re.findall(r'href="/alerts/([0-9a-f]{16})"', shown))
        following = re.search(r'class="button" href="([^"]+)"', shown)
    assert len(seen) == 60
    assert "Nothing was found" in await world.text("/alerts?actor=nobody")


@pytest.mark.fault("WB12")
@pytest.mark.parametrize(
    "text", ["C++", "AT&T", '"', "'", "央行", "%", "_", "\\", "a AND", "*", "NEAR(", "민국"]
)
async def test_odd_words_are_searched_for_like_any_other(world: World, text: str) -> None:
    world.save(replace(alert(), reports=(report(title=f"Odd {text} title"),)))
    answer = await world.client.get("/alerts", params={"text": text})
    assert answer.status_code == 200
    assert "Yonhap" in answer.text


@pytest.mark.fault("AP01")
@pytest.mark.parametrize(
    "query", ["level=lofty", "status=odd", "since=yesterday", "after=nonsense", "until=99999999d"]
)
async def test_a_question_that_makes_no_sense_is_answered_in_words(world: World, query: str) -> None:
    shown = await world.text(f"/alerts?{query}", status=400)
    assert 'role="alert"' in shown
    assert "Traceback" not in shown


@pytest.mark.fault("WB02")
@pytest.mark.parametrize("path", ["/alerts/ffff", "/indicators/none", "/nowhere"])
async def test_what_is_not_there_is_told_in_words(world: World, path: str) -> None:
    assert "That did not work" in await world.text(path, status=404)


async def test_the_parts_of_a_search_count_and_lead_on(world: World) -> None:
    world.save(alert(), alert(id="b" * 16, actors=("china",)), alert(id="c" * 16, actors=("china",)))
    shown = await world.text("/alerts?text=fired")
    found = re.search(r'<a href="([^"]+actor=china)">[^<]+</a> <span class="number">2<', shown)
    assert found
    narrowed = await world.text(found[1].replace("&amp;", "&"))
    assert set(re.findall(r'href="/alerts/([0-9a-f]{16})"', narrowed)) == {"b" * 16, "c" * 16}
    assert '<a href="/alerts?text=fired" aria-current="true"' in narrowed
    assert 'since=2026-03-01&amp;until=2026-04-01">March 2026</a>' in shown
    assert "subscribe to this search" not in shown  # nothing is offered here


async def test_a_level_among_the_parts_counts_those_above_it_too(world: World) -> None:
    world.save(alert(level=Level.MEDIUM), alert(id="b" * 16, level=Level.CRITICAL))
    shown = await world.text("/alerts")
    assert re.search(r'level=medium">medium</a> <span class="number">2<', shown)
    assert (
        len(set(re.findall(r'href="/alerts/([0-9a-f]{16})"', await world.text("/alerts?level=medium")))) == 2
    )


@pytest.mark.fault("WB03")
@pytest.mark.parametrize("form", FORMATS)
async def test_a_search_is_exported_in_every_format_and_only_once(world: World, form: str) -> None:
    world.save(alert(), alert(id="b" * 16))
    answer = await world.client.get(f"/alerts/as/{form}?text=fired")
    assert (answer.status_code, "a1b2c3d4e5f60718" in answer.text or form == "stix") == (200, True)
    again = await world.client.get(
        f"/alerts/as/{form}?text=fired", headers={"if-none-match": answer.headers["etag"]}
    )
    assert again.status_code == 304
    assert (await world.client.get("/alerts/as/docx")).status_code == 404


async def test_each_picture_has_words_a_table_and_a_file(world: World) -> None:
    figure = Count(min=45, max=45, text="45")
    sortie = alert(id="c" * 16, rules=("adiz-incursion",), places=("taiwan-adiz",), count=figure)
    world.save(alert(), replace(sortie, date=NOW.date()))
    shown = await world.text("/pictures")
    names = re.findall(r'<section class="picture[^"]*" id="([^"]+)"', shown)
    assert names == ["map", "timeline", "year", "aircraft-taiwan-adiz", "publishers", "waits"]
    assert shown.count('role="img" aria-label=') == shown.count("<table>") + 1 == len(names)
    assert "style=" not in shown
    assert len(shown) < 150_000
    told = await world.text("/pictures/aircraft-taiwan-adiz.csv")
    assert told.splitlines()[1] == "2026-03-11,45,"
    for name in names[1:]:  # these rules know no place for the map
        assert len((await world.text(f"/pictures/{name}.csv")).splitlines()) > 1
    assert "no such picture" in await world.text("/pictures/none.csv", status=404)


async def test_a_picture_is_drawn_anew_when_an_alert_comes_and_when_the_day_turns(world: World) -> None:
    world.save(alert())
    first = await world.text("/pictures/year.csv")
    assert await world.text("/pictures/year.csv") == first
    world.save(alert(id="d" * 16))
    second = await world.text("/pictures/year.csv")
    assert second != first
    world.clock.move(days=400)
    assert (await world.text("/pictures/year.csv")).splitlines() == ["day,alerts"]


# --- verdicts ----------------------------------------------------------------------------------------


async def test_a_verdict_is_stored_and_shown(world: World) -> None:
    told = alert()
    world.save(told)
    action = f"/alerts/{told.id}/verdict"
    answer = await world.form(f"/alerts/{told.id}", action, analyst="Ryu", opinion="false", note="A drill.")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/alerts/{told.id}")
    with world.app.parts.database.read() as conn:
        (said,) = verdicts.of(conn, [told.id])[told.id]
    assert (said.analyst, said.opinion, said.note) == ("Ryu", Opinion.FALSE, "A drill.")
    assert "A drill." in await world.text(f"/alerts/{told.id}")


@pytest.mark.fault("WB04")
async def test_a_form_from_elsewhere_changes_nothing(world: World) -> None:
    told = alert()
    world.save(told)
    fields = {"analyst": "Ryu", "opinion": "false"}
    for extra in ({}, {"token": "forged"}):
        answer = await world.client.post(f"/alerts/{told.id}/verdict", data={**fields, **extra})
        assert answer.status_code == 403
    with world.app.parts.database.read() as conn:
        assert verdicts.of(conn, [told.id])[told.id] == []


@pytest.mark.fault("WB04")
async def test_a_get_changes_nothing(world: World) -> None:
    told = alert()
    world.save(told)
    answer = await world.client.get(f"/alerts/{told.id}/verdict")
    assert answer.status_code == 405


# --- silences ----------------------------------------------------------------------------------------


async def test_an_alert_can_be_silenced_with_those_like_it_and_the_silence_ended(world: World) -> None:
    told = alert()
    world.save(told)
    action, page = f"/alerts/{told.id}/silence", f"/alerts/{told.id}"
    fields = {"analyst": "Ryu", "reason": "announced drills", "hours": "8", "rules": told.rules[0]}
    answer = await world.form(page, action, **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/silences")
    with world.app.parts.database.read() as conn:
        (made,) = silences.all(conn)
    assert (made.rules, made.max_level, made.until) == (frozenset(told.rules), Level.HIGH, NOW + 8 * HOUR)
    assert "1 silence in force" in await world.text("/")
    await world.form("/silences", f"/silences/{made.id}/end")
    assert "No silence is in force" in await world.text("/silences")


@pytest.mark.parametrize(
    "wrong", [{"rules": ""}, {"rules": "other"}, {"reason": " "}, {"analyst": ""}, {"hours": "9999"}]
)
async def test_a_silence_that_says_too_little_or_too_much_is_none(
    world: World, wrong: dict[str, str]
) -> None:
    told = alert()
    world.save(told)
    fields = {"analyst": "Ryu", "reason": "drills", "hours": "2", "rules": told.rules[0], **wrong}
    answer = await world.form(f"/alerts/{told.id}", f"/alerts/{told.id}/silence", **fields)
    assert answer.status_code == 400
    with world.app.parts.database.read() as conn:
        assert silences.all(conn) == []


# --- indicators --------------------------------------------------------------------------------------


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("North Korea fired a ballistic missile on Tuesday.", "Fires."),
        ("North Korea may fire a ballistic missile.", "One condition alone stands in the way: status"),
        ("The weather was fine.", "No sentence tells of such a deed."),
    ],
)
async def test_a_text_can_be_tried_on_a_rule(world: World, text: str, said: str) -> None:
    shown = (await world.client.get("/indicators/dprk-missile-launch", params={"try": text})).text
    assert said in shown
    assert f">{text}</textarea>" in shown


async def test_the_page_of_a_rule_shows_what_its_revisions_changed(world: World) -> None:
    texts = ("level: medium\n", "level: high\n")
    with world.app.parts.database.write() as conn:
        for at, text in enumerate(texts):
            revision = {"dprk-missile-launch": f"r{at}"}
            rule_sets.enter(
                conn, revision, text_of={"dprk-missile-launch": text}.__getitem__, now=NOW + at * HOUR
            )
    shown = await world.text("/indicators/dprk-missile-launch")
    assert '<span class="taken">-level: medium</span>' in shown
    assert '<span class="added">+level: high</span>' in shown


async def test_times_are_told_in_the_zones_of_the_region(world: World) -> None:
    assert "12 Mar 08:00 KST/JST · 07:00 CST · 11 Mar 23:00 UTC</time>" in await world.text("/")


# --- safety ------------------------------------------------------------------------------------------


@pytest.mark.fault("WB01", "WB02")
async def test_nothing_from_a_feed_becomes_markup(world: World) -> None:
    evil = report(
        title=EVIL, publisher=EVIL, url="javascript:alert(1)", sentence=span(EVIL, within=EVIL), evidence=()
    )
    told = alert(titles=(EVIL,), reports=(evil,))
    world.save(told)
    for path in (*PAGES, f"/alerts/{told.id}", f"/alerts?text={EVIL}"):
        shown = await world.text(path)
        assert "<script>" not in shown, path
        assert "<img src=x" not in shown, path
        assert 'href="javascript' not in shown, path


@pytest.mark.fault("TK06", "WB16")
@pytest.mark.parametrize("path", [*PAGES, "/static/site.css", "/nowhere"])
async def test_every_answer_forbids_what_is_not_ours(world: World, path: str) -> None:
    headers = (await world.client.get(path)).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"  # the address of a page may be a secret link


@pytest.mark.fault("CF05")
async def test_another_name_for_this_machine_is_refused(world: World) -> None:
    answer = await world.client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400


# --- health ------------------------------------------------------------------------------------------


async def test_health_tells_the_truth(world: World) -> None:
    assert (await world.client.get("/healthz")).json()["faults"] == {"scheduler": "never ran"}
    with world.app.parts.database.write() as conn:
        service.beat(conn, HEARTBEAT, now=NOW)
        service.beat(conn, "rules", now=NOW, fault="x.yml:1:1: broken")
    assert (await world.client.get("/healthz")).status_code == 200
    answer = await world.client.get("/readyz")
    assert (answer.status_code, list(answer.json()["degraded"])) == (200, ["rules"])
    world.clock.move(hours=1)
    assert (await world.client.get("/healthz")).status_code == 503


async def test_a_port_that_is_taken_leaves_the_service_without_pages(world: World) -> None:
    port = world.client.base_url.port
    assert port is not None
    async with serving(create(Site(app=world.app), hosts=["*"]), host="127.0.0.1", port=port) as other:
        assert other is None


@pytest.mark.fault("WB13")
@pytest.mark.parametrize(
    ("body", "status"), [(b"x" * 70_000, 413), (b"a=1&" * 2000, 400), (b"note=\xff", 400), (b"{" * 9000, 403)]
)
async def test_a_form_that_is_none_of_ours_is_not_read_to_its_end(
    world: World, body: bytes, status: int
) -> None:
    told = alert()
    world.save(told)
    answer = await world.client.post(f"/alerts/{told.id}/verdict", content=body)
    assert answer.status_code == status
    assert (await world.client.get("/healthz")).status_code in {200, 503}


@pytest.mark.fault("WB20")
@pytest.mark.parametrize(
    "path",
    ["/static/..%2f..%2fpages.py", "/static/%2e%2e/routes.py", "/static//etc/passwd", "/static/..\\site.py"],
)
async def test_no_file_but_ours_is_served(world: World, path: str) -> None:
    assert (await world.client.get(path)).status_code == 404


@pytest.mark.fault("WB06")
@pytest.mark.parametrize(
    "onward", ["//evil.example", "/\\evil.example", "https:evil.example", "javascript:x"]
)
async def test_no_question_leads_to_another_site(world: World, onward: str) -> None:
    told = alert()
    world.save(told)
    for name in ("next", "url", "return", "redirect"):
        for path in (*PAGES, f"/alerts/{told.id}"):
            answer = await world.client.get(path, params={name: onward})
            assert "evil" not in answer.headers.get("location", "")
            assert 'href="//evil' not in answer.text
    action = f"/alerts/{told.id}/verdict"
    said = await world.form(f"/alerts/{told.id}", action, analyst="Ryu", opinion="false", next=onward)
    assert said.headers["location"] == f"/alerts/{told.id}"


REFLECTED = ["text", "actor", "place", "rule", "level", "since", "until", "after", "publisher", "status", "x"]


@pytest.mark.fault("WB02")
@pytest.mark.parametrize("name", REFLECTED)
async def test_no_word_of_a_question_becomes_markup(world: World, name: str) -> None:
    for path in ("/", "/alerts", "/indicators", "/pictures", "/feeds", "/alerts/as/atom"):
        answer = await world.client.get(path, params={name: EVIL})
        assert answer.status_code < 500
        if answer.headers["content-type"].startswith("text/html"):
            assert "<script>alert" not in answer.text
            assert "<img src=x" not in answer.text


@pytest.mark.fault("WB02")
@pytest.mark.parametrize("path", ["/{}", "/alerts/{}", "/indicators/{}", "/pictures/{}.csv", "/alerts/as/{}"])
async def test_no_word_of_an_address_becomes_markup(world: World, path: str) -> None:
    answer = await world.client.get(path.format(quote(EVIL, safe="")))
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


@pytest.mark.fault("WB03")
@pytest.mark.parametrize("form", FORMATS)
async def test_no_export_is_taken_for_a_page(world: World, form: str) -> None:
    world.save(alert(reports=(report(title=EVIL),)))
    answer = await world.client.get(f"/alerts/as/{form}", headers={"accept": "text/html"})
    assert answer.headers["content-type"].partition(";")[0] == FORMATS[form].media_type.partition(";")[0]
    assert "html" not in answer.headers["content-type"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.fault("WB13")
async def test_a_form_without_end_is_cut_off(world: World) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100 * 2**20:
            sent += 2**16
            yield b"a" * 2**16

    told = alert()
    world.save(told)
    with suppress(httpx.TransportError):  # cut off while it still speaks
        answer = await world.client.post(f"/alerts/{told.id}/verdict", content=endless())
        assert answer.status_code == 413
    assert sent < 100 * 2**20


@pytest.mark.fault("WB15")
async def test_visitors_who_say_nothing_keep_nobody_out(world: World) -> None:
    port = world.client.base_url.port
    idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
    for _, writer in idle[:50]:
        writer.write(b"GET / HTTP/1.1\r\nHost: 127.0")
    assert (await world.client.get("/")).status_code == 200
    for _, writer in idle:
        writer.close()

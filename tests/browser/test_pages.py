"""Every page in a real browser: for whoever cannot see colours, has no JavaScript, or is sent something evil."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from browsing import Served, served
from builders import NOW, alert, feed, report, span
from fakes import FakeClock, FakeReader
from playwright.async_api import Browser, Dialog, Page, expect

from monitor.matching.load import load_pack
from monitor.model import Alert, Count, Level, Report
from monitor.storage import alerts, feeds

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("browser")]
RULES = Path(__file__).parents[1] / "data" / "rules"
PAGES = (
    "/",
    "/alerts",
    "/alerts?text=fired&level=high",
    "/alerts?text=nowhere",
    "/alerts?since=yesterday",
    "/alerts/{alert}",
    "/indicators",
    "/indicators/dprk-missile-launch",
    "/indicators/dprk-missile-launch/edit",
    "/silences",
    "/pictures",
    "/feeds",
    "/how-it-works",
    "/subscribe",
    "/nowhere",
)
ALERTS = 1000
EVIL = 40  # alerts that carry something evil
PER_ALERT = 5
LARGEST = 150_000  # bytes of a page
LOOKS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
GRAVE = {"serious", "critical"}


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """A service with a history of a thousand alerts, some with something evil in what a feed said."""
    folder = tmp_path_factory.mktemp("pages")
    async with served(
        folder, FakeClock(NOW), pack=load_pack([RULES]), mail=1, reader=FakeReader({})
    ) as running:
        with running.app.parts.database.write() as conn:
            feeds.add(conn, feed(name=next(payloads()), publisher=next(payloads())), now=NOW)
            for told in history():
                alerts.save(conn, told)
        yield running


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def page(browser: Browser, service: Served) -> AsyncIterator[Page]:
    context = await browser.new_context(base_url=service.address)
    yield await context.new_page()
    await context.close()


@pytest.mark.parametrize("path", PAGES)
async def test_axe_finds_no_grave_fault_and_no_page_is_large(page: Page, path: str) -> None:
    answer = await page.goto(path.format(alert=f"{7:016x}"))
    assert answer
    assert len(await answer.body()) < LARGEST
    for look in LOOKS:
        await page.emulate_media(color_scheme=look)
        found = await Axe().run(page)
        grave = [
            (look, each["id"], node["html"][:200], node["failureSummary"])
            for each in found.response["violations"]
            if each["impact"] in GRAVE
            for node in each["nodes"][:3]
        ]
        assert not grave


async def test_every_page_can_be_read_without_javascript(browser: Browser, service: Served) -> None:
    context = await browser.new_context(base_url=service.address, java_script_enabled=False)
    page = await context.new_page()
    for path in PAGES:
        await page.goto(path.format(alert=f"{7:016x}"))
        assert (await page.locator("main").inner_text()).strip(), path
        assert await page.locator("h1").count() == 1, path
    await context.close()


async def test_the_reader_is_told_the_time_of_the_own_zone_and_of_new_alerts(
    browser: Browser, service: Served
) -> None:
    context = await browser.new_context(base_url=service.address, timezone_id="America/New_York")
    page = await context.new_page()
    await page.clock.install()
    await page.goto("/")
    assert "11 Mar 19:00 with you" in await page.locator("footer time").inner_text()
    with service.app.parts.database.write() as conn:
        alerts.save(conn, alert(id="f" * 16, opened=NOW))
    await page.clock.fast_forward("01:01")
    await expect(page.get_by_role("status")).to_have_text("1 new alert: show")
    await context.close()


@pytest.mark.fault("WB01", "WB02")
async def test_nothing_that_a_feed_says_runs(browser: Browser, service: Served) -> None:
    context = await browser.new_context(base_url=service.address, bypass_csp=True)  # escaping alone must do
    page = await context.new_page()
    opened: list[str] = []

    async def dismiss(dialog: Dialog) -> None:
        opened.append(f"{page.url}: {dialog.message}")
        await dialog.dismiss()

    page.on("dialog", dismiss)
    found = set()
    for path in (*PAGES, *pages_of_the_evil()):
        answer = await page.goto(path.format(alert=f"{7:016x}"))
        assert answer
        text = await answer.text()
        found |= set(re.findall(r"evil\d+", text))
        assert await page.locator("[data-evil], main script, main iframe, main svg[onload]").count() == 0, (
            path
        )
        assert not await page.evaluate("'evil' in window"), path
    assert opened == []
    assert len(found) >= 200
    await context.close()


# --- a history with something evil in it -------------------------------------------------------------

_MARKUP = (
    "<script data-evil>{}</script>",
    "<img data-evil src=x onerror={}>",
    "<svg data-evil onload={}>",
    '"><script data-evil>{}</script>',
    "'><img data-evil src=x onerror='{}'>",
    "</title><script data-evil>{}</script>",
    "</mark></blockquote><iframe data-evil srcdoc='<script>{}</script>'>",
    '" onmouseover="{}" data-evil="',
    "' autofocus onfocus='{}' data-evil='",
    "<a data-evil href='javascript:{}'>x</a>",
    "<details data-evil open ontoggle={}>",
    "<body data-evil onload={}>",
    "<math data-evil><mi xlink:href='javascript:{}'>",
    "{{{{ {} }}}}{{% raw %}}",
    "]]><script data-evil>{}</script>",
    "--><script data-evil>{}</script>",
    "&lt;script data-evil&gt;{}&lt;/script&gt;",
    "<style data-evil>@import 'javascript:{}'</style>",
    "<form data-evil action='javascript:{}'><button autofocus>",
    "\u202e<scr\u0000ipt data-evil>{}</script>",
)
_DEEDS = (
    "alert('evil')",
    "window.evil=1",
    "(0,eval)('alert(1)')",
    "confirm(1)",
    "prompt`1`",
    "top.evil=1",
    "setTimeout('alert(1)')",
    "document.body.dataset.evil=1",
    "[1].map(alert)",
    "location='javascript:alert(1)'",
)


def payloads() -> Iterator[str]:
    """Two hundred, each with a name of its own."""
    for number, (markup, deed) in enumerate(itertools.product(_MARKUP, _DEEDS)):
        yield f"evil{number} " + markup.format(deed)


def history() -> Iterator[Alert]:
    """A thousand alerts, three hours apart; the first forty carry five evil reports each."""
    evil = list(payloads())
    for at in range(ALERTS):
        payload = evil[at * PER_ALERT % len(evil)]
        opened = NOW - dt.timedelta(hours=at * 3)
        yield alert(
            id=f"{at:016x}",
            titles=(payload if at < EVIL else "North Korea launches a missile",),
            places=(payload if at < EVIL else "east-sea", "sunan"),
            level=list(Level)[at % 5],
            opened=opened,
            updated=opened,
            date=opened.date(),
            count=Count(min=2, max=2, text=payload),
            reports=tuple(reports(at, evil)),
        )


def reports(at: int, evil: Sequence[str]) -> Iterator[Report]:
    """Of the alert of that number."""
    if at >= EVIL:
        yield from (report(article=f"{at}-{more}", publisher=f"Wire {more}") for more in range(at % 4 + 1))
        return
    for payload in evil[at * PER_ALERT : (at + 1) * PER_ALERT]:
        yield report(
            article=f"{at} {payload}",
            title=payload,
            publisher=payload,
            url="javascript:alert(1)",
            sentence=span(payload, within=payload),
            evidence=(),
        )


def pages_of_the_evil() -> Iterator[str]:
    """Every alert that holds something evil, and a search for some."""
    yield from (f"/alerts/{at:016x}" for at in range(EVIL))
    yield "/alerts?" + urlencode({"text": "<script data-evil>alert(1)</script>", "rule": '"><img data-evil>'})

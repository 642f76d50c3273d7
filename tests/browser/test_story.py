"""A reader's story, in a real browser: from subscribing to leaving."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from browsing import Served, served
from builders import NOW
from fakes import FakeClock
from feedserver import FeedServer, feed_server
from mailserver import MailServer, mail_server
from playwright.async_api import Browser, Page, expect

from monitor.matching.load import load_pack

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.xdist_group("browser"),
    pytest.mark.model,
]
RULES = Path(__file__).parents[1] / "data" / "rules"
HEADLINE = "North Korea fires two short-range ballistic missiles on Thursday"
_MAILED_WITHIN = 20  # seconds


@dataclass(frozen=True, kw_only=True)
class World:
    service: Served
    mail: MailServer
    feeds: FeedServer
    page: Page

    async def link(self, words: str) -> str:
        """Where a link of the newest mail leads, found by words in its address; mails go after the answer."""
        async with asyncio.timeout(_MAILED_WITHIN):
            while not self.mail.mails:  # noqa: ASYNC110 - it comes by the mail server's own thread
                await asyncio.sleep(0.05)
        body = self.mail.mails[-1].get_body(("plain",))
        assert body
        found = re.search(rf"({re.escape(self.service.address)}\S*{words}\S*)", body.get_content())
        assert found, body.get_content()
        return found[1]

    async def report(self, headline: str, *, days: int = 0) -> None:
        """The feed brings a new report so many days later, and the service does its round."""
        old = ("old", "Weather over the East Sea", NOW - dt.timedelta(days=1))
        self.service.clock.move(days=days, minutes=11)
        self.feeds.publish("wire", [(headline, headline, self.service.clock()), old])
        await self.service.app.round()


@pytest_asyncio.fixture(loop_scope="session")
async def world(browser: Browser, tmp_path: Path) -> AsyncIterator[World]:
    with feed_server() as feeds:
        url = feeds.publish("wire", [("old", "Weather over the East Sea", NOW - dt.timedelta(days=1))])
        wire = {"id": "wire", "url": url, "name": "Wire A", "publisher": "Wire A", "grade": "B"}
        async with (
            mail_server() as mail,
            served(
                tmp_path, FakeClock(NOW), pack=load_pack([RULES]), mail=mail.port, part={"feeds": [wire]}
            ) as service,
        ):
            await service.app.round()  # the baseline
            context = await browser.new_context(base_url=service.address)
            context.set_default_timeout(10_000)
            yield World(service=service, mail=mail, feeds=feeds, page=await context.new_page())
            await context.close()


async def test_a_reader_subscribes_is_told_judges_silences_and_leaves(world: World) -> None:
    page = world.page
    await page.goto("/subscribe")
    await page.get_by_label("Your address").fill("ryu@example.org")
    await page.get_by_label("From this level").select_option("medium")
    await page.get_by_role("button", name="Subscribe").click()
    await expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()

    await page.goto(await world.link("/confirm/"))
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_role("heading", name="Your subscription")).to_be_visible()

    await world.report(HEADLINE)
    assert "North Korea fired 2 short-range ballistic missiles" in str(world.mail.mails[-1]["Subject"])

    await page.goto("/")
    await page.get_by_role("article").get_by_role("link").first.click()
    await expect(page.locator("mark.actor").first).to_have_text("North Korea")
    await expect(page.locator("main")).to_contain_text("Wire A, grade B")

    await page.goto("/indicators/dprk-missile-launch")
    await page.get_by_label("A sentence or a short article").fill("North Korea may fire a ballistic missile.")
    await page.get_by_role("button", name="What does the rule say?").click()
    await expect(page.get_by_role("status")).to_contain_text("One condition alone stands in the way: status")

    await page.get_by_label("Search the history").fill("ballistic fires")
    await page.get_by_label("Search the history").press("Enter")
    await page.get_by_role("article").get_by_role("link").first.click()

    judging = page.locator("form", has=page.get_by_role("button", name="Give the verdict"))
    await judging.get_by_label("Your name").fill("Ryu")
    await judging.get_by_label("This alert is").select_option("false")
    await judging.get_by_label("Why").fill("A rehearsal of the film.")
    await judging.get_by_role("button").click()
    await expect(page.locator("main")).to_contain_text("A rehearsal of the film.")

    await page.get_by_text("Silence alerts like this one").click()
    silencing = page.locator("form", has=page.get_by_role("button", name="Silence"))
    await silencing.get_by_label("For").select_option("a week")
    await silencing.get_by_label("Why").fill("announced drills")
    await silencing.get_by_role("button").click()
    await expect(page.locator("main")).to_contain_text("announced drills")
    mails = len(world.mail.mails)
    await world.report("North Korea fires three short-range ballistic missiles on Friday", days=1)
    assert len(world.mail.mails) == mails
    await page.get_by_role("button", name="End now").click()
    await expect(page.locator("main")).to_contain_text("No silence is in force")

    await page.goto(await world.link("/manage/"))
    await page.get_by_role("button", name="End this subscription").click()
    await expect(page.get_by_role("heading", name="You have left")).to_be_visible()

"""Writes docs/*.png anew: the pages and the messages as a browser shows them, with the alerts of the demo.

`python tests/screenshots.py` writes those that the documents show; `--all FOLDER` every page and message, light and
dark, on a phone and on a desk.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

from browsing import Served, browser, served
from builders import delivery
from fakes import FakeClock
from mailserver import mail_server
from playwright.async_api import Browser, Page
from slacklook import look as slack_look

from monitor.alerting.channels.slack import compose
from monitor.alerting.digest import digest
from monitor.alerting.render import html, render
from monitor.demo.loopback import serve
from monitor.demo.sample import END, START, SampleFeed, load_week
from monitor.demo.server import feed_app
from monitor.matching.load import load_pack
from monitor.model import Alert, Held, Message, Notice, Reason, Timing, notice_id
from monitor.storage import alerts
from monitor.storage.query import AlertQuery

DOCS = Path(__file__).parents[1] / "docs"
STEP = dt.timedelta(minutes=30)
WIDTHS = {"phone": 390, "desk": 1280}
Look = Literal["light", "dark"]
LOOKS: tuple[Look, ...] = ("light", "dark")
TRIED = "North Korea may fire a ballistic missile toward the East Sea, Seoul said."
PAGES = {
    "board": "/",
    "search": "/alerts?text=missile",
    "alert": "/alerts/{alert}",
    "try": "/indicators/dprk-missile-launch?" + urlencode({"try": TRIED}),
    "indicators": "/indicators",
    "indicator": "/indicators/dprk-missile-launch",
    "edit": "/indicators/dprk-missile-launch/edit",
    "pictures": "/pictures",
    "feeds": "/feeds",
    "how-it-works": "/how-it-works",
    "subscribe": "/subscribe",
}
MESSAGES = ("mail", "mail-digest", "mail-notice", "slack", "slack-digest")


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One picture in docs/."""

    page: str
    width: str = "desk"
    look: Look = "light"
    height: int = 800

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{self.page}-{self.look}-{self.width}.png"


SHOTS = (
    Shot(page="board"),
    Shot(page="alert"),
    Shot(page="try", look="dark"),
    Shot(page="pictures"),
    Shot(page="search", look="dark"),
    Shot(page="edit"),
    Shot(page="board", width="phone", look="dark"),
    Shot(page="mail", height=1100),
    Shot(page="mail", width="phone", look="dark"),
    Shot(page="slack", width="phone", height=960),
)


async def write(folder: Path, shots: tuple[Shot, ...], *, whole: bool) -> None:
    """Write the shots into the folder; `whole` pages, else what fits a screen."""
    with tempfile.TemporaryDirectory() as scratch:
        async with _week(Path(scratch)) as service, browser() as chromium:
            alert, messages = _fullest(service), _messages(service)
            for shot in shots:
                page = await _opened(chromium, shot, service.address)
                if shot.page in messages:
                    await page.set_content(messages[shot.page])
                else:
                    await page.goto(PAGES[shot.page].format(alert=alert.id))
                await page.screenshot(path=folder / shot.name, full_page=whole)
                await page.close()


@contextlib.asynccontextmanager
async def _week(folder: Path) -> AsyncIterator[Served]:
    """The service as it stands after the sample week, lived through step by step."""
    week, clock = load_week(), FakeClock(START)
    with serve(feed_app(week, clock)) as feeds:
        given = {
            "feeds": [
                {"id": feed.id, "url": f"{feeds}/feeds/{feed.id}", "group": "sample", **_about(feed)}
                for feed in week
            ],
            "subscriptions": [{"id": "desk", "channel": "mail", "target": "desk@example.org"}],
        }
        pack = load_pack([DOCS.parent / "rules"])
        async with (
            mail_server() as mail,
            served(folder, clock, pack=pack, mail=mail.port, part=given) as service,
        ):
            while clock() < END:
                await service.app.round()
                clock.now += STEP
            yield service


def _about(feed: SampleFeed) -> dict[str, str]:
    return {name: getattr(feed, name) for name in ("name", "publisher", "country", "grade")}


def _fullest(service: Served) -> Alert:
    with service.app.parts.database.read() as conn:
        told = alerts.search(conn, AlertQuery(shadow=False, limit=None))
    return max(told, key=lambda each: (len(each.reports), each.level))


def _messages(service: Served) -> dict[str, str]:
    """Each message as its receiver's program shows it."""
    with service.app.parts.database.read() as conn:
        told = alerts.search(conn, AlertQuery(shadow=False, limit=4))
    one = replace(
        _message(service, _fullest(service), reason=Reason.UPDATED),
        changes=("count at least 2 to 3", "corroborated by Sample Tokyo Bulletin"),
    )
    batch = f"desk@{END.isoformat()}"
    held = [_message(service, each, held=Held.QUIET_HOURS, batch=batch) for each in told]
    several = replace(digest(held, timing=Timing(zone="Asia/Seoul")), manage=one.manage)
    notice = Notice(
        id=notice_id("confirm", "desk"),
        subscription="desk",
        target="desk@example.org",
        headline="Please confirm: alerts on North-East Asian security",
        lines=("Somebody, we hope you, asked for alerts to this address.", "If it was not you, do nothing."),
        link="https://alerts.example.org/confirm/x",
        link_text="Confirm the subscription",
        created=END,
    )
    mails = {"mail": html(one), "mail-digest": html(several), "mail-notice": html(notice)}
    return mails | {
        "slack": slack_look(compose(one, buttons=True)),
        "slack-digest": slack_look(compose(several)),
    }


def _message(service: Served, alert: Alert, **changed: object) -> Message:
    made = delivery(alert=alert.id, revision=alert.revision, created=END, **changed)
    message = render(alert, made, names=service.app.names, zone="Europe/Berlin")
    page = f"https://alerts.example.org/alerts/{alert.id}"
    return replace(message, page=page, manage="https://alerts.example.org/manage/x")


async def _opened(chromium: Browser, shot: Shot, address: str) -> Page:
    return await chromium.new_page(
        base_url=address,
        color_scheme=shot.look,
        viewport={"width": WIDTHS[shot.width], "height": shot.height},
    )


def main() -> None:
    """Read the command line and write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--all", metavar="FOLDER", type=Path, help="every page, whole, into this folder")
    options.add_argument("--only", metavar="NAME", nargs="*", help="these pages and messages alone")
    asked = options.parse_args()
    if asked.all:
        asked.all.mkdir(parents=True, exist_ok=True)
        every = tuple(
            Shot(page=page, width=width, look=shade)
            for page in (*PAGES, *MESSAGES)
            for width in WIDTHS
            for shade in LOOKS
        )
        asyncio.run(write(asked.all, _chosen(every, asked.only), whole=True))
    else:
        asyncio.run(write(DOCS, _chosen(SHOTS, asked.only), whole=False))


def _chosen(shots: tuple[Shot, ...], names: list[str] | None) -> tuple[Shot, ...]:
    return tuple(shot for shot in shots if names is None or shot.page in names)


if __name__ == "__main__":
    main()

"""Writes docs/*.png anew: the pages as a browser shows them, with the alerts of the demo.

`python tests/screenshots.py` writes those that the documents show; `--all FOLDER` every page, light and dark, on
a phone and on a desk.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

from browsing import Served, browser, served
from fakes import FakeClock
from mailserver import mail_server
from playwright.async_api import Browser

from monitor.demo.loopback import serve
from monitor.demo.sample import END, START, SampleFeed, load_week
from monitor.demo.server import feed_app
from monitor.matching.load import load_pack
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
)


async def write(folder: Path, shots: tuple[Shot, ...], *, whole: bool) -> None:
    """Write the shots into the folder; `whole` pages, else what fits a screen."""
    with tempfile.TemporaryDirectory() as scratch:
        async with _week(Path(scratch)) as service, browser() as chromium:
            alert = _fullest(service)
            for shot in shots:
                await _write(folder / shot.name, shot, chromium, service.address, alert, whole=whole)


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


def _fullest(service: Served) -> str:
    with service.app.parts.database.read() as conn:
        told = alerts.search(conn, AlertQuery(shadow=False, limit=None))
    return max(told, key=lambda each: (len(each.reports), each.level)).id


async def _write(path: Path, shot: Shot, chromium: Browser, address: str, alert: str, *, whole: bool) -> None:
    page = await chromium.new_page(
        base_url=address,
        color_scheme=shot.look,
        viewport={"width": WIDTHS[shot.width], "height": shot.height},
    )
    await page.goto(PAGES[shot.page].format(alert=alert))
    await page.screenshot(path=path, full_page=whole)
    await page.close()


def main() -> None:
    """Read the command line and write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--all", metavar="FOLDER", type=Path, help="every page, whole, into this folder")
    asked = options.parse_args()
    if asked.all:
        asked.all.mkdir(parents=True, exist_ok=True)
        every = tuple(
            Shot(page=page, width=width, look=look) for page in PAGES for width in WIDTHS for look in LOOKS
        )
        asyncio.run(write(asked.all, every, whole=True))
    else:
        asyncio.run(write(DOCS, SHOTS, whole=False))


if __name__ == "__main__":
    main()

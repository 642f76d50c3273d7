"""A real browser for the pages, shut in on this machine, and a real service for it to look at."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import playwright.async_api
from fakes import FakeClock
from playwright.async_api import Browser, async_playwright

from monitor.app import App
from monitor.config import Config
from monitor.demo.loopback import HOST, listen, port_of
from monitor.matching.load import Pack
from monitor.pipeline import Reader
from monitor.web import create, serving
from monitor.web.site import Site

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Unavailable(Exception):
    """No browser on this machine."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """A service and the address of its pages."""

    app: App
    clock: FakeClock
    address: str


def chromium() -> str:
    """The browser's program; Unavailable where there is none."""
    asked = os.environ.get("CHROMIUM", "")
    found = shutil.which(asked) if asked else next(filter(None, map(shutil.which, _NAMES)), None)
    if not found:
        raise Unavailable("no Chromium: install it, or name the program in CHROMIUM")
    return found


def chosen_port() -> int:
    """A port that is free just now."""
    with listen() as listener:
        return port_of(listener)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window, up while the block runs; Unavailable where it does not start."""
    program = chromium()
    async with async_playwright() as driver:
        try:
            started = await driver.chromium.launch(executable_path=program, args=list(_SWITCHES))
        except playwright.async_api.Error as error:
            raise Unavailable(f"{program} does not start: {error}") from error
        try:
            yield started
        finally:
            await started.close()


@asynccontextmanager
async def served(
    folder: Path,
    clock: FakeClock,
    *,
    pack: Pack,
    mail: int = 0,
    reader: Reader | None = None,
    part: Mapping[str, object] | None = None,
) -> AsyncIterator[Served]:
    """A service with its pages on a free port.

    `mail` is the port of a mail server that takes its mails; `part` goes into the config.
    """
    port = chosen_port()
    address = f"http://{HOST}:{port}"
    config = Config.model_validate({**_settings(address, mail), **(part or {})}, context={"folder": folder})
    given = (lambda: reader) if reader else None
    async with App.open(config, clock=clock, pack=pack, reader=given) as app:
        made = create(Site(app=app), hosts=[HOST])
        async with serving(made, host=HOST, port=port) as reached:
            assert reached == address
            yield Served(app=app, clock=clock, address=address)


def _settings(address: str, mail: int) -> Mapping[str, object]:
    channel = {"kind": "email", "host": HOST, "port": mail, "security": "none", "sender": "b@example.org"}
    return {
        "poll": {"allow_networks": [f"{HOST}/32"]},
        "channels": {"mail": channel} if mail else {},
        "web": {"address": address, "subscribe": "mail" if mail else "", "edit_rules": True},
    }

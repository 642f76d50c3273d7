"""The pages as a test opens them: over real HTTP, with people who sign in by real mail."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from builders import NOW, alert
from fakes import FakeClock, FakeReader
from mailserver import MailServer, mail_server
from sqlalchemy import select

from monitor.app import App
from monitor.config import Config
from monitor.demo.loopback import HOST
from monitor.matching.load import load_pack
from monitor.model import Alert, Record, Subscription, Token
from monitor.storage import alerts, audit, subscriptions, tokens
from monitor.storage.tables import metadata
from monitor.web import create, serving
from monitor.web.site import Site

RULES = Path(__file__).parent / "data" / "rules"
ADDRESS = "http://alerts.example.org"
PEOPLE = {"rho@example.org": "reader", "ahn@example.org": "analyst", "kim@example.org": "admin"}
_FORM = re.compile(r'name="token" value="([^"]+)"')


@dataclass(frozen=True, kw_only=True)
class World:
    """A service with its pages, and a browser before them."""

    site: Site
    client: httpx.AsyncClient
    clock: FakeClock
    mail: MailServer

    @property
    def app(self) -> App:
        return self.site.app

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[World]:
        """The same service before another browser."""
        async with httpx.AsyncClient(base_url=self.client.base_url) as client:
            yield replace(self, client=client)

    async def form(self, path: str, action: str = "", **fields: str) -> httpx.Response:
        """Open a page, fill in its form and send it, as a browser does."""
        shown = (await self.client.get(path)).text
        found = _FORM.search(shown)
        assert found, shown
        return await self.client.post(action or path, data={"token": found[1], **fields})

    async def ask(self, person: str, **fields: str) -> httpx.Response:
        return await self.form("/sign-in", person=person, **fields)

    async def mailed(self, count: int) -> str:
        """Where the link of the last mail leads, once so many have come."""
        while len(self.mail.mails) < count:  # noqa: ASYNC110 - the server tells nobody of a mail
            await asyncio.sleep(0.01)
        body = self.mail.mails[-1].get_body(("plain",))
        assert body is not None
        found = re.search(rf"{ADDRESS}(/sign-in/\S+)", body.get_content())
        assert found
        return found[1]

    async def sign_in(self, person: str, **fields: str) -> httpx.Response:
        count = len(self.mail.mails)
        assert (await self.ask(person, **fields)).status_code == 200
        return await self.form(await self.mailed(count + 1))

    def save(self, told: Alert | None = None) -> str:
        told = told or alert()
        with self.app.parts.database.write() as conn:
            alerts.save(conn, told)
        return told.id

    def subscribe(self, **changed: Any) -> Subscription:
        """A subscription that somebody asked for on the pages."""
        made = Subscription(
            **{"id": "by-mail-1", "channel": "mail", "target": "sue@example.org", "asked": NOW, **changed}
        )
        with self.app.parts.database.write() as conn:
            subscriptions.add(conn, made)
        return made

    def token(self, scope: str) -> dict[str, str]:
        """The header of a new token of that scope."""
        with self.app.parts.database.write() as conn:
            shown = tokens.add(conn, Token(name=scope, scope=scope, created=self.clock.now))
        return {"authorization": f"Bearer {shown}"}

    def audited(self) -> list[Record]:
        with self.app.parts.database.read() as conn:
            return audit.listed(conn)

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that the database holds."""
        with self.app.parts.database.read() as conn:
            return {
                table.name: sorted((tuple(row) for row in conn.execute(select(table))), key=repr)
                for table in metadata.sorted_tables
            }


@asynccontextmanager
async def open_world(
    folder: Path, *, web: Mapping[str, Any] | None = None, url: str = "", address: str = ADDRESS
) -> AsyncIterator[World]:
    """Pages where those of PEOPLE sign in, unless `web` says otherwise."""
    signing_in = {"people": PEOPLE, "sign_in": "mail", "address": address, "subscribe": "mail"}
    async with mail_server() as mail:
        post = {
            "kind": "email",
            "host": HOST,
            "port": mail.port,
            "security": "none",
            "sender": "b@example.org",
        }
        values = {
            "web": signing_in if web is None else web,
            "channels": {"mail": post},
            "storage": {"url": url or f"sqlite:///{folder / 'monitor.db'}"},
            "feeds": [{"id": "a", "url": "https://a.example/rss", "name": "Wire A", "publisher": "A"}],
        }
        config = Config.model_validate(values, context={"folder": folder})
        clock = FakeClock(NOW)
        async with App.open(
            config, clock=clock, pack=load_pack([RULES]), reader=lambda: FakeReader({})
        ) as app:
            site = Site(app=app)
            async with (
                serving(create(site, hosts=["*"]), host=HOST, port=0, proxies=["127.0.0.1/32"]) as where,
                httpx.AsyncClient(base_url=str(where)) as client,
            ):
                yield World(site=site, client=client, clock=clock, mail=mail)

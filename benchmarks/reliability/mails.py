"""The form that anybody may send, sent a thousand times; and every address of the pages, asked by GET."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import re
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from builders import NOW, alert, delivery
from fakes import FakeClock, FakeReader
from mailserver import MailServer, mail_server

from benchmarks.reliability import TESTS
from benchmarks.reliability.figure import Figure, Progress
from benchmarks.reliability.sweep import paths
from monitor.app import App
from monitor.config import Config
from monitor.matching.load import load_pack
from monitor.model.mailbox import mailbox
from monitor.storage import alerts, deliveries, subscriptions
from monitor.storage.tables import metadata
from monitor.web import create, serving
from monitor.web.site import Site

SEED = 5
_DAY = dt.timedelta(days=1)
_SPELLINGS = ("{}@example.org", "{}+news@example.org", "{}@EXAMPLE.org", "{}+a+b@example.org")
_TOKEN = re.compile(r'name="token" value="([^"]+)"')


@dataclass(frozen=True, kw_only=True)
class Open:
    """A service whose pages are open to subscribers, with its mail server."""

    app: App
    client: httpx.AsyncClient
    clock: FakeClock
    mail: MailServer


def measure(posts: int, progress: Progress) -> list[Figure]:
    """So many posts within a day, for few addresses in many spellings; then the sweep."""
    with tempfile.TemporaryDirectory(prefix="bongsu-mails-") as folder:
        return asyncio.run(_measure(Path(folder), posts, progress))


async def _measure(folder: Path, posts: int, progress: Progress) -> list[Figure]:
    async with _opened(folder) as world:
        statuses = await _post(world, posts, progress)
        asked = Counter(mailbox(str(mail["To"])) for mail in world.mail.mails)
        alerted = sum("confirm" not in str(mail["Subject"]).lower() for mail in world.mail.mails)
        changed, swept = await _sweep(world)
    return [
        Figure(
            what="the form to subscribe, posted within one day",
            tried=f"{posts:,} posts, {len(asked)} mailboxes mailed",
            harm={
                "asked twice": sum(count > 1 for count in asked.values()),
                "told before they said yes": alerted,
                "faults": sum(
                    count for status, count in statuses.items() if status >= httpx.codes.INTERNAL_SERVER_ERROR
                ),
            },
            note=f"{statuses[httpx.codes.TOO_MANY_REQUESTS]:,} turned away (429)",
        ),
        Figure(
            what="every address of the pages, by GET and HEAD",
            tried=f"{swept} addresses",
            harm={"tables changed": changed},
            note="links that confirm, change and leave among them",
        ),
    ]


async def _post(world: Open, posts: int, progress: Progress) -> Counter[int]:
    """The statuses; a third of the posts is for one mailbox."""
    draw = random.Random(SEED)  # noqa: S311 - addresses, no secret
    token = _TOKEN.search((await world.client.get("/subscribe")).text)
    assert token
    statuses: Counter[int] = Counter()
    for number in range(posts):
        name = "victim" if draw.random() < 1 / 3 else f"reader{draw.randrange(posts)}"
        target = draw.choice(_SPELLINGS).format(name)
        fields = {"token": token[1], "target": target, "min_level": "informational", "zone": "UTC"}
        statuses[(await world.client.post("/subscribe", data=fields)).status_code] += 1
        world.clock.now += _DAY / (posts + 1)
        progress(number + 1, posts)
    await world.app.round()
    return statuses


async def _sweep(world: Open) -> tuple[int, int]:
    """How many tables a GET or HEAD of any address changed, and how many addresses there are."""
    with world.app.parts.database.write() as conn:
        told = alert()
        alerts.save(conn, told)
        deliveries.enqueue(conn, [delivery()])
        for each in subscriptions.all(conn)[4:]:  # a few links of each kind will do
            if each.asked:
                subscriptions.remove(conn, each.id)
    before = _tables(world.app)
    swept = list(dict.fromkeys(paths(world.app)))
    for path in swept:
        await world.client.get(path)
        await world.client.head(path)
    after = _tables(world.app)
    return sum(after[name] != rows for name, rows in before.items()), len(swept)


def _tables(app: App) -> dict[str, list[str]]:
    """All rows of each table."""
    with app.parts.database.read() as conn:
        return {
            table.name: sorted(map(str, conn.execute(table.select()))) for table in metadata.sorted_tables
        }


@asynccontextmanager
async def _opened(folder: Path) -> AsyncIterator[Open]:
    clock = FakeClock(NOW)
    async with mail_server() as mail:
        config = Config.model_validate(_config(mail.port), context={"folder": folder})
        pack = load_pack([TESTS / "data" / "rules"])
        async with App.open(config, clock=clock, pack=pack, reader=lambda: FakeReader({})) as app:
            made = create(Site(app=app), hosts=["127.0.0.1"])
            async with (
                serving(made, host="127.0.0.1", port=0) as address,
                httpx.AsyncClient(base_url=str(address), timeout=30) as client,
            ):
                yield Open(app=app, client=client, clock=clock, mail=mail)


def _config(port: int) -> dict[str, object]:
    mail = {"kind": "email", "host": "127.0.0.1", "port": port, "security": "none", "sender": "b@example.org"}
    web = {"subscribe": "mail", "address": "https://alerts.example.org"}
    return {"channels": {"mail": mail}, "web": web, "subscriptions": []}

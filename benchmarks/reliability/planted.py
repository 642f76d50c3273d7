"""Secrets planted in every place that holds one, everything made to fail: none is ever shown."""

from __future__ import annotations

import asyncio
import io
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager, redirect_stderr
from pathlib import Path

import httpx
from builders import NOW
from commands import run
from fakes import FakeClock, FakeReader
from feedserver import FeedServer, feed_server
from mailserver import mail_server

from benchmarks.reliability.figure import Figure, Progress
from benchmarks.reliability.sweep import sweep
from benchmarks.reliability.worker import events, word
from monitor.app import App
from monitor.cli.output import log_to_stderr
from monitor.config import load
from monitor.errors import MonitorError
from monitor.exports import FORMATS
from monitor.links import Purpose
from monitor.model import Subscription
from monitor.storage import Database, keys, subscriptions
from monitor.storage.tables import metadata
from monitor.web import create, serving
from monitor.web.site import Site

PLANTED = {
    name: f"zq{at:02}planted{at:02}qz"
    for at, name in enumerate(
        (
            "mail password",
            "mail password by environment",
            "Slack webhook",
            "Slack token",
            "webhook address",
            "webhook key",
            "dead man's switch",
            "database password",
            "feed key",
            "value of a wrong config",
            "address of a subscriber",
        )
    )
}
_OWN = {  # whose own it is may see it: the operator's lists of addresses, a subscriber's pages
    ("feed key", "feeds export"),
    ("feed key", "feeds list --json"),
    ("feed key", "database"),
    ("signing key", "database"),
    ("feed key", "backup"),
    ("signing key", "backup"),
    *(("address of a subscriber", f"page /{purpose}") for purpose in Purpose),
}
_FOR_READERS = "page "  # the operator may see who subscribes; readers may not


def measure(progress: Progress, commands: Sequence[tuple[str, ...]] | None = None) -> list[Figure]:
    """All that the service says, searched for all that it must not say."""
    with tempfile.TemporaryDirectory(prefix="bongsu-secrets-") as folder, _environment():
        said = _everything(Path(folder), COMMANDS if commands is None else commands)
        progress(1, 1)
    hits = [(name, where) for where, text in said.items() for name in _found(text) if _told(name, where)]
    return [
        Figure(
            what="secrets planted, everything failing, all output searched",
            tried=f"{len(PLANTED) + 1} secrets, {len(said)} outputs",
            harm={"shown": len(hits)},
            note="; ".join(f"{name} in {where}" for name, where in hits)
            or "log at debug, pages, exports, commands",
        )
    ]


def _found(text: str) -> list[str]:
    return [name for name, value in [*PLANTED.items(), *_SIGNING.items()] if value in text]


def _told(name: str, where: str) -> bool:
    """Whether it may not stand there."""
    if name == "address of a subscriber" and not where.startswith(_FOR_READERS):
        return False
    return not any(name == owned and where.startswith(place) for owned, place in _OWN)


_SIGNING: dict[str, str] = {}  # the service makes this secret for itself


def _everything(folder: Path, commands: Sequence[tuple[str, ...]]) -> Mapping[str, str]:
    """Every output, by where it stands."""
    log = io.StringIO()
    with feed_server() as server, redirect_stderr(log):
        log_to_stderr()
        path = folder / "config.toml"
        said = asyncio.run(_service(path, server))
        said |= {f"{' '.join(words)}": _command(path, *words) for words in commands}
        wrong = folder / "wrong.toml"
        wrong.write_text(f'[poll]\ninterval = "{PLANTED["value of a wrong config"]}"\n', encoding="utf-8")
        said["a wrong config"] = _command(wrong, "doctor")
        said["no database"] = _no_database()
    return {**said, "log": log.getvalue()}


COMMANDS = (
    ("doctor", "--json"),
    ("feeds", "list", "--json"),
    ("feeds", "export"),
    ("deliveries", "list", "--json"),
    ("subscriptions", "list", "--json"),
    ("alerts", "list", "--json"),
    *(("alerts", "export", "--format", form) for form in FORMATS),
)


def _command(config: Path, *words: str) -> str:
    answer = run(*words, "--config", config)
    return answer.out + answer.err


async def _service(path: Path, server: FeedServer) -> dict[str, str]:
    """A service whose feeds and channels fail, until it has nothing more to say."""
    said: dict[str, str] = {}
    clock = FakeClock(NOW)
    async with AsyncExitStack() as stack:
        mail = await stack.enter_async_context(mail_server())
        path.write_text(_config(server, mail.port), encoding="utf-8")  # noqa: ASYNC240 - nobody waits
        reader = FakeReader(events(1))
        app = await stack.enter_async_context(App.open(load(path), clock=clock, reader=lambda: reader))
        said["config"] = repr(app.parts.config)
        with app.parts.database.write() as conn:
            _SIGNING["signing key"] = keys.signing_key(conn)
            wish = Subscription(
                id="reader",
                channel="mail",
                target=f"{PLANTED['address of a subscriber']}@example.org",
                asked=NOW,
            )
            subscriptions.add(conn, wish)
        await _fail(app, server, clock)
        made = create(Site(app=app), hosts=["127.0.0.1"])
        address = await stack.enter_async_context(serving(made, host="127.0.0.1", port=0))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=str(address), timeout=30))
        with app.parts.database.read() as conn:
            rows = [conn.execute(table.select()).all() for table in metadata.sorted_tables]
        said["database"] = str(rows)
        copy = path.with_name("copy.db")
        app.parts.database.backup(copy)
        said["backup"] = copy.read_bytes().decode("latin-1")
        said |= {f"page {place}": answer.text for place, answer in (await sweep(app, client)).items()}
    return said


async def _fail(app: App, server: FeedServer, clock: FakeClock) -> None:
    """An alert that no channel takes, then a feed that fails, and the notices of all that."""
    key = PLANTED["feed key"]
    server.publish(f"wire?key={key}", [("old", "Nothing of note", NOW)])
    await app.round()
    clock.move(hours=1)
    server.publish(f"wire?key={key}", [("1", f"{word(0)} fired", clock.now)])
    await app.beat()
    await app.round()
    server.broken.add(f"/wire?key={key}")
    for _ in range(3):
        clock.move(hours=13)
        await app.beat()
        await app.round()
        await app.tell()
        await app.ping()


def _config(server: FeedServer, mail_port: int) -> str:
    quoted = {name: json.dumps(value) for name, value in PLANTED.items()}
    at = {name: json.dumps(server.url(value)) for name, value in PLANTED.items()}
    kinds = ("mail", "mail-2", "slack", "bot", "hook")
    wishes = "\n".join(
        f'[[subscriptions]]\nid = "desk-{kind}"\nchannel = "{kind}"\nnotices = true\ntarget = "desk@example.org"'
        for kind in kinds
    )
    return f"""
[poll]
allow_networks = ["127.0.0.1/32"]
[scheduler]
ping = {at["dead man's switch"]}
[web]
subscribe = "mail"
address = "https://alerts.example.org"
[channels.mail]
kind = "email"
host = "127.0.0.1"
port = {mail_port}
security = "none"
username = "bongsu"
sender = "bongsu@example.org"
password = {quoted["mail password"]}
[channels.mail-2]
kind = "email"
host = "127.0.0.1"
port = {mail_port}
security = "none"
username = "bongsu"
sender = "bongsu@example.org"
password = {{env = "PLANTED"}}
[channels.slack]
kind = "slack"
webhook_url = {at["Slack webhook"]}
per_minute = 0
[channels.bot]
kind = "slack"
token = {quoted["Slack token"]}
slack_channel = "#alerts"
per_minute = 0
api_url = {json.dumps(server.url("api"))}
[channels.hook]
kind = "webhook"
url = {at["webhook address"]}
secret = {quoted["webhook key"]}
{wishes}
[[feeds]]
id = "wire"
url = {json.dumps(server.url(f"wire?key={PLANTED['feed key']}"))}
name = "Wire"
publisher = "Wire"
"""


def _no_database() -> str:
    """What is said of a server that is not there."""
    database = Database(f"postgresql://bongsu:{PLANTED['database password']}@127.0.0.1:1/none")
    try:
        with database.read():
            return "the server was there"
    except MonitorError as error:
        return f"{database.name} {error} {error.__cause__!r}"


@contextmanager
def _environment() -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(MONITOR_LOG="debug", PLANTED=PLANTED["mail password by environment"])
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)

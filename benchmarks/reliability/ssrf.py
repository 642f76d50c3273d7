"""Addresses that are not public, in every spelling, by every way that asks one: nobody is reached."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import rich.console
from builders import NOW, feed, message

from benchmarks.reliability.figure import Figure, Progress
from benchmarks.reliability.worker import parse_here
from monitor.alerting.channels import open_channel
from monitor.alerting.channels.settings import Settings, SlackSettings, WebhookSettings
from monitor.errors import DeliveryError
from monitor.feeds.poll import poll
from monitor.http import Client
from monitor.model import FeedState
from monitor.pipeline import at_once

_AGE = dt.timedelta(days=7)
_HERE = "127.0.0.2"  # where the server that redirects is, which the operator lists

LITERALS = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),  # noqa: S104 - to be refused
    *("169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "192.88.99.1"),
    *("198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1"),
    *(
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:7f00:1",
    ),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "100::1", "2001::7f00:1", "2001:db8::1"),
    *("2002:7f00:1::", "2002:a9fe:a9fe::", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1"),
    *("fec0::1", "ff02::1"),
)
SPELLINGS = (
    *(
        "0",
        "127.1",
        "127.0.1",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "0x7f000001",
        "0x7f.1",
        "0x7F.0x0.0.1",
    ),
    *("127.0.0.1.", "00127.0.0.1", "①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "localhost", "LOCALHOST"),
    *(
        "localhost.",
        "ⓛocalhost",
        "localhost.localdomain",
        "[::1%25lo]",
        "[fe80::1%25lo]",
        "127.0.0.1\\@public.example",
    ),
    *(
        "public.example@127.0.0.1",
        "u:p@127.0.0.1",
        "127.0.0.1#@public.example",
        "127.0.0.1%2f@public.example",
    ),
    *("127.0.0.1%00.public.example", "127.0.0.1\t", " 127.0.0.1", "127.0.0.1\n"),
)
NAMES = tuple(f"name-of-{number}.example" for number in range(len(LITERALS)))
SCHEMES = (
    "file:///etc/hostname",
    "ftp://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/",
    "//127.0.0.1:{port}/x",
)

Way = Callable[[Client, str], Awaitable[None]]


def forms(port: int) -> list[str]:
    """Every address to try; `port` is the canary's."""
    literal = (f"[{each}]" if ":" in each else each for each in LITERALS)
    hosts = (*literal, *SPELLINGS, *NAMES)
    return [f"http://{host}:{port}/" for host in hosts] + [each.format(port=port) for each in SCHEMES]


@dataclass(kw_only=True)
class Canary:
    """Listens on every address of this machine and counts who comes."""

    port: int = 0
    connections: int = 0


def measure(progress: Progress, limit: int | None = None) -> list[Figure]:
    """Every form by every way."""
    reached, tried, ways = asyncio.run(_try(progress, limit))
    return [
        Figure(
            what="addresses that are not public, asked as " + ", ".join(ways),
            tried=f"{tried // len(ways)} forms x {len(ways)} ways",
            harm={"connections at the canary": reached},
            note="names that lead there among them",
        )
    ]


async def _try(progress: Progress, limit: int | None) -> tuple[int, int, list[str]]:
    async with _canary() as canary, _redirecting() as (base, places):
        client = Client(
            user_agent="figures", allow_networks=[f"{_HERE}/32"], timeout=5, per_host=9, resolve=_resolve
        )
        ways = _ways(base, places)
        pairs = [(way, url) for way in ways for url in forms(canary.port)[:limit]]
        done = 0

        async def one(pair: tuple[str, str]) -> None:
            nonlocal done
            await ways[pair[0]](client, pair[1])
            done += 1
            progress(done, len(pairs))

        async with client:
            await at_once(8, pairs, one)
        return canary.connections, len(pairs), list(ways)


def _ways(base: str, places: dict[str, str]) -> Mapping[str, Way]:
    """Every way by which the service asks an address that somebody else named."""

    async def as_feed(client: Client, url: str) -> None:
        asked, state = feed(url=url), FeedState(feed="f")
        await poll(client, asked, state, now=NOW, known=lambda _: {}, max_age=_AGE, parse=parse_here)

    async def as_redirect(client: Client, url: str) -> None:
        path = f"/{len(places)}"
        places[path] = url
        await as_feed(client, base + path)

    def posted(settings: Callable[[str], Settings]) -> Way:
        async def post(client: Client, url: str) -> None:
            channel = open_channel(settings(url), poster=client, console=rich.console.Console())
            with suppress(DeliveryError):
                await channel.send(message(), now=NOW)

        return post

    return {
        "feed": as_feed,
        "redirect": as_redirect,
        "webhook": posted(lambda url: WebhookSettings(url=url, secret="", source="urn:x")),
        "Slack": posted(lambda url: SlackSettings(webhook_url=url)),
    }


async def _resolve(host: str, port: int) -> Sequence[str]:
    """Our names lead to the addresses above; all others go by the system, which knows odd spellings."""
    if host in NAMES:
        return [LITERALS[NAMES.index(host)]]
    found = await asyncio.get_running_loop().getaddrinfo(host, port)
    return [str(address[0]) for *_, address in found]


@asynccontextmanager
async def _canary() -> AsyncIterator[Canary]:
    canary = Canary()

    def heard(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        canary.connections += 1
        writer.close()

    server = await asyncio.start_server(heard, "0.0.0.0", 0)  # noqa: S104 - so that nobody is missed
    canary.port = server.sockets[0].getsockname()[1]
    async with AsyncExitStack() as listening:
        await listening.enter_async_context(server)
        with suppress(OSError):  # no IPv6 here
            await listening.enter_async_context(await asyncio.start_server(heard, "::1", canary.port))
        yield canary


@asynccontextmanager
async def _redirecting() -> AsyncIterator[tuple[str, dict[str, str]]]:
    """A server that sends whoever asks a path on to the address put there."""
    places: dict[str, str] = {}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
        onward = places[path].encode()
        writer.write(
            b"HTTP/1.1 302 Found\r\nlocation: "
            + onward
            + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, _HERE, 0)
    async with server:
        yield f"http://{_HERE}:{server.sockets[0].getsockname()[1]}", places

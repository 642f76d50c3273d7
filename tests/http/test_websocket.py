"""WebSockets of the client: by the guard, encrypted as HTTPS is, and silent about what an address holds."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
import trustme
from websockets.asyncio.server import ServerConnection, serve

from monitor.errors import AddressRefused, FetchError
from monitor.http import Client

HOST = "127.0.0.1"
TICKET = "ticket=s3cret"


async def echo(connection: ServerConnection) -> None:
    async for text in connection:
        await connection.send(text)


@asynccontextmanager
async def echoing(tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async with serve(echo, HOST, 0, ssl=tls) as server:
        yield next(iter(server.sockets)).getsockname()[1]


def client(*allowed: str, tls: ssl.SSLContext | None = None) -> Client:
    """Every name leads to loopback."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        del host, port
        return [HOST]

    return Client(user_agent="test", allow_networks=allowed, timeout=5, resolve=resolve, tls=tls)


async def echoed(web: Client, url: str) -> str:
    async with web, web.socket(url) as socket:
        await socket.send("hello")
        return await anext(socket.texts())


async def test_texts_go_and_come() -> None:
    async with echoing() as port:
        assert await echoed(client(f"{HOST}/32"), f"ws://wss.example:{port}/link") == "hello"


async def test_an_address_that_is_not_public_is_refused() -> None:
    async with echoing() as port:
        with pytest.raises(AddressRefused) as refused:
            await echoed(client(), f"ws://wss.example:{port}/?{TICKET}")
    assert "s3cret" not in str(refused.value)


async def test_wss_is_encrypted_and_the_name_is_checked() -> None:
    authority, trusting = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(trusting)
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("wss.example").configure_cert(served)
    async with echoing(served) as port:
        assert await echoed(client(f"{HOST}/32", tls=trusting), f"wss://wss.example:{port}/") == "hello"
        with pytest.raises(FetchError):
            await echoed(client(f"{HOST}/32", tls=trusting), f"wss://other.example:{port}/")


@pytest.mark.parametrize(
    "url",
    [f"https://wss.example/?{TICKET}", "ws://", f"ws://user:s3cret@wss.example/?{TICKET}", "not an address"],
)
async def test_what_is_no_address_of_one_is_said_without_its_secret(url: str) -> None:
    with pytest.raises(FetchError, match="not an address") as raised:
        await echoed(client(f"{HOST}/32"), url)
    assert "s3cret" not in str(raised.value)


async def test_a_server_that_speaks_no_websocket_is_an_error_without_the_ticket() -> None:
    async with echoing() as port:
        pass
    with pytest.raises(FetchError) as raised:
        await echoed(client(f"{HOST}/32"), f"ws://wss.example:{port}/?{TICKET}")
    assert "s3cret" not in str(raised.value)


async def test_a_connection_that_breaks_is_told_from_one_that_ends() -> None:
    async def leave(connection: ServerConnection) -> None:
        if connection.request and connection.request.path == "/breaks":
            connection.transport.abort()

    async with serve(leave, HOST, 0) as server, client(f"{HOST}/32") as web:
        port = next(iter(server.sockets)).getsockname()[1]
        async with web.socket(f"ws://wss.example:{port}/ends") as socket:
            assert [each async for each in socket.texts()] == []
        with pytest.raises(FetchError, match="broke"):
            async with web.socket(f"ws://wss.example:{port}/breaks") as socket:
                assert [each async for each in socket.texts()] == []

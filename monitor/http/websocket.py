"""WebSockets by the same guard as every other connection: to the very address that was checked.

The library for the protocol is an extra; without it nothing here can be called, and nothing else misses it.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

import httpx

from monitor.errors import AddressRefused, FetchError, UsageError
from monitor.http.guard import Guard, NotPublicError

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

_LARGEST = 2**20  # bytes of one message
_PORTS = {"ws": 80, "wss": 443}


class Socket(Protocol):
    """An open WebSocket."""

    async def send(self, text: str) -> None:
        """Send a text; FetchError where the connection is gone."""

    def texts(self) -> AsyncIterator[str]:
        """The texts that come, until the other side closes; FetchError where the connection breaks."""


@asynccontextmanager
async def open_socket(
    url: str,
    *,
    guard: Guard,
    tls: ssl.SSLContext,
    user_agent: str,
    timeout: float,  # noqa: ASYNC109  handed on to the library
) -> AsyncIterator[Socket]:
    """An open WebSocket; neither proxy nor redirect is followed away from the address that was checked.

    Errors name the origin only, for the address holds a ticket. Raises AddressRefused or FetchError when there is no
    connection, and UsageError without the library.
    """
    try:
        from websockets.asyncio.client import connect  # noqa: PLC0415 - an extra, which may not be there
        from websockets.exceptions import WebSocketException  # noqa: PLC0415
    except ModuleNotFoundError as error:
        said = "WebSockets are an extra that is not installed: pip install 'bongsu[slack-app]'"
        raise UsageError(said) from error
    target = _target(url)
    origin = f"{target.scheme}://{target.netloc.decode('ascii')}"
    port = target.port or _PORTS[target.scheme]
    try:
        address, *_ = await guard.addresses(target.host, port)
        opened = await connect(
            url,
            host=address,
            port=port,
            ssl=tls if target.scheme == "wss" else None,
            proxy=None,
            max_size=_LARGEST,
            open_timeout=timeout,
            user_agent_header=user_agent,
        )
    except NotPublicError:
        what = "refused: this address is not public; if it is yours, list its network in allow_networks"
        raise AddressRefused(what, url=origin) from None
    except (WebSocketException, OSError, EOFError, ValueError) as error:  # TimeoutError is an OSError
        raise FetchError(f"no WebSocket ({type(error).__name__})", url=origin) from None
    try:
        yield _Open(opened, origin)
    finally:
        await opened.close()


class _Open:
    def __init__(self, opened: ClientConnection, origin: str) -> None:
        self._opened = opened
        self._origin = origin

    async def send(self, text: str) -> None:
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 - it is there, else nothing is open

        try:
            await self._opened.send(text)
        except ConnectionClosed as error:
            raise FetchError("the connection is gone", url=self._origin) from error

    async def texts(self) -> AsyncIterator[str]:
        from websockets.exceptions import ConnectionClosed, ConnectionClosedOK  # noqa: PLC0415 - as above

        try:
            while True:
                told = await self._opened.recv()
                if isinstance(told, str):
                    yield told
        except ConnectionClosedOK:
            return
        except ConnectionClosed as error:
            raise FetchError("the connection broke", url=self._origin) from error


def _target(url: str) -> httpx.URL:
    try:
        target = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError("not an address", url="the WebSocket") from error
    if target.scheme not in _PORTS or not target.host or target.userinfo:
        raise FetchError("not an address that starts with wss:// or ws://", url="the WebSocket")
    return target

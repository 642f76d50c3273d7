"""Where requests may go: the check of addresses, and connections to what was checked."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from zlib import crc32

import httpcore
import httpx

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""(host, port) -> the IP addresses of the host, in order of preference; OSError when there is none."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


_POOLS = 64
_KEPT = 2  # idle connections of one pool
_IDLE = 15.0  # seconds that they are kept
_CONNECT = 10.0  # seconds for one address, so that the next may be tried within the deadline

# Not reachable as a public host, though `is_global` of some Python versions says so.
_NOT_PUBLIC: tuple[Network, ...] = tuple(
    ipaddress.ip_network(net)
    for net in (
        "192.0.0.0/24",  # protocol assignments, some clouds' metadata
        "192.88.99.0/24",  # 6to4 relays
        "::/96",  # IPv4-compatible
        "64:ff9b:1::/48",  # local translation
        "2001::/23",  # Teredo and other protocol assignments
        "2002::/16",  # 6to4: leads to any IPv4 address
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fec0::/10",  # site-local
    )
)
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # an IPv4 address in its last 32 bits


class NotPublicError(Exception):
    """An address was turned down; the client adds whose it was."""


class Guard(httpcore.AsyncNetworkBackend):
    """Looks a host up, refuses it if any of its addresses is not public, connects to what it checked."""

    def __init__(self, allowed: tuple[Network, ...], resolve: Resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to a checked address of `host`; NotPublicError, or OSError without an address."""
        addresses = await self.addresses(host, port)
        return _Connection(
            await self._first(addresses, port, timeout or _CONNECT, local_address, socket_options)
        )

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """The addresses of `host`, every one of them checked; NotPublicError, or OSError without an address."""
        addresses = _literal(host) or await self._resolve(host, port)
        if not addresses:
            raise OSError(f"the name {host} has no address")
        if not all(self._may_reach(ipaddress.ip_address(address)) for address in addresses):
            raise NotPublicError
        return addresses

    async def sleep(self, seconds: float) -> None:
        """Wait, as the pool does between its retries."""
        await self._network.sleep(seconds)

    async def _first(
        self,
        addresses: Sequence[str],
        port: int,
        timeout: float,  # noqa: ASYNC109  handed on to httpcore
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        *others, last = addresses
        for address in others:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(last, port, timeout, local_address, socket_options)

    def _may_reach(self, address: _Address) -> bool:
        meant = _unwrapped(address)
        return _public(meant) or any(meant in network for network in self._allowed)


class _Connection(httpcore.AsyncNetworkStream):
    """A connection that is closed when its TLS handshake is broken off: httpcore forgets it at a deadline."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  same
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  same
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's interface
    ) -> httpcore.AsyncNetworkStream:
        """The encrypted stream; whatever ends the handshake closes the connection."""
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            await self._stream.aclose()
            raise


class Transport(httpx.AsyncBaseTransport):
    """httpx's transport over connection pools that know no way but through the guard.

    A pool goes through all its connections at every request, so that each of many has those of few hosts.
    """

    def __init__(self, guard: Guard, tls: ssl.SSLContext) -> None:
        self._pools = [
            httpcore.AsyncConnectionPool(
                ssl_context=tls,
                max_connections=None,
                max_keepalive_connections=_KEPT,
                keepalive_expiry=_IDLE,
                network_backend=guard,
            )
            for _ in range(_POOLS)
        ]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to one request, its body still to be read; raises httpcore's errors."""
        pool = self._pools[crc32(request.url.raw_host) % _POOLS]
        answer = await pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        """Close the pools with their connections."""
        for pool in self._pools:
            await pool.aclose()


class _Stream(httpx.AsyncByteStream):
    """The raw body of an answer of the pool."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """The addresses that the system's resolver gives; it also reads odd spellings such as 0x7f.1."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _literal(host: str) -> Sequence[str]:
    """The host itself where it is an IP address in its plain form."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return []


def _unwrapped(address: _Address) -> _Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address


def _public(address: _Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in _NOT_PUBLIC if network.version == address.version)
    )

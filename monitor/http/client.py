"""The one HTTP client: feeds, pages, webhooks and Slack all go through it.

It trusts neither the address nor the answer. Every connection, redirects included, goes to the very
address that was checked, so a name that changes its mind between check and use gains nothing. Answers
are bounded in time and in decoded bytes while they stream in.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_network
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

import httpcore
import httpx

from monitor.errors import AddressRefused, FetchError
from monitor.http.body import decoded
from monitor.http.guard import Guard, NotPublicError, Resolve, Transport, system_resolve
from monitor.http.lanes import ASIDE_AT_HOST, Lane
from monitor.http.websocket import Socket, open_socket

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_BODILESS = frozenset({204, 304})  # their Content-Length speaks of a body that does not come
_MAX_REDIRECTS = 5
_LAST_PORT = 65_535
_LARGE = (
    2**20
)  # bytes; beyond it an answer waits its turn, so that many together take little more memory than one
_PATIENCE = 5.0  # seconds that it waits
_REMEMBERED = 1_000  # hosts, until those that were asked long ago are forgotten
_LONGEST_APART = 300.0  # seconds; nobody keeps requests further apart
_PRIVATE_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """A whole answer, whatever its status."""

    status: int
    url: str  # where it came from, after redirects
    headers: Mapping[str, str]  # names in lower case
    body: bytes  # decoded
    moved_to: str | None = None  # where the address has moved for good: every hop was 301 or 308
    onward: str | None = None  # where it redirects to, if the redirect was not followed


@cache
def _authorities() -> ssl.SSLContext:
    """The authorities that are trusted: read once, for every client trusts the same."""
    return httpx.create_ssl_context(trust_env=False)


class Client:
    """Asks addresses that are public or listed, within limits. An async context manager.

    `allow_networks` lists networks to allow though not public ("127.0.0.1/32"); `timeout` is the time in
    seconds for a whole answer, redirects included, waiting for a free slot not; `max_bytes` bounds the
    decoded body; `per_host` and `total` bound the documents that are got at a time. An answer that does not come for
    two seconds lets another request to its host begin, up to three times `per_host` in all.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow_networks: Sequence[str] = (),
        timeout: float = 30.0,
        max_bytes: int = 10 * 2**20,
        per_host: int = 2,
        total: int = 64,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = Guard(
            tuple(ip_network(net, strict=False) for net in allow_networks), resolve or system_resolve
        )
        self._tls = tls or _authorities()
        self._user_agent = user_agent
        self._http = httpx.AsyncClient(
            transport=Transport(self._guard, self._tls),
            trust_env=False,  # a proxy would look names up by itself, past the guard
            timeout=None,  # noqa: S113  the deadline covers the whole answer, which httpx's timeout does not
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"user-agent": user_agent, "accept-encoding": "gzip"},
        )
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._per_host = per_host
        self._slots = asyncio.Semaphore(total)
        self._large = asyncio.Semaphore(1)
        self._asked: dict[str, float] = {}  # by host: when it was last asked
        self._hosts: WeakValueDictionary[str, Lane] = WeakValueDictionary()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Response:
        """The answer at `url` or where it redirects to, at most five times.

        Headers that carry credentials stay with the origin they were given for.
        Raises AddressRefused, or FetchError when no whole answer came; a status is never an error here.
        """
        target = _target(url)
        async with self._slot(target.host), self._deadline(url):
            return await self._follow(target, dict(headers or {}))

    async def step(
        self, url: str, *, headers: Mapping[str, str] | None = None, apart: float = 0.0, max_bytes: int = 0
    ) -> Response:
        """The answer at `url` itself: a redirect is told as `onward`, for whoever asks may not want to go there.

        The request goes out `apart` seconds or more after the last one to that host, whoever made it;
        `max_bytes`, where it is given, is the cap if it is lower than the client's. Raises as `get` does.
        """
        target = _target(url)
        async with self._slot(target.host, apart), self._deadline(url):
            response = await self._ask("GET", target, headers or {}, subject=str(target), cap=max_bytes)
        location = response.headers.get("location")
        if response.status not in _REDIRECTS or location is None:
            return response
        return replace(response, onward=str(_redirect(target, location, {})[0]))

    async def post(self, url: str, *, content: bytes, headers: Mapping[str, str] | None = None) -> Response:
        """The answer to `content` posted to `url`; redirects are not followed.

        It waits for no other request: who posts has lanes of its own, where a slow receiver holds up none that
        happens to have the same host. Errors name the origin only: the path of a webhook may be a secret.
        The status says whether it was taken, so a body that does not come whole within a while counts as empty: to
        post once more for its sake would tell the receiver twice. Raises AddressRefused, or FetchError when no
        status came.
        """
        target = _target(url, subject="the address to post to")
        origin = _origin(target)
        async with self._deadline(origin):
            return await self._ask("POST", target, headers or {}, content=content, subject=origin, spare=True)

    @asynccontextmanager
    async def socket(self, url: str) -> AsyncIterator[Socket]:
        """A WebSocket to `url`, by the same guard; errors name the origin only.

        Raises AddressRefused, FetchError when there is no connection, UsageError without the extra `slack-app`.
        """
        opened = open_socket(
            url, guard=self._guard, tls=self._tls, user_agent=self._user_agent, timeout=self._timeout
        )
        async with opened as connection:
            yield connection

    @asynccontextmanager
    async def _slot(self, host: str, apart: float = 0.0) -> AsyncIterator[None]:
        lane = self._hosts.setdefault(host, Lane(self._per_host, aside=ASIDE_AT_HOST))
        await self._keep_apart(host, apart)
        async with lane.place() as place, self._slots:
            self._asked[host] = asyncio.get_running_loop().time()
            with place.waiting():
                yield

    async def _keep_apart(self, host: str, apart: float) -> None:
        """Wait until the host was not asked for so many seconds."""
        clock = asyncio.get_running_loop().time
        if len(self._asked) > _REMEMBERED:
            self._asked = {name: at for name, at in self._asked.items() if at > clock() - _LONGEST_APART}
        while (wait := self._asked.get(host, clock() - apart) + apart - clock()) > 0:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(wait)

    @asynccontextmanager
    async def _deadline(self, subject: str) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._timeout):
                yield
        except TimeoutError:
            what = f"no whole answer within {self._timeout:g} s"
            raise FetchError(what, url=subject, unsure=True) from None

    async def _follow(self, target: httpx.URL, headers: dict[str, str]) -> Response:
        hops: list[int] = []
        while True:
            response = await self._ask("GET", target, headers, subject=str(target))
            location = response.headers.get("location")
            if response.status not in _REDIRECTS or location is None:
                moved = str(target) if hops and _PERMANENT.issuperset(hops) else None
                return Response(
                    status=response.status,
                    url=str(target),
                    headers=response.headers,
                    body=response.body,
                    moved_to=moved,
                )
            if len(hops) == _MAX_REDIRECTS:
                raise FetchError(f"more than {_MAX_REDIRECTS} redirects", url=str(target))
            hops.append(response.status)
            target, headers = _redirect(target, location, headers)

    async def _ask(
        self,
        method: str,
        target: httpx.URL,
        headers: Mapping[str, str],
        *,
        subject: str,
        content: bytes = b"",
        cap: int = 0,
        spare: bool = False,
    ) -> Response:
        """One request and its answer; with `spare` the answer's body may be missing."""
        read = self._read_if_any if spare else self._read
        try:
            async with self._http.stream(method, target, headers=dict(headers), content=content) as response:
                body = await read(response, subject, min(cap or self._max_bytes, self._max_bytes))
        except NotPublicError:
            what = "refused: this address is not public; if it is yours, list its network in allow_networks"
            raise AddressRefused(what, url=subject) from None
        except (UnicodeError, OSError, zlib.error, *_FAULTS) as error:
            raise FetchError(_say(error), url=subject, unsure=not isinstance(error, _UNMET)) from error
        return Response(
            status=response.status_code, url=str(target), headers=dict(response.headers.items()), body=body
        )

    async def _read(self, response: httpx.Response, subject: str, cap: int) -> bytes:
        """The decoded body; never holds more than the cap and one step."""
        if response.status_code in _BODILESS or (
            response.status_code in _REDIRECTS and "location" in response.headers
        ):
            return b""
        length = response.headers.get("content-length", "")
        if length.isdigit() and (len(length) > len(str(cap)) or int(length) > cap):
            raise _too_large(subject, cap)
        coding = response.headers.get("content-encoding", "").strip().lower()
        body: list[bytes] = []  # joined once at the end: a buffer that grows leaves holes of its former sizes
        size = 0
        async with AsyncExitStack() as held:
            parts = await held.enter_async_context(aclosing(decoded(response, coding, subject)))
            async for part in parts:
                if size + len(part) > cap:
                    raise _too_large(subject, cap)  # no name for it here, which would keep the body alive
                if size <= _LARGE < size + len(part):
                    await self._turn(held)
                body.append(part)
                size += len(part)
            return b"".join(body)

    async def _read_if_any(self, response: httpx.Response, subject: str, cap: int) -> bytes:
        """The decoded body, or nothing where it is broken, too large or does not end."""
        try:
            async with asyncio.timeout(min(_PATIENCE, self._timeout / 2)):
                return await self._read(response, subject, cap)
        except (FetchError, OSError, zlib.error, *_FAULTS):  # OSError: TimeoutError too
            return b""

    async def _turn(self, held: AsyncExitStack) -> None:
        """Wait for the other large answer, but not for ever: it may be slow on purpose."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await held.enter_async_context(self._large)


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds the server asks us to wait (Retry-After, RFC 9110 10.2.3), or None when it says nothing sane."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:10])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


_FAULTS = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
)
_UNMET = (socket.gaierror, httpcore.ConnectError, httpcore.ConnectTimeout)  # no request went out


def _target(url: str, *, subject: str = "") -> httpx.URL:
    """The address, checked in form; errors call it `subject` where it may not be shown."""
    try:
        target = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(f"not an address: {error}", url=subject or url) from error
    if target.scheme not in ("http", "https"):
        raise FetchError("not an address that starts with http:// or https://", url=subject or url)
    if not target.host:
        raise FetchError("the address names no host", url=subject or url)
    if (target.port or 0) > _LAST_PORT:
        raise FetchError(f"not an address: its port is above {_LAST_PORT}", url=subject or url)
    if target.userinfo:
        raise FetchError("the address holds a user name; give credentials as a header", url=_origin(target))
    return target.copy_with(fragment=None)


def _origin(target: httpx.URL) -> str:
    return f"{target.scheme}://{target.netloc.decode('ascii')}"


def _redirect(target: httpx.URL, location: str, headers: dict[str, str]) -> tuple[httpx.URL, dict[str, str]]:
    try:
        onward = _target(str(target.join(location)))
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(
            f"redirects to what is not an address: {location[:200]!r}", url=str(target)
        ) from error
    if target.scheme == "https" and onward.scheme == "http":
        what = (
            "redirects to http, where anybody on the way can write it; give the http address if that will do"
        )
        raise FetchError(what, url=str(target))
    if _origin(onward) == _origin(target):
        return onward, headers
    return onward, {name: value for name, value in headers.items() if name.lower() not in _PRIVATE_HEADERS}


def _too_large(subject: str, cap: int) -> FetchError:
    return FetchError(f"the answer is larger than {cap:,} bytes", url=subject, unsure=True)


def _say(error: Exception) -> str:
    what = str(error) or type(error).__name__
    if isinstance(error, socket.gaierror):
        return f"the name cannot be looked up ({what})"
    if isinstance(error, zlib.error):
        return f"the compressed answer is damaged ({what})"
    if isinstance(error, (httpcore.ConnectError, httpcore.ConnectTimeout)):
        return f"cannot connect ({what})"
    return f"the connection failed ({what})"

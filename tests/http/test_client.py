"""The one HTTP client against a real server: limits, redirects, and what it keeps to itself."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import ssl
from collections.abc import AsyncIterator, Sequence

import pytest
import trustme
from httpserver import Answer, HttpServer, answer, http_server, silence
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import AddressRefused, FetchError
from monitor.http import Client, retry_after

NOW = dt.datetime(2026, 3, 11, 23, 0, tzinfo=dt.UTC)


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with http_server() as running:
        yield running


@pytest.fixture
async def other() -> AsyncIterator[HttpServer]:
    async with http_server() as running:
        yield running


def client(*, timeout: float = 60, max_bytes: int = 100_000, per_host: int = 2, total: int = 64) -> Client:
    """Allowed on loopback, where every name but `private.example` leads."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        del port
        return ["10.0.0.1"] if host == "private.example" else ["127.0.0.1"]

    return Client(
        user_agent="Bongsu (test)",
        allow_networks=["127.0.0.1/32"],
        timeout=timeout,
        max_bytes=max_bytes,
        per_host=per_host,
        total=total,
        resolve=resolve,
    )


async def refused(url: str, **limits: float) -> FetchError:
    async with client(**limits) as web:  # type: ignore[arg-type]  # limits are numbers
        with pytest.raises(FetchError) as caught:
            await web.get(url)
    return caught.value


# --- a whole answer --------------------------------------------------------------------------------


async def test_a_get_brings_status_headers_and_body(server: HttpServer) -> None:
    url = server.serve("/feed?a=b", answer(200, b"<rss/>", ETag='"x"'))
    async with client() as web:
        got = await web.get(url, headers={"If-None-Match": '"w"'})
    (asked,) = server.requests
    assert (got.status, got.url, got.body, got.headers["etag"], got.moved_to) == (
        200,
        url,
        b"<rss/>",
        '"x"',
        None,
    )
    assert (asked.headers["user-agent"], asked.headers["if-none-match"]) == ("Bongsu (test)", '"w"')
    assert asked.headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize("status", [304, 404, 429, 500, 503])
async def test_a_status_is_never_an_error_here(server: HttpServer, status: int) -> None:
    async with client() as web:
        assert (await web.get(server.serve("/", answer(status)))).status == status


async def test_a_fragment_is_not_sent(server: HttpServer) -> None:
    async with client() as web:
        await web.get(server.serve("/a", answer(200)) + "#part")
    assert server.requests[0].path == "/a"


@pytest.mark.fault("SR06")
@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("", "http://"),
        ("feeds.example", "http://"),
        ("file:///etc/passwd", "http://"),
        ("ftp://feeds.example/", "http://"),
        ("javascript:alert(1)", "http://"),
        ("http://", "no host"),
        ("http://a:99999/", "not an address"),
        ("http://a\nb/", "not an address"),
    ],
)
async def test_what_is_no_web_address_is_told(url: str, what: str) -> None:
    assert what in str(await refused(url))


@pytest.mark.fault("SR05")
async def test_a_user_name_in_the_address_is_refused_and_not_repeated() -> None:
    error = await refused("http://desk:s3cret@feeds.example/")
    assert "user name" in str(error)
    assert "s3cret" not in str(error)


@pytest.mark.fault("HT24")
async def test_cookies_are_not_kept(server: HttpServer) -> None:
    url = server.serve("/", answer(200, set_cookie="id=1; Path=/"))
    async with client() as web:
        await web.get(url)
        await web.get(url)
    assert "cookie" not in server.requests[1].headers


# --- a post ----------------------------------------------------------------------------------------


async def test_a_post_carries_its_content_and_headers(server: HttpServer) -> None:
    async with client() as web:
        got = await web.post(
            server.serve("/in", answer(202, b"ok")),
            content=b"{}",
            headers={"content-type": "application/json"},
        )
    (asked,) = server.requests
    assert (asked.method, asked.body, asked.headers["content-type"]) == ("POST", b"{}", "application/json")
    assert (got.status, got.body) == (202, b"ok")


@pytest.mark.fault("SR08")
@pytest.mark.parametrize("word", ["none", "UTF-8", "binary", "identity"])
async def test_a_word_that_is_no_coding_leaves_the_body_as_it_is(server: HttpServer, word: str) -> None:
    async with client() as web:
        got = await web.get(server.serve("/feed", answer(200, b"<rss/>", content_encoding=word)))
    assert got.body == b"<rss/>"


async def never_ending(writer: asyncio.StreamWriter) -> None:
    """A status, and a body that begins and does not end."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\ntaken")
    await writer.drain()
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    "told",
    [
        answer(200, b"taken", content_length="10"),
        answer(200, b"taken", content_length=str(2**30)),
        answer(200, b"taken", content_encoding="br"),
        answer(200, b"taken", content_encoding="gzip"),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\ntaken",
        never_ending,
    ],
    ids=["cut short", "too large", "brotli", "no gzip", "bad chunks", "never ending"],
)
async def test_a_post_is_answered_by_its_status_whatever_becomes_of_the_body(
    server: HttpServer, told: Answer
) -> None:
    async with client(timeout=1) as web:
        got = await web.post(server.serve("/in", told), content=b"{}")
    assert (got.status, got.body) == (200, b"")


async def test_a_post_follows_no_redirect(server: HttpServer) -> None:
    async with client() as web:
        got = await web.post(server.serve("/in", answer(307, location=server.url("/out"))), content=b"{}")
    assert got.status == 307
    assert [asked.path for asked in server.requests] == ["/in"]


@pytest.mark.fault("SR08", "SL08")
@pytest.mark.parametrize(
    "url", ["http://private.example/s3cret", "ftp://feeds.example/s3cret", "s3cret", "http://"]
)
async def test_the_error_of_a_post_names_no_path(url: str) -> None:
    async with client() as web:
        with pytest.raises(FetchError) as caught:
            await web.post(url, content=b"")
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in caught.value.url


# --- redirects -------------------------------------------------------------------------------------


async def test_redirects_are_followed_and_relative_ones_too(server: HttpServer) -> None:
    server.serve("/b/c", answer(302, location="d"))
    server.serve("/b/d", answer(200, b"here"))
    async with client() as web:
        got = await web.get(server.serve("/a", answer(302, location="/b/c")))
    assert (got.url, got.body) == (server.url("/b/d"), b"here")


@pytest.mark.fault("HT13")
@pytest.mark.parametrize(
    ("hops", "moved"),
    [((301,), True), ((308, 301), True), ((302,), False), ((301, 302), False), ((307,), False)],
)
async def test_an_address_has_moved_only_where_every_hop_is_for_good(
    server: HttpServer, hops: tuple[int, ...], *, moved: bool
) -> None:
    for number, status in enumerate(hops):
        server.serve(f"/{number}", answer(status, location=f"/{number + 1}"))
    end = server.serve(f"/{len(hops)}", answer(200))
    async with client() as web:
        got = await web.get(server.url("/0"))
    assert got.moved_to == (end if moved else None)


@pytest.mark.fault("SR02")
@pytest.mark.parametrize(
    "location",
    ["http://10.0.0.1/", "http://private.example/", "http://[::ffff:10.0.0.1]/", "//169.254.169.254/latest"],
)
async def test_every_hop_is_checked(server: HttpServer, location: str) -> None:
    server.serve("/b", answer(302, location=location))
    assert isinstance(await refused(server.serve("/a", answer(302, location="/b"))), AddressRefused)


@pytest.mark.fault("SR06")
@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "gopher://x/", "http://u:p@127.0.0.1/", "http://[", "http://127.0.0.1:99999/"],
)
async def test_a_hop_to_what_is_no_web_address_is_an_error(server: HttpServer, location: str) -> None:
    error = await refused(server.serve("/a", answer(302, location=location)))
    assert len(server.requests) == 1
    assert ":p@" not in str(error)


async def test_a_circle_of_redirects_ends(server: HttpServer) -> None:
    error = await refused(server.serve("/a", answer(302, location="/a")))
    assert "more than 5 redirects" in str(error)
    assert len(server.requests) == 6


async def test_a_redirect_without_a_location_is_an_answer(server: HttpServer) -> None:
    async with client() as web:
        assert (await web.get(server.serve("/a", answer(302, b"body")))).body == b"body"


@pytest.mark.fault("HT24")
async def test_credentials_stay_with_the_origin_they_were_given_for(
    server: HttpServer, other: HttpServer
) -> None:
    other.serve("/c", answer(200))
    server.serve("/b", answer(302, location=other.url("/c")))
    headers = {"Authorization": "Bearer s3cret", "Cookie": "id=1", "X-Plain": "yes"}
    async with client() as web:
        await web.get(server.serve("/a", answer(302, location="/b")), headers=headers)
    assert [asked.headers.get("authorization") for asked in server.requests] == ["Bearer s3cret"] * 2
    assert not {"authorization", "cookie"} & set(other.requests[0].headers)
    assert other.requests[0].headers["x-plain"] == "yes"


@pytest.mark.fault("HT24")
async def test_another_host_at_the_same_address_gets_no_credentials(server: HttpServer) -> None:
    server.serve("/b", answer(200))
    url = server.serve("/a", answer(302, location=server.url("/b", "b.example")), host="a.example")
    async with client() as web:
        await web.get(url, headers={"authorization": "Bearer s3cret"})
    assert "authorization" not in server.requests[1].headers


# --- limits ----------------------------------------------------------------------------------------


async def drip(writer: asyncio.StreamWriter) -> None:
    """Never silent for long, and never done."""
    writer.write(b"HTTP/1.1 200 Told\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def drip_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 Told\r\n")
    while True:
        writer.write(b"x-a: b\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.fault("HT06", "HT07", "HT08")
@pytest.mark.parametrize("told", [silence, drip, drip_headers], ids=["silence", "drip", "headers"])
async def test_the_deadline_is_for_the_whole_answer(server: HttpServer, told: Answer) -> None:
    error = await refused(server.serve("/", told), timeout=0.2)
    assert "no whole answer within 0.2 s" in str(error)


async def flood(writer: asyncio.StreamWriter) -> None:
    """No length announced, and no end."""
    writer.write(b"HTTP/1.1 200 Told\r\n\r\n")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


BOMB = gzip.compress(bytes(50_000_000))


@pytest.mark.fault("HT01", "HT04", "HT05")
@pytest.mark.parametrize(
    "told",
    [
        answer(200, b"x" * 100_001),
        answer(200, b"", content_length="100001"),
        flood,
        answer(200, BOMB, content_encoding="gzip"),
    ],
    ids=["long", "announced", "endless", "bomb"],
)
async def test_an_answer_larger_than_the_cap_is_refused(server: HttpServer, told: Answer) -> None:
    assert "larger than 100,000 bytes" in str(await refused(server.serve("/", told)))


async def test_an_answer_of_just_the_cap_is_taken(server: HttpServer) -> None:
    plain, packed = b"x" * 100_000, gzip.compress(b"x" * 100_000)
    async with client() as web:
        assert (await web.get(server.serve("/a", answer(200, plain)))).body == plain
        got = await web.get(server.serve("/b", answer(200, packed, content_encoding="gzip")))
    assert got.body == plain


@pytest.mark.fault("HT02", "HT03")
@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "deflate", "compress", "identity, gzip"])
async def test_a_coding_that_was_not_asked_for_is_refused(server: HttpServer, coding: str) -> None:
    told = answer(200, gzip.compress(BOMB), content_encoding=coding)
    assert "we asked for gzip at most" in str(await refused(server.serve("/", told)))


PACKED = gzip.compress(b"".join(b"%d " % (n * n) for n in range(400)))


@pytest.mark.fault("HT22", "HT26")
@pytest.mark.parametrize(
    "told",
    [
        answer(200, b"half", content_length="100"),
        answer(200, b"half", content_length="9" * 5000),
        answer(200, PACKED[:-20], content_encoding="gzip"),
        answer(200, b"not gzip at all", content_encoding="gzip"),
        answer(200, PACKED[:100] + b"\xff" * 100 + PACKED[200:], content_encoding="gzip"),
        b"HTTP/1.1 200 Told\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhal",
        b"HTTP/1.1 200 Told\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"",
    ],
    ids=[
        "short",
        "absurd",
        "cut gzip",
        "no gzip",
        "torn gzip",
        "cut chunk",
        "bad chunk",
        "no http",
        "bad status",
        "nothing",
    ],
)
async def test_an_answer_that_is_not_whole_is_an_error(server: HttpServer, told: bytes) -> None:
    error = await refused(server.serve("/", told))
    assert error.url == server.url("/")


async def test_gzip_in_several_members_and_with_padding_is_read_whole(server: HttpServer) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two") + bytes(8)
    async with client() as web:
        got = await web.get(server.serve("/", answer(200, packed, content_encoding="GZIP")))
    assert got.body == b"one two"


async def test_a_server_that_is_down_is_a_fetch_error() -> None:
    async with http_server() as gone:
        url = gone.url("/")
    assert "cannot connect" in str(await refused(url))


async def test_a_handshake_that_is_broken_off_leaves_no_connection_open() -> None:
    closed = asyncio.Event()

    async def listen_only(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other side closes
        closed.set()
        writer.close()

    server = await asyncio.start_server(listen_only, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, client(timeout=0.2) as web:
        with pytest.raises(FetchError, match="no whole answer"):
            await web.get(f"https://127.0.0.1:{port}/")
        async with asyncio.timeout(10):
            await closed.wait()


async def test_plain_http_where_tls_is_meant_is_a_fetch_error(server: HttpServer) -> None:
    await refused(server.url("/").replace("http://", "https://"), timeout=0.2)


class Door:
    """An answer that waits until the test opens, and counts who waits."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.waiting = 0
        self.most = 0

    async def __call__(self, writer: asyncio.StreamWriter) -> None:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        await self.open.wait()
        self.waiting -= 1
        writer.write(answer(200))


async def _settle(door: Door, waiting: int) -> None:
    """Until so many wait; then a little longer, for one too many to show."""
    while door.waiting < waiting:  # noqa: ASYNC110 - the door sends no event
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.05)


async def test_one_host_is_asked_only_so_much_at_a_time(server: HttpServer) -> None:
    door = Door()
    hosts = ["a.example"] * 5 + ["b.example"]
    async with client(per_host=2) as web, asyncio.TaskGroup() as tasks:
        for number, host in enumerate(hosts):
            tasks.create_task(web.get(server.serve(f"/{number}", door, host=host)))
        await _settle(door, 3)
        assert door.waiting == 3  # two of the one host, one of the other
        door.open.set()
    assert len(server.requests) == 6


async def test_all_hosts_together_are_asked_only_so_much_at_a_time(server: HttpServer) -> None:
    door = Door()
    async with client(total=3) as web, asyncio.TaskGroup() as tasks:
        for number in range(6):
            tasks.create_task(web.get(server.serve(f"/{number}", door, host=f"{number}.example")))
        await _settle(door, 3)
        assert door.waiting == 3
        door.open.set()


async def test_waiting_for_a_slot_is_not_held_against_the_deadline(server: HttpServer) -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        writer.write(answer(200))

    async with client(per_host=1, timeout=2.5) as web, asyncio.TaskGroup() as tasks:
        for number in range(10):
            tasks.create_task(web.get(server.serve(f"/{number}", slow)))
    assert len(server.requests) == 10


@pytest.mark.fault("HT25")
async def test_no_proxy_of_the_environment_is_used(
    server: HttpServer, other: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, other.url("/"))
    async with client() as web:
        await web.get(server.serve("/", answer(200)))
    assert (len(server.requests), len(other.requests)) == (1, 0)


@pytest.mark.fault("TL01")
async def test_a_certificate_of_an_unknown_authority_is_not_trusted() -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with server:
        assert "certificate" in str(await refused(f"https://127.0.0.1:{port}/"))


@pytest.mark.fault("TL01")
@pytest.mark.parametrize(
    ("name", "ends", "cause"),
    [
        ("b.example", dt.timedelta(days=1), "Hostname mismatch"),
        ("a.example", -dt.timedelta(days=1), "certificate has expired"),
    ],
)
async def test_a_certificate_of_another_name_or_time_is_not_trusted(
    name: str, ends: dt.timedelta, cause: str
) -> None:
    authority, trusting = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(trusting)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    now = dt.datetime.now(dt.UTC)
    first = now - dt.timedelta(days=9)
    authority.issue_cert(name, not_before=first, not_after=now + ends).configure_cert(context)
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]

    async def resolve(host: str, port: int) -> Sequence[str]:
        del host, port
        return ["127.0.0.1"]

    web = Client(user_agent="test", allow_networks=["127.0.0.1/32"], resolve=resolve, tls=trusting)
    async with server, web:
        with pytest.raises(FetchError, match=cause):
            await web.get(f"https://a.example:{port}/")


@pytest.mark.fault("TL02", "HT24")
async def test_a_redirect_from_https_to_http_is_not_followed(server: HttpServer) -> None:
    authority, trusting = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(trusting)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    plain = server.serve("/", answer(200, b"anybody's words"))

    async def lead_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(301, location=plain))
        await writer.drain()
        writer.close()

    encrypted = await asyncio.start_server(lead_off, "127.0.0.1", 0, ssl=context)
    port = encrypted.sockets[0].getsockname()[1]
    web = Client(user_agent="test", allow_networks=["127.0.0.1/32"], tls=trusting)
    async with encrypted, web:
        with pytest.raises(FetchError, match="redirects to http, where anybody on the way can write it"):
            await web.get(f"https://127.0.0.1:{port}/", headers={"authorization": "secret"})
    assert server.requests == []


@pytest.mark.fault("SR05")
@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1\\@a.example:{}/",
        "http://a.example#@10.0.0.1:{}/",
        "http://u:p@a.example:{}/",
        "http://a.exam\tple:{}/",
        "http://a.exam\nple:{}/",
        "http://a.exam ple:{}/",
    ],
)
async def test_an_address_that_two_readers_take_for_two_is_refused_or_stays_checked(
    server: HttpServer, url: str
) -> None:
    port = server.url("/").rstrip("/").rpartition(":")[2]
    with pytest.raises(FetchError):
        await Client(user_agent="test", timeout=1).get(url.format(port))
    assert server.connections == 0


@pytest.mark.fault("HT23")
@pytest.mark.parametrize("name", [b"x: " + b"a" * 10**6, b"\r\n".join([b"x: " + b"a" * 1000] * 300)])
async def test_a_flood_of_headers_is_refused(server: HttpServer, name: bytes) -> None:
    assert await refused(server.serve("/", b"HTTP/1.1 200 Told\r\n" + name + b"\r\n\r\n"))


# --- Retry-After -----------------------------------------------------------------------------------


@pytest.mark.fault("HT16")
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30),
        (" 0 ", 0),
        ("9" * 400, 9_999_999_999),
        ("Wed, 11 Mar 2026 23:01:00 GMT", 60),
        ("Wed, 11 Mar 2026 23:01:00 -0000", 60),
        ("Wed, 11 Mar 2026 22:00:00 GMT", 0),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("soon", None),
        ("Wed, 11 Mar 99999999999 23:02:00 GMT", None),
        ("Wed, 11 Mar 2026 23:02:00 +99999999999", None),
    ],
)
def test_a_server_may_ask_for_patience(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, now=NOW) == seconds
    assert retry_after({}, now=NOW) is None


@given(st.text(max_size=40))
def test_whatever_a_server_asks_it_is_understood_or_passed_over(value: str) -> None:
    seconds = retry_after({"retry-after": value}, now=NOW)
    assert seconds is None or seconds >= 0

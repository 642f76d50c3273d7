"""Where requests may go: whatever the spelling, never to an address that is not public unless listed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from ipaddress import ip_address, ip_network

import pytest
from httpserver import HttpServer, answer, http_server

from monitor.errors import AddressRefused, FetchError
from monitor.http import Client, Resolve
from monitor.http.guard import Guard, system_resolve

NOT_PUBLIC = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",  # metadata of most clouds
    "100.64.0.1",  # carrier's own
    "100.100.100.200",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
# Spellings that the system's resolver takes for 127.0.0.1.
NUMERIC = [
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "127.1",
    "0177.0.0.1",
    "127.0.0.1.",
    "①②⑦.⓪.⓪.①",
    "localhost",
]
PUBLIC = ["1.1.1.1", "192.0.1.1", "64:ff9b::101:101", "2606:4700:4700::1111", "::ffff:1.1.1.1"]


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with http_server() as running:
        yield running


def fixed(*addresses: str) -> Resolve:
    async def resolve(host: str, port: int) -> Sequence[str]:
        del host, port
        return addresses

    return resolve


def client(*networks: str, resolve: Resolve | None = None) -> Client:
    return Client(user_agent="test", allow_networks=networks, resolve=resolve, timeout=60)


def literal(address: str) -> str:
    return f"[{address}]" if ":" in address else address


@pytest.mark.fault("SR01")
@pytest.mark.parametrize("address", NOT_PUBLIC)
async def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    async with client() as web:
        with pytest.raises(AddressRefused, match="allow_networks"):
            await web.get(f"http://{literal(address)}:9/")


@pytest.mark.fault("SR08")
@pytest.mark.parametrize("address", NOT_PUBLIC)
async def test_a_name_of_such_an_address_is_refused_for_a_post_too(address: str) -> None:
    async with client(resolve=fixed(address)) as web:
        with pytest.raises(AddressRefused):
            await web.post("http://feeds.example:9/", content=b"")


@pytest.mark.fault("SR01", "SR13")
@pytest.mark.parametrize("host", NUMERIC)
async def test_odd_spellings_of_loopback_reach_nothing(server: HttpServer, host: str) -> None:
    url = server.serve("/", answer(200), host=host)
    async with client() as web:
        with pytest.raises(FetchError):
            await web.get(url)
    assert server.connections == 0


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_reached(address: str) -> None:
    assert Guard((), system_resolve)._may_reach(ip_address(address))


@pytest.mark.fault("SR04")
async def test_one_address_of_several_that_is_not_public_refuses_the_name(server: HttpServer) -> None:
    url = server.serve("/", answer(200), host="feeds.example")
    async with client("127.0.0.1/32", resolve=fixed("127.0.0.1", "10.0.0.1")) as web:
        with pytest.raises(AddressRefused):
            await web.get(url)
    assert server.connections == 0


async def test_a_network_that_the_operator_lists_is_allowed(server: HttpServer) -> None:
    async with client("127.0.0.0/8") as web:
        assert (await web.get(server.serve("/", answer(200, b"here")))).body == b"here"


async def test_a_listed_network_allows_no_other(server: HttpServer) -> None:
    url = server.serve("/", answer(200))
    async with client("10.0.0.0/8") as web:
        with pytest.raises(AddressRefused):
            await web.get(url)


def test_a_listed_network_holds_for_the_mapped_form_too() -> None:
    guard = Guard((ip_network("127.0.0.1/32"),), system_resolve)
    assert guard._may_reach(ip_address("::ffff:127.0.0.1"))
    assert not guard._may_reach(ip_address("::ffff:127.0.0.2"))


@pytest.mark.fault("SR03")
async def test_a_name_that_changes_its_mind_gains_nothing(server: HttpServer) -> None:
    """DNS rebinding: asked once for each connection, and the answer that was checked is the one dialled."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        del port
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    url = server.serve("/", answer(200, b"here"), host="feeds.example")
    async with client("127.0.0.1/32", resolve=rebinding) as web:
        assert (await web.get(url)).body == b"here"
        assert asked == ["feeds.example"]
        with pytest.raises(AddressRefused):
            await web.get(url)
    assert server.requests[0].headers["host"] == f"feeds.example:{server.port}"


async def test_the_next_address_is_tried_where_the_first_does_not_answer(server: HttpServer) -> None:
    url = server.serve("/", answer(200, b"here"), host="feeds.example")
    async with client("127.0.0.1/32", "::1/128", resolve=fixed("::1", "127.0.0.1")) as web:
        assert (await web.get(url)).body == b"here"


@pytest.mark.parametrize("known", [True, False])
async def test_a_name_without_an_address_is_a_fetch_error(*, known: bool) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        del host, port
        if known:
            return []
        raise OSError("no such name")

    async with client(resolve=resolve) as web:
        with pytest.raises(FetchError, match=r"feeds\.example"):
            await web.get("http://feeds.example/")

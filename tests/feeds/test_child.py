from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from feeddocuments import ITEM, attribute_bomb, item, rss
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.feeds import frames
from monitor.feeds.child import ParserPool
from monitor.feeds.entry import Document, Entry

URL = "https://feeds.example/feed.xml"
BOMB = attribute_bomb()
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


async def titles(pool: ParserPool, body: bytes) -> list[str]:
    document = await pool.parse(body, content_type="application/rss+xml", url=URL)
    return [entry.title for entry in document.entries]


async def refusal(pool: ParserPool, body: bytes) -> str:
    with pytest.raises(ParseError) as caught:
        await titles(pool, body)
    return str(caught.value)


def pids(pool: ParserPool) -> set[int]:
    return {child._process.pid for child in pool._alive}


async def at_work(pool: ParserPool, *, but: int = 0) -> int:
    """The process of a child, other than `but`, as soon as there is one."""
    while not (found := pids(pool) - {but}):  # noqa: ASYNC110 - a process sends no event
        await asyncio.sleep(0.01)
    return found.pop()


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_document_comes_back_as_parsed() -> None:
    async with ParserPool() as pool:
        document = await pool.parse(rss(ITEM), content_type=None, url=URL)
    (entry,) = document.entries
    assert (entry.title, entry.url) == ("Ships sail", "https://news.example/1")
    assert entry.published is not None
    assert entry.published.tzinfo is not None


async def test_a_document_that_is_no_feed_is_refused_with_what_it_is() -> None:
    async with ParserPool() as pool:
        assert await refusal(pool, b"<!doctype html><p>Log in") == "this is a web page (HTML), no feed"
        assert await titles(pool, rss(ITEM)) == ["Ships sail"]


async def test_a_child_parses_one_document_after_another() -> None:
    async with ParserPool(size=1) as pool:
        await titles(pool, rss(ITEM))
        first = pids(pool)
        await refusal(pool, b"")
        await titles(pool, rss(ITEM))
        assert pids(pool) == first


async def test_documents_are_parsed_at_once_by_no_more_children_than_asked_for() -> None:
    async with ParserPool(size=2) as pool:
        found = await asyncio.gather(*(titles(pool, rss(item(title=f"Report {n}"))) for n in range(20)))
        assert len(pids(pool)) == 2
    assert found == [[f"Report {n}"] for n in range(20)]


@pytest.mark.fault("FP10", "FP13")
async def test_a_document_that_takes_too_much_time_costs_itself_alone() -> None:
    async with ParserPool(size=2, cpu=1) as pool:
        others = [titles(pool, rss(item(title=f"Report {n}"))) for n in range(10)]
        said, *found = await asyncio.gather(refusal(pool, BOMB), *others)
    assert said == "took more than 1 s of CPU time to parse"
    assert found == [[f"Report {n}"] for n in range(10)]


@LINUX
async def test_each_document_has_the_whole_time_however_long_its_child_has_lived() -> None:
    long = rss("".join(item(title=f"Report {n}", guid=f"{n}") for n in range(2_500)))
    async with ParserPool(size=1, cpu=1) as pool:
        await titles(pool, rss(ITEM))
        first = pids(pool)
        (child,) = first
        while _cpu_time(child) < 3.0:
            assert len(await titles(pool, long)) == 2_500
        assert pids(pool) == first


def _cpu_time(pid: int) -> float:
    """Seconds of CPU that the process has taken."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@pytest.mark.fault("FP05", "FP10")
async def test_a_document_that_takes_too_much_memory_costs_itself_alone() -> None:
    many = b'{"version":"https://jsonfeed.org/version/1","items":[' + b'{"a":[[[]]]},' * 300_000 + b"{}]}"
    async with ParserPool(size=1, memory=64 * 2**20) as pool:
        assert await refusal(pool, many) == "takes more than 64 MB of memory to parse"
        assert await titles(pool, rss(ITEM)) == ["Ships sail"]


@pytest.mark.fault("FP10")
async def test_a_document_is_not_waited_for_for_ever() -> None:
    async with ParserPool(size=1, wall=0.5) as pool:
        assert await refusal(pool, BOMB) == "took longer than 0.5 s to parse"
        assert pids(pool) == set()


async def test_a_child_that_died_at_rest_costs_nothing() -> None:
    async with ParserPool(size=1) as pool:
        await titles(pool, rss(ITEM))
        os.kill(pids(pool).pop(), signal.SIGKILL)
        assert await titles(pool, rss(ITEM)) == ["Ships sail"]


async def test_a_document_whose_child_is_killed_is_parsed_by_another() -> None:
    async with ParserPool(size=1, cpu=1) as pool:
        parsing = asyncio.create_task(refusal(pool, BOMB))
        os.kill(await at_work(pool), signal.SIGKILL)
        assert await parsing == "took more than 1 s of CPU time to parse"


@pytest.mark.fault("CR15")
async def test_a_document_that_kills_every_child_is_refused() -> None:
    async with ParserPool(size=1) as pool:
        parsing = asyncio.create_task(refusal(pool, BOMB))
        first = await at_work(pool)
        os.kill(first, signal.SIGKILL)
        os.kill(await at_work(pool, but=first), signal.SIGKILL)
        assert await parsing == "the parser died of it (SIGKILL)"
        assert await titles(pool, rss(ITEM)) == ["Ships sail"]


async def test_large_documents_in_a_row_are_parsed() -> None:
    large = rss(item(title="Ships sail", description="word " * 300_000))
    async with ParserPool(size=2) as pool:
        for _ in range(3):
            one, other = await asyncio.gather(titles(pool, large), titles(pool, large))
            assert one == other == ["Ships sail"]


async def test_breaking_off_leaves_no_process_and_no_harm() -> None:
    async with ParserPool(size=1) as pool:
        parsing = asyncio.create_task(titles(pool, BOMB))
        pid = await at_work(pool)
        parsing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await parsing
        assert not lives(pid)
        assert await titles(pool, rss(ITEM)) == ["Ships sail"]


async def test_closing_ends_what_is_at_work_and_what_waits() -> None:
    async with ParserPool(size=1) as pool:
        parsing = [asyncio.create_task(refusal(pool, BOMB)) for _ in range(3)]
        pid = await at_work(pool)
    assert not lives(pid)
    assert ["the service is stopping" in said for said in await asyncio.gather(*parsing)] == [True] * 3
    assert "the service is stopping" in await refusal(pool, rss(ITEM))


async def test_a_pool_that_was_not_used_closes() -> None:
    async with ParserPool() as pool:
        assert pids(pool) == set()


async def test_the_children_of_a_service_that_was_killed_end() -> None:
    program = (
        "import asyncio; from monitor.feeds.child import ParserPool\n"
        "async def main():\n"
        "    async with ParserPool() as pool:\n"
        "        await pool.parse(b'<rss/>', content_type=None, url='https://feeds.example/')\n"
        "        print(pool._idle[0]._process.pid, flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())"
    )
    service = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=subprocess.PIPE)
    assert service.stdout is not None
    child = int(await service.stdout.readline())
    service.kill()
    await service.communicate()
    async with asyncio.timeout(20):
        while _runs(child):  # noqa: ASYNC110 - another's child sends no event
            await asyncio.sleep(0.01)


def _runs(pid: int) -> bool:
    """Whether the process lives and is not merely waiting to be reaped by a system that does not."""
    stat = Path(f"/proc/{pid}/stat")
    return lives(pid) and not (stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] == "Z")


def _environment(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


@LINUX
async def test_a_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "correct horse")
    async with ParserPool() as pool:
        await titles(pool, rss(ITEM))
        assert b"horse" not in _environment(pids(pool).pop())


def test_the_service_itself_loads_no_parser() -> None:
    program = "import sys, monitor.feeds.poll, monitor.feeds.child; sys.exit('feedparser' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@given(
    st.lists(
        st.builds(
            Entry,
            entry_id=st.text(),
            url=st.text(),
            title=st.text(),
            text=st.text(),
            published=st.none() | st.datetimes(timezones=st.just(dt.UTC)),
            updated=st.none(),
            author=st.text(),
        )
    ),
    st.none() | st.text(),
)
def test_a_document_told_is_the_document(entries: list[Entry], complaint: str | None) -> None:
    document = Document(entries=tuple(entries), complaint=complaint)
    packed = frames.pack(frames.answer(document))
    told, body = frames.LENGTHS.unpack(packed[: frames.LENGTHS.size])
    assert (len(packed) - frames.LENGTHS.size, body) == (told, 0)
    assert frames.document(packed[frames.LENGTHS.size :]) == document


@pytest.mark.fault("FP08", "FP17", "FP07")
@pytest.mark.parametrize(
    "body",
    [
        "http://127.0.0.1:{}/x",
        '<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://127.0.0.1:{}/x.dtd"><rss version="2.0"/>',
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "http://127.0.0.1:{}/x">]><rss>&x;</rss>',
    ],
)
async def test_no_document_makes_a_connection(body: str) -> None:
    asked: list[object] = []
    server = await asyncio.start_server(lambda *streams: asked.append(streams), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, ParserPool(size=1) as pool:
        with contextlib.suppress(ParseError):
            await titles(pool, body.format(port).encode())
    assert asked == []


@pytest.mark.fault("FP10", "FP11")
@pytest.mark.parametrize(
    "body",
    [
        rss(item(guid="1", title="x", description="&lt;b&gt;" * 100_000)),
        rss(item(guid="1", title="x", description="<b>" * 100_000)),
        rss(item(guid="1", title="x", description="&lt;!--" * 25_000)),
    ],
    ids=["escaped", "raw", "comments"],
)
async def test_deep_nesting_costs_its_document_at_most(body: bytes) -> None:
    async with ParserPool(size=1, cpu=2) as pool:
        with contextlib.suppress(ParseError):
            await titles(pool, body)
        assert await titles(pool, rss(ITEM)) == ["Ships sail"]
